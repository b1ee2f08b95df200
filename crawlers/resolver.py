"""Host names → public addresses: a name from the internet never leads into our own network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.request import getproxies

from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]  # it ships no types

from crawlers.address import Origin, is_private, origin


@implementer(IResolutionReceiver)
class _Public:
    """Passes public addresses on, and notes a host that has none but private ones."""

    def __init__(self, receiver: Any, host: str, refused: set[str]) -> None:
        self.receiver = receiver
        self.host = host
        self.refused = refused
        self.public = self.private = 0

    def resolutionBegan(self, resolution: Any) -> None:  # Twisted's names
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if is_private(address.host):
            self.private += 1
            return
        self.public += 1
        self.receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        if self.private and not self.public:
            self.refused.add(self.host)
        else:
            self.refused.discard(self.host)
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicResolver:
    """Scrapy's TWISTED_DNS_RESOLVER. Hosts that say of themselves that they are local pass: the guard has
    let them through, because a source card names them. Nothing is cached here; the system does that."""

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self.system = reactor.nameResolver
        self.refused: set[str] = set()
        self.proxies = {_host(proxy) for proxy in getproxies().values()}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:  # noqa: ARG003  # Scrapy's names
        """As Scrapy makes it."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """As Scrapy installs it."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # Twisted's interface
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Resolve a name, leaving private addresses out unless the name itself is local."""
        host = hostName.rstrip(".").lower()
        receiver = resolutionReceiver
        if not Origin("http", host, 0).is_local and host not in self.proxies:
            receiver = _Public(resolutionReceiver, host, self.refused)
        asked = (receiver, hostName, portNumber, addressTypes, transportSemantics)
        resolution: IHostResolution = self.system.resolveHostName(*asked)
        return resolution


def _host(proxy: str) -> str:
    try:
        return origin(proxy if "//" in proxy else f"http://{proxy}").host
    except ValueError:
        return ""
