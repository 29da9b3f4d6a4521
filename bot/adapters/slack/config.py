"""What the Slack adapter needs of the settings, and whether it is enough to start.

Knows setting names; reads no environment.
"""

from dataclasses import dataclass, field

from bot.adapters.slack.courier import API_URL, REPLY_ADDRESSES
from bot.settings import Secret, Settings


@dataclass(frozen=True, kw_only=True)
class SlackConfig:
    """Tokens decide the mode: an app token means Socket Mode, a signing secret HTTP, a client OAuth installs.

    `posts_only`: this process listens to nothing and only posts daily insights.
    """

    bot_token: Secret = field(default_factory=lambda: Secret(""))
    app_token: Secret = field(default_factory=lambda: Secret(""))
    signing_secret: Secret = field(default_factory=lambda: Secret(""))
    client_id: str = ""
    client_secret: Secret = field(default_factory=lambda: Secret(""))
    admins: tuple[str, ...] = ()
    optional_scopes: tuple[str, ...] = ()
    public_url: str = ""
    map_url: str = ""
    keeps_questions: bool = False
    retention_days: int = 30
    locale: str = "en"
    posts_only: bool = False
    api_url: str = API_URL
    reply_addresses: tuple[str, ...] = REPLY_ADDRESSES

    @classmethod
    def of(cls, settings: Settings) -> "SlackConfig":
        """The part of the settings that is Slack's."""
        return cls(
            bot_token=settings.slack_bot_token,
            app_token=settings.slack_app_token,
            signing_secret=settings.slack_signing_secret,
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret,
            admins=settings.slack_admins,
            optional_scopes=settings.slack_optional_scopes,
            public_url=settings.public_url,
            map_url=_map_url(settings.public_url),
            keeps_questions=settings.keep_questions,
            retention_days=settings.retention_days,
        )

    @property
    def uses_oauth(self) -> bool:
        """True where several workspaces may install the bot."""
        return bool(self.client_id and self.client_secret)

    @property
    def is_wanted(self) -> bool:
        """True as soon as anything of Slack is set."""
        return any((self.bot_token, self.app_token, self.signing_secret, self.client_id, self.client_secret))

    @property
    def problems(self) -> list[str]:
        """What is missing, each beginning with the setting's name."""
        found = []
        if bool(self.client_id) != bool(self.client_secret):
            found.append("SLACK_CLIENT_ID: it needs SLACK_CLIENT_SECRET beside it, and the other way round")
        if not self.bot_token and not self.uses_oauth:
            found.append(
                "SLACK_BOT_TOKEN: it is needed, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for several workspaces"
            )
        if not self.app_token and not self.signing_secret and not self.posts_only:
            found.append("SLACK_APP_TOKEN: it is needed for Socket Mode, or SLACK_SIGNING_SECRET for signed HTTP")
        return found


def _map_url(public_url: str) -> str:
    """Slack fetches pictures itself, and only over https."""
    return f"{public_url.rstrip('/')}/api/map.png" if public_url.startswith("https://") else ""
