"""Requests signed as Discord signs them, with a key of the tests."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = KEY.public_key().public_bytes_raw().hex()


def signed_headers(body: bytes, *, now: float, key: Ed25519PrivateKey = KEY) -> dict[str, str]:
    """The headers of a body signed at that second."""
    timestamp = str(int(now))
    return {
        "x-signature-ed25519": key.sign(timestamp.encode() + body).hex(),
        "x-signature-timestamp": timestamp,
        "content-type": "application/json",
    }
