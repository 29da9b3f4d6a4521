"""Who is asking, as far as HTTP tells: the address that limits are counted by.

Believes X-Forwarded-For only as far as our own proxies wrote it.
"""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network, ip_address


def client_address(peer: str | None, forwarded: Sequence[str], *, trusted_proxies: int) -> str:
    """The client's address; the network of 64 bits for IPv6, of which one household has millions of addresses.

    `forwarded` are the X-Forwarded-For headers in order. Each trusted proxy appended the address it saw, so with
    two of them the client is the second from the right. Anything further left is the client's own claim.
    """
    claimed = [part.strip() for header in forwarded for part in header.split(",") if part.strip()]
    chosen = claimed[-trusted_proxies] if 0 < trusted_proxies <= len(claimed) else peer or ""
    try:
        address = ip_address(chosen.strip("[]"))
    except ValueError:
        return peer or "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address)
