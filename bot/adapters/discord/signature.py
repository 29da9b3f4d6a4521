"""Is a request really from Discord? Ed25519 over timestamp and body, and not older than a few minutes.

Pure but for the clock it is given.
"""

from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

STALE_SECONDS = 300.0
SIGNATURE, TIMESTAMP = "x-signature-ed25519", "x-signature-timestamp"


class Signature:
    """Checks requests against the application's public key, 64 hexadecimal digits. `clock`: seconds since 1970."""

    def __init__(self, public_key: str, clock: Callable[[], float]) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        self._clock = clock

    def is_good(self, headers: Mapping[str, str], body: bytes) -> bool:
        """True for a request signed by Discord within the last five minutes."""
        timestamp = headers.get(TIMESTAMP, "")
        try:
            self._key.verify(bytes.fromhex(headers.get(SIGNATURE, "")), timestamp.encode() + body)
            age = self._clock() - float(timestamp)
        except (InvalidSignature, ValueError):
            return False
        return abs(age) <= STALE_SECONDS
