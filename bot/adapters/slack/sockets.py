"""Socket Mode with a watchdog: a dead, stuck or for ever retrying connection is noticed and replaced.

Knows Slack's own socket client, used unchanged; no events.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.bolt import quiet_logger
from bot.adapters.slack.courier import error_of
from bot.errors import SettingsError

PING_SECONDS = 2
LOOK_SECONDS = 0.25
STUCK_SECONDS = 10.0
FIRST_SECONDS = 15.0
GRACE_SECONDS = 1.0
_BAD = frozenset({"invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "account_inactive"})
log = structlog.get_logger()


class Socket:
    """One Socket Mode connection, kept up. `client` is Slack's web client; `seconds` only go forward.

    `reconnected` is called whenever a connection had to be made again.
    """

    def __init__(
        self,
        *,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        seconds: Callable[[], float],
        reconnected: Callable[[], None],
        stuck_seconds: float = STUCK_SECONDS,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._client = client
        self._seconds = seconds
        self._reconnected = reconnected
        self._stuck_seconds = stuck_seconds
        self._handler: AsyncSocketModeHandler | None = None
        self._watching: asyncio.Task[None] | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._known: object = None
        self._down_since: float | None = None
        self._is_stopping = False
        self._handling = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._came_up = asyncio.Event()

    async def start(self) -> None:
        """Connect, and keep connected. Raises SettingsError for a token that Slack does not take.

        Where Slack cannot be reached it returns after a while, not ready, and goes on trying.
        """
        await self._check_token()
        self._replace()
        self._watching = asyncio.create_task(self._watch(), name="slack-socket-watch")
        await _within(FIRST_SECONDS, self._came_up)

    async def stop(self) -> None:
        """Take nothing more; what was taken is still acknowledged. What comes meanwhile is delivered elsewhere."""
        self._is_stopping = True
        await _within(GRACE_SECONDS, self._idle)
        for task in (self._watching, self._connecting):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._handler is not None:
            await self._close(self._handler)

    @property
    def is_up(self) -> bool:
        """True while a connection is open and answers pings."""
        client = self._socket_client
        session = client.current_session if client else None
        return bool(session is not None and not session.closed and client and not client.stale and not client.closed)

    @property
    def _socket_client(self) -> SocketModeClient | None:
        return None if self._handler is None else self._handler.client

    async def _check_token(self) -> None:
        try:
            await self._client.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            if error_of(error)[1] in _BAD:
                raise SettingsError(
                    ["SLACK_APP_TOKEN: Slack does not take it; make a new one with connections:write"]
                ) from None
            log.warning("slack_socket_not_opened", reason=error_of(error)[1])
        except Exception as error:  # the network: the watchdog goes on trying
            log.warning("slack_not_reached", reason=type(error).__name__)

    def _replace(self) -> None:
        """A fresh handler with a fresh ticket; the old one is closed behind it."""
        old, self._handler = self._handler, self._build()
        if self._connecting is not None:
            self._connecting.cancel()
        self._connecting = asyncio.create_task(self._connect(self._handler, old), name="slack-socket-connect")
        self._down_since = self._seconds()

    def _build(self) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(
            self._app,
            app_token=self._app_token,
            logger=quiet_logger(),
            web_client=self._client,
            ping_interval=PING_SECONDS,
        )
        client: Any = handler.client
        client.socket_mode_request_listeners = [self._take]
        return handler

    async def _connect(self, handler: AsyncSocketModeHandler, old: AsyncSocketModeHandler | None) -> None:
        if old is not None:
            await self._close(old)
        pause = 0.5
        while not handler.client.closed:
            try:
                await handler.client.connect()  # type: ignore[no-untyped-call]
                return
            except Exception as error:
                log.warning("slack_socket_not_connected", reason=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._stuck_seconds / 2)

    async def _close(self, handler: AsyncSocketModeHandler) -> None:
        try:
            async with asyncio.timeout(2.0):
                await handler.client.close()  # type: ignore[no-untyped-call]
        except Exception as error:
            log.info("slack_socket_not_closed", reason=type(error).__name__)
        if not handler.client.aiohttp_client_session.closed:
            await handler.client.aiohttp_client_session.close()

    async def _take(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        """Into Bolt, which acknowledges; while stopping nothing is taken, so that Slack delivers it elsewhere."""
        if self._is_stopping or self._handler is None:
            return
        self._handling += 1
        self._idle.clear()
        try:
            await self._handler.handle(client, request)
        finally:
            self._handling -= 1
            if not self._handling:
                self._idle.set()

    async def _watch(self) -> None:
        """Four looks a second: count new connections, hurry a dead one, replace one that stays down."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            client = self._socket_client
            if self.is_up and client is not None:
                self._count(client.current_session)
                self._came_up.set()
                self._down_since = None
                continue
            if self._down_since is None:
                self._down_since = self._seconds()
                log.warning("slack_socket_down")
                self._hurry()
            elif self._seconds() - self._down_since > self._stuck_seconds:
                log.warning("slack_socket_replaced")
                self._replace()

    def _hurry(self) -> None:
        """Reconnect now rather than at the client's next ping; its own lock keeps the two apart."""
        client = self._socket_client
        if client is None or (self._connecting is not None and not self._connecting.done()):
            return
        self._connecting = asyncio.create_task(self._renew(client), name="slack-socket-renew")

    async def _renew(self, client: SocketModeClient) -> None:
        try:
            await client.connect_to_new_endpoint()
        except Exception as error:
            log.warning("slack_socket_not_connected", reason=type(error).__name__)

    def _count(self, session: object) -> None:
        if session is self._known:
            return
        if self._known is not None:
            self._reconnected()
        self._known = session


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than that."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
