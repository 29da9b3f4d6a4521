"""Encryption of what must not lie readable in a database, with keys from the settings.

Knows no table. Keys can be changed: the first encrypts, all of them decrypt.
"""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import SettingsError, StoreError

_SHORTEST = 32


class Secrets:
    """A box that only the holder of the settings' key opens."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: random text of at least 32 characters each, newest first. Raises SettingsError."""
        if not keys or any(len(key) < _SHORTEST for key in keys):
            raise SettingsError([f"the encryption key needs at least {_SHORTEST} random characters"])
        self._box = MultiFernet([Fernet(_derive(key)) for key in keys])

    def __repr__(self) -> str:
        return "Secrets(***)"

    def encrypt(self, plain: str) -> bytes:
        """Encrypted with the newest key."""
        return self._box.encrypt(plain.encode())

    def decrypt(self, sealed: bytes) -> str:
        """What was encrypted with any of the keys. Raises StoreError for another key or a changed text."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken:
            raise StoreError(
                "database: a kept token cannot be decrypted; put the former key back behind the new one, "
                "or install the app anew"
            ) from None


def _derive(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"chapterverse tokens").derive(key.encode())
    return base64.urlsafe_b64encode(derived)
