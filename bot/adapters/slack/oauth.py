"""Installing into several workspaces: the install page, the way back from Slack, and the store behind them.

Knows Slack's OAuth flow, used unchanged; keeps what it brings in our own workspaces.
"""

import html
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from logging import Logger

from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.desk import Desk
from bot.adapters.http import Endpoint, HttpReply, HttpRequest
from bot.adapters.slack.bolt import quiet_logger, without_slack_environment
from bot.adapters.slack.config import SlackConfig
from bot.adapters.slack.gate import reply_of
from bot.adapters.slack.manifest import INSTALL_PATH, OPTIONAL_SCOPES, REDIRECT_PATH, REQUIRED_SCOPES
from bot.adapters.slack.workspaces import ManyWorkspaces, Workspace
from bot.adapters.words import say
from bot.store.store import Store

STATE_KEPT = timedelta(minutes=10)
_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}}</style>
<h1>{title}</h1><p>{text}</p></html>"""


class _States(AsyncOAuthStateStore):
    """States of installs under way, in the bot's store."""

    def __init__(self, store: Store, logger: Logger) -> None:
        self._store = store
        self._logger = logger

    @property
    def logger(self) -> Logger:
        return self._logger

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        return await self._store.issue_oauth_state(keep=STATE_KEPT)

    async def async_consume(self, state: str) -> bool:
        return await self._store.consume_oauth_state(state)


class _Installs(AsyncInstallationStore):
    """What the flow saves, handed on."""

    def __init__(self, workspaces: ManyWorkspaces, logger: Logger) -> None:
        self._workspaces = workspaces
        self._logger = logger

    @property
    def logger(self) -> Logger:
        return self._logger

    async def async_save(self, installation: Installation) -> None:
        await self._workspaces.save(workspace_of(installation))


def workspace_of(installed: Installation) -> Workspace:
    """What we keep of an installation: no user token, no webhook."""
    return Workspace(
        team_id="" if installed.is_enterprise_install else installed.team_id or "",
        enterprise_id=installed.enterprise_id or "",
        bot_token=installed.bot_token or "",
        bot_user_id=installed.bot_user_id or "",
        installer_id=installed.user_id or "",
        scopes=tuple(installed.bot_scopes or ()),
        refresh_token=installed.bot_refresh_token or "",
        expires_at=installed.bot_token_expires_at,
    )


class _Flow(AsyncOAuthFlow):
    """Slack's flow with a page of ours in front."""

    page: Callable[[str], str]

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        return self.page(url)


class Installing:
    """The two pages. Every failure is a page with a reference code, never a stack trace."""

    def __init__(self, *, config: SlackConfig, workspaces: ManyWorkspaces, desk: Desk, client: AsyncWebClient) -> None:
        self._desk = desk
        self._locale = config.locale
        logger = quiet_logger()
        scopes = [*REQUIRED_SCOPES, *(one for one in OPTIONAL_SCOPES if one in config.optional_scopes)]
        with without_slack_environment():
            settings = AsyncOAuthSettings(
                client_id=config.client_id,
                client_secret=config.client_secret.reveal(),
                scopes=scopes,
                user_scopes=[],
                redirect_uri=config.public_url.rstrip("/") + REDIRECT_PATH if config.public_url else None,
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                callback_options=AsyncCallbackOptions(success=self._success, failure=self._failure),
                installation_store=_Installs(workspaces, logger),
                state_store=_States(desk.store, logger),
                state_expiration_seconds=int(STATE_KEPT.total_seconds()),
                logger=logger,
            )
            self._flow = _Flow(client=client, logger=logger, settings=settings)
            self._flow.page = self._install_page
        self.endpoints = (
            Endpoint(method="GET", path=INSTALL_PATH, handle=self._guarded(self._flow.handle_installation)),
            Endpoint(method="GET", path=REDIRECT_PATH, handle=self._guarded(self._flow.handle_callback)),
        )

    def _guarded(
        self, step: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> Callable[[HttpRequest], Awaitable[HttpReply]]:
        async def handle(request: HttpRequest) -> HttpReply:
            cookie = request.headers.get("cookie", "")
            query: dict[str, Sequence[str]] = {name: [text] for name, text in request.query.items()}
            headers: dict[str, str | Sequence[str]] = {"cookie": cookie} if cookie else {}
            try:
                reply = reply_of(await step(AsyncBoltRequest(body="", query=query, headers=headers)))
                return replace(reply, headers={**reply.headers, **_HEADERS})
            except Exception as error:
                code = self._desk.reference("slack", "install", error)
                return HttpReply(status=503, body=self._page("not_finished", code).encode(), headers=_HEADERS)

        return handle

    async def _success(self, args: AsyncSuccessArgs) -> BoltResponse:
        return self._shown(200, self._page("installed"), args.settings)

    async def _failure(self, args: AsyncFailureArgs) -> BoltResponse:
        code = self._desk.reference("slack", "install")
        return self._shown(args.suggested_status_code, self._page("not_finished", code), args.settings)

    def _shown(self, status: int, page: str, settings: AsyncOAuthSettings) -> BoltResponse:
        over = settings.state_utils.build_set_cookie_for_deletion()
        return BoltResponse(status=status, body=page, headers={"set-cookie": over})

    def _install_page(self, url: str) -> str:
        button = f'<a href="{html.escape(url)}">{html.escape(say("slack.install_button", self._locale))}</a>'
        return self._page("install").replace("</html>", f"<p>{button}</p></html>")

    def _page(self, key: str, code: str = "") -> str:
        title = say(f"slack.{key}_title", self._locale)
        text = say(f"slack.{key}", self._locale, code=code)
        return _PAGE.format(lang=html.escape(self._locale), title=html.escape(title), text=html.escape(text))
