"""The one download: the transcript page named in episode.yaml.

Knows the network and nothing of what the page says.
"""

from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.errors import TranscriptError

USER_AGENT = "ChapterAndVerse/0.1 (podcast answer bot; one request an episode)"
TIME_LIMIT_SECONDS = 20.0
SIZE_LIMIT = 5 * 1024 * 1024
REDIRECTS = 3


async def fetch_page(address: str, *, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> bytes:
    """The page at that address, at most 5 MB.

    Follows at most 3 redirects, none off the host. Raises TranscriptError.
    """
    timeout = aiohttp.ClientTimeout(total=time_limit_seconds)
    try:
        host = urlsplit(address).hostname or address
    except ValueError:
        raise TranscriptError(f"{address} is no address; mend links.transcript in episode.yaml") from None
    try:
        async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": USER_AGENT}) as session:
            return await _download(session, address)
    except TimeoutError:
        raise TranscriptError(f"{host} did not answer within {time_limit_seconds:g} s; try again later") from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise TranscriptError(f"{host} cannot be reached; save the page and use `transcript import FILE`") from None


async def _download(session: aiohttp.ClientSession, address: str) -> bytes:
    origin = urlsplit(address)
    for _ in range(REDIRECTS + 1):
        async with session.get(address, allow_redirects=False) as response:
            if response.status in (301, 302, 303, 307, 308):
                address = urljoin(address, response.headers.get("Location", ""))
                target = urlsplit(address)
                if (target.scheme, target.netloc) != (origin.scheme, origin.netloc):
                    raise TranscriptError(f"{origin.hostname} sends us to another host; nothing was fetched")
                continue
            if response.status != 200:
                raise TranscriptError(f"{origin.hostname} answered {response.status}; try again later")
            content = await response.content.read(SIZE_LIMIT + 1)
            while len(content) <= SIZE_LIMIT and (more := await response.content.read(SIZE_LIMIT)):
                content += more
            if len(content) > SIZE_LIMIT:
                raise TranscriptError(f"{origin.hostname} sent more than {SIZE_LIMIT // 1024 // 1024} MB; not a page")
            return content
    raise TranscriptError(f"{origin.hostname} redirects without end; nothing was fetched")
