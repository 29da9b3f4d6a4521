"""Slack as the application sees it: start, stop, health, and the HTTP endpoints to serve.

Wires the parts of this package together; holds the desk, never inherits it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.adapters.contract import DRAIN_SECONDS, Health
from bot.adapters.desk import Desk
from bot.adapters.http import Endpoint
from bot.adapters.slack.bolt import build_app, quiet_logger
from bot.adapters.slack.config import SlackConfig
from bot.adapters.slack.courier import Courier, error_of
from bot.adapters.slack.daily import DailyCommands
from bot.adapters.slack.gate import LONGEST_BODY, Gate
from bot.adapters.slack.incoming import Incoming
from bot.adapters.slack.manifest import EVENTS_PATH
from bot.adapters.slack.oauth import Installing
from bot.adapters.slack.once import Once
from bot.adapters.slack.poster import SlackPoster
from bot.adapters.slack.presses import Presses
from bot.adapters.slack.questions import Questions
from bot.adapters.slack.reactions import Reactions, reply_id
from bot.adapters.slack.replies import Replies
from bot.adapters.slack.sockets import Socket
from bot.adapters.slack.workspaces import ManyWorkspaces, OneWorkspace, Workspace, Workspaces
from bot.adapters.tasks import Tasks
from bot.errors import SettingsError
from bot.insights.daily import Daily
from bot.store.secrets import Secrets

CALL_SECONDS = 10.0
APOLOGY_SECONDS = 2.5
TURNS_TO_HAND_OVER = 20
_BAD = frozenset({"invalid_auth", "not_authed", "token_revoked", "account_inactive", "not_allowed_token_type"})
log = structlog.get_logger()


class SlackAdapter:
    """One Slack app. Made inside a running event loop; `secrets` is needed for several workspaces.

    `poster` goes to the insights service, whose `Daily` comes back by `serve_daily` before `start`.
    """

    name = "slack"

    def __init__(
        self,
        config: SlackConfig,
        *,
        desk: Desk,
        secrets: Secrets | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        seconds: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if config.problems:
            raise SettingsError(config.problems)
        if config.uses_oauth and secrets is None:
            raise SettingsError(["SECRET_KEY: it is needed to encrypt the tokens of several workspaces"])
        self._config = config
        self._desk = desk
        self._seconds = seconds
        self._last_event: float | None = None
        self._is_open = False
        self._stopped = asyncio.Event()
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=CALL_SECONDS, connect=5.0),
            connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=15.0),
        )
        self._courier = Courier(
            session=self._session,
            logger=quiet_logger(),
            clock=seconds,
            sleep=sleep,
            api_url=config.api_url,
            reply_addresses=config.reply_addresses,
        )
        self._one: OneWorkspace | None = None
        self._many: ManyWorkspaces | None = None
        workspaces = self._workspaces(secrets, clock, seconds)
        self._replies = Replies(courier=self._courier, workspaces=workspaces, desk=desk, locale=config.locale)
        self.poster = SlackPoster(replies=self._replies, desk=desk, config=config)
        self._tasks = Tasks(self._report)
        self._react: Callable[[Incoming], Awaitable[None]] = self._reactions(None).react
        self._app = build_app(self._accept, client=self._courier.client(), locale=config.locale)
        self._socket = self._build_socket(seconds)
        self.endpoints = self._endpoints(clock)

    def serve_daily(self, daily: Daily) -> None:
        """Answer `/daily` with that service."""
        self._react = self._reactions(daily).react

    def serve(self, react: Callable[[Incoming], Awaitable[None]]) -> None:
        """React to what arrives with something else; for measuring the bot against an empty handler."""
        self._react = react

    async def start(self) -> None:
        """Check the token, connect, open the door. Raises SettingsError for tokens that Slack does not take."""
        if self._one is not None:
            await self._introduce(self._one)
        self._is_open = True
        if self._socket is not None:
            await self._socket.start()

    async def wait(self) -> None:
        """Return once stopped; the watchdog mends what can be mended."""
        await self._stopped.wait()

    async def stop(self) -> None:
        """Take nothing more, finish what is in flight or apologise for it, within 10 s.

        What Bolt has acknowledged a moment ago still becomes a task before the last ones are waited for.
        """
        self._is_open = False
        if self._socket is not None:
            await self._socket.stop()
        for _ in range(TURNS_TO_HAND_OVER):
            await asyncio.sleep(0)
        late = await self._tasks.drain(DRAIN_SECONDS - APOLOGY_SECONDS - 1.5)
        if late:
            log.warning("slack_work_cut_short", count=late)
        await self._session.close()
        self._stopped.set()

    def health(self) -> Health:
        """Ready while events can arrive and the token is good."""
        age = None if self._last_event is None else self._seconds() - self._last_event
        if not self._is_open:
            return Health(is_ready=False, line="not started", event_age_seconds=age)
        if self._one is not None and self._one.is_refused:
            return Health(is_ready=False, line="Slack does not take SLACK_BOT_TOKEN any more", event_age_seconds=age)
        if self._socket is not None and not self._socket.is_up:
            return Health(is_ready=False, line="no connection to Slack", event_age_seconds=age)
        mode = "Socket Mode" if self._socket is not None else "signed HTTP"
        mode = "posts only" if self._config.posts_only else mode
        return Health(is_ready=True, line=mode, event_age_seconds=age)

    def _accept(self, incoming: Incoming) -> bool:
        self._last_event = self._seconds()
        return self._tasks.spawn(self._work(incoming), name=f"slack-{incoming.surface}")

    async def _work(self, incoming: Incoming) -> None:
        with self._desk.telemetry.in_flight.labels("slack").track_inprogress():
            await self._react(incoming)

    def _report(self, error: BaseException) -> None:
        self._desk.reference("slack", "task", error)

    def _workspaces(
        self, secrets: Secrets | None, clock: Callable[[], datetime], seconds: Callable[[], float]
    ) -> Workspaces:
        if self._config.uses_oauth and secrets is not None:
            store = self._desk.store
            self._many = ManyWorkspaces(store=store, secrets=secrets, rotate=self._rotate, clock=clock, seconds=seconds)
            return self._many
        self._one = OneWorkspace(Workspace(team_id="", bot_token=self._config.bot_token.reveal()))
        return self._one

    def _reactions(self, daily: Daily | None) -> Reactions:
        desk, config, replies = self._desk, self._config, self._replies
        questions = Questions(desk=desk, config=config, reply_id=reply_id)
        locale = config.locale
        return Reactions(
            desk=desk,
            replies=replies,
            once=Once(desk.store),
            questions=questions,
            presses=Presses(desk=desk, replies=replies, questions=questions, reply_id=reply_id, locale=locale),
            daily=None
            if daily is None
            else DailyCommands(daily=daily, store=desk.store, replies=replies, config=config),
            locale=locale,
        )

    def _build_socket(self, seconds: Callable[[], float]) -> Socket | None:
        if not self._config.app_token:
            return None
        return Socket(
            app=self._app,
            app_token=self._config.app_token.reveal(),
            client=self._courier.client(),
            seconds=seconds,
            reconnected=self._desk.telemetry.reconnects.labels("slack").inc,
        )

    def _endpoints(self, clock: Callable[[], datetime]) -> tuple[Endpoint, ...]:
        found: tuple[Endpoint, ...] = ()
        if self._config.signing_secret:
            gate = Gate(
                secret=self._config.signing_secret.reveal(),
                dispatch=self._app.async_dispatch,
                clock=lambda: clock().timestamp(),
                is_open=lambda: self._is_open,
            )
            found += (Endpoint(method="POST", path=EVENTS_PATH, handle=gate.handle, max_body=LONGEST_BODY),)
        if self._many is not None and not self._config.posts_only:
            client = self._courier.client()
            found += Installing(config=self._config, workspaces=self._many, desk=self._desk, client=client).endpoints
        return found

    async def _introduce(self, one: OneWorkspace) -> None:
        """Ask Slack once whose token it is; later nothing asks again."""
        token = self._config.bot_token.reveal()
        try:
            answer = await self._courier.client(token).auth_test()
        except SlackApiError as error:
            if error_of(error)[1] in _BAD:
                raise SettingsError(
                    ["SLACK_BOT_TOKEN: Slack does not take it; copy it anew from OAuth & Permissions"]
                ) from None
            log.warning("slack_token_not_checked", reason=error_of(error)[1])
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack_token_not_checked", reason=type(error).__name__)
        else:
            scopes = str(answer.headers.get("x-oauth-scopes", ""))
            granted = tuple(one.strip() for one in scopes.split(",") if one.strip())
            one.learn(
                team_id=str(answer.get("team_id", "")), bot_user_id=str(answer.get("user_id", "")), scopes=granted
            )

    async def _rotate(self, refresh_token: str) -> dict[str, Any]:
        fields = {
            "client_id": self._config.client_id,
            "client_secret": self._config.client_secret.reveal(),
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
        }
        try:
            answer = await self._courier.client().api_call("oauth.v2.access", data=fields)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise OSError(f"the token was not renewed ({type(error).__name__})") from None
        return answer.data if isinstance(answer.data, dict) else {}
