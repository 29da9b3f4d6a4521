"""Whole documents kept in memory: the files of the page, and what is rendered once an episode.

Nothing is read from disk on request, so no address can lead out of the folder.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.episode.model import Episode

PAGE = Path(__file__).parent / "page"
OPENAPI = Path(__file__).parent / "openapi.yaml"
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".yaml": "application/yaml",
}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A body, its gzip, and the tag that names this version."""

    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    content_type: str
    tag: str

    @classmethod
    def of(cls, text: str, content_type: str) -> "Document":
        """A document of that text."""
        body = text.encode("utf-8", errors="replace")
        tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return cls(body=body, packed=gzip.compress(body, 6, mtime=0), content_type=content_type, tag=tag)

    def serve(self, request: web.Request) -> web.Response:
        """200 with the smaller form the client takes, or 304 when it has this version."""
        headers = {"ETag": self.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if self.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        body = self.body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = self.packed, "gzip"
        return web.Response(body=body, content_type=self.content_type, charset="utf-8", headers=headers)


def page_files() -> dict[str, Document]:
    """The files of the page by name; the templates (`.html`) are not among them."""
    return {
        path.name: read_document(path)
        for path in sorted(PAGE.iterdir())
        if path.suffix in _TYPES and path.suffix != ".html"
    }


def read_document(path: Path) -> Document:
    """A file of ours as a document."""
    return Document.of(path.read_text(encoding="utf-8"), _TYPES[path.suffix])


class Rendered:
    """What a function makes of an episode, made again only when the knowledge was replaced."""

    def __init__(self, render: Callable[[Episode], str], content_type: str) -> None:
        self._render, self._content_type = render, content_type
        self._kept: dict[str, tuple[Episode, Document]] = {}

    def of(self, episode: Episode) -> Document:
        """The document of that episode."""
        kept = self._kept.get(episode.id)
        if kept is None or kept[0] is not episode:
            kept = (episode, Document.of(self._render(episode), self._content_type))
            self._kept[episode.id] = kept
        return kept[1]
