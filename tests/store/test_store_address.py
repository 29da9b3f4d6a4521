"""DATABASE_URL as operators write it, and what never stands in an error."""

import pytest

from bot.errors import SettingsError, StoreError
from bot.store.address import read_address
from bot.store.secrets import Secrets
from tests.store.made import one_line


@pytest.mark.parametrize(
    ("text", "driver", "ssl"),
    [
        ("postgres://u:p@h/d?sslmode=require&channel_binding=require", "postgresql+asyncpg", "require"),
        ("postgresql://u:p@h:5433/d?connect_timeout=3", "postgresql+asyncpg", None),
        ("postgresql+psycopg2://u:p@h/d", "postgresql+asyncpg", None),
        (" sqlite:///some/file.db ", "sqlite+aiosqlite", None),
    ],
)
def test_addresses_as_operators_write_them(text: str, driver: str, ssl: str | None) -> None:
    """The usual forms of hosting providers are understood."""
    url, arguments = read_address(text)
    assert (url.drivername, arguments.get("ssl")) == (driver, ssl)
    assert not set(url.query) & {"sslmode", "channel_binding", "connect_timeout"}


@pytest.mark.parametrize("text", ["", "mysql://u:secret@h/d", "secret", "postgres://u:secret@h:port/d"])
def test_other_addresses_are_refused_without_showing_them(text: str) -> None:
    """A password in a mistyped address is not repeated."""
    with pytest.raises(StoreError) as caught:
        read_address(text)
    assert "secret" not in one_line(caught)
    assert "postgresql://user:password@host/name" in str(caught.value)


def test_an_unknown_option_is_named() -> None:
    """So that it can be taken out."""
    with pytest.raises(StoreError, match="'sslrootcrt'"):
        read_address("postgresql://u:p@h/d?sslrootcrt=x")


def test_secrets_open_with_any_key_of_theirs() -> None:
    """A new key in front encrypts, the old one behind still opens; a foreign key does not, and nothing is shown."""
    old, new = "o" * 32, "n" * 32
    sealed = Secrets([old]).encrypt("xoxb-token")
    assert b"xoxb" not in sealed
    assert Secrets([new, old]).decrypt(sealed) == "xoxb-token"
    with pytest.raises(StoreError, match="cannot be decrypted"):
        Secrets([new]).decrypt(sealed)
    with pytest.raises(SettingsError, match="at least 32"):
        Secrets(["short"])
    assert old not in repr(Secrets([old]))
