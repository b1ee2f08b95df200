"""An address of a source → its host and port, and whether they belong to a private network."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
# Names that never leave a network: RFC 6761, 6762, 8375, 9476, and what offices use besides.
LOCAL_NAME = re.compile(r"(?:.*\.)?(?:localhost|local|internal|lan|intranet|home\.arpa|test)|[^.]+")
# RFC 6052: an IPv4 address inside an IPv6 one.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request goes: scheme, host in lower case, port."""

    scheme: str
    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Whether the host says of itself that it is private: an address of such a range, or a local name."""
        literal = _literal(self.host)
        return is_private(literal) if literal else LOCAL_NAME.fullmatch(self.host) is not None


def origin(url: str) -> Origin:
    """The origin of an http(s) address. Raises ValueError where there is none."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"{url[:200]!r} is no http or https address")
    return Origin(parts.scheme, parts.hostname.rstrip(".").lower(), parts.port or PORTS[parts.scheme])


def is_private(address: str) -> bool:
    """Whether an IP address lies in a network that the public internet does not reach."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return not ip.is_global or ip.is_multicast


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return None
