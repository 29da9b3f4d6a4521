"""The database address as operators write it, turned into one the drivers take.

Knows nothing of connections; no message ever shows the address, which may hold a password.
"""

from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import StoreError

_FORMS = "DATABASE_URL: write it as postgresql://user:password@host/name or sqlite:///path/to/file.db"
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_DRIVER_OPTIONS = {"host", "port", "prepared_statement_cache_size", "target_session_attrs"}
_IGNORED = {"channel_binding", "gssencmode", "keepalives", "keepalives_idle", "keepalives_interval", "pgbouncer"}


def read_address(text: str) -> tuple[URL, dict[str, Any]]:
    """The address for SQLAlchemy and what the driver's `connect` takes beside it. Raises StoreError."""
    try:
        url = make_url(text.strip())
        if url.get_backend_name() in ("postgresql", "postgres"):
            return _postgresql(url)
        if url.get_backend_name() == "sqlite":
            return url.set(drivername="sqlite+aiosqlite"), {}
    except (ArgumentError, ValueError):
        pass
    raise StoreError(_FORMS)


def _postgresql(url: URL) -> tuple[URL, dict[str, Any]]:
    """libpq's options, which asyncpg names otherwise, moved to where it wants them."""
    if url.port is not None and not 0 < url.port < 65536:
        raise ValueError("port")
    arguments: dict[str, Any] = {"server_settings": {"application_name": "chapterverse"}, "command_timeout": 60}
    kept: dict[str, Any] = {}
    for name, value in url.query.items():
        if name in _DRIVER_OPTIONS:
            kept[name] = value
        elif name in ("sslmode", "ssl") and value in _SSL_MODES:
            arguments["ssl"] = value
        elif name == "application_name":
            arguments["server_settings"]["application_name"] = str(value)
        elif name == "connect_timeout":
            arguments["timeout"] = max(1, int(str(value)))
        elif name not in _IGNORED:
            raise StoreError(f"DATABASE_URL: the option {name!r} is not known or has a bad value; take it out")
    return url.set(drivername="postgresql+asyncpg", query=kept), {"timeout": 10, **arguments}
