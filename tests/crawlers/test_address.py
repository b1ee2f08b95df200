"""Where an address leads: which hosts are private, by their own word or by what they resolve to."""

from __future__ import annotations

from typing import Any

import pytest

from crawlers.address import Origin, is_private, origin
from crawlers.resolver import PublicResolver


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("http://A.Example.vn/x", Origin("http", "a.example.vn", 80)),
        ("https://a.example.vn.:8443", Origin("https", "a.example.vn", 8443)),
        ("http://[::1]/", Origin("http", "::1", 80)),
    ],
)
def test_origins(url: str, made: Origin) -> None:
    assert origin(url) == made


@pytest.mark.parametrize(
    "url", ["ftp://a.vn/", "file:///etc/passwd", "//a.vn/x", "http://", "http://a.vn:99999/", ""]
)
def test_what_has_no_origin(url: str) -> None:
    with pytest.raises(ValueError):
        origin(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "203.162.4.190", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_public_addresses(address: str) -> None:
    assert not is_private(address)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "a.localhost",
        "nas.local",
        "x.internal",
        "intranet",
        "2130706433",
        "0x7f000001",
        "10.0.0.1",
        "::1",
    ],
)
def test_hosts_that_call_themselves_local(host: str) -> None:
    assert Origin("http", host, 80).is_local


@pytest.mark.parametrize("host", ["example.vn", "local.example.vn", "1.1.1.1", "0x7f.1", "127.1"])
def test_hosts_that_do_not(host: str) -> None:
    assert not Origin("http", host, 80).is_local


class Address:
    def __init__(self, host: str) -> None:
        self.host = host


class Receiver:
    """Collects what a resolver finds."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.complete = False

    def resolutionBegan(self, resolution: Any) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.found.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete = True


class Names:
    """A resolver, and the reactor that has it: names → addresses from a table."""

    def __init__(self, table: dict[str, list[str]]) -> None:
        self.table = table
        self.nameResolver: Any = self  # Twisted's name

    def resolveHostName(self, receiver: Any, host: str, *rest: Any) -> None:
        receiver.resolutionBegan(None)
        for address in self.table[host]:
            receiver.addressResolved(Address(address))
        receiver.resolutionComplete()


def resolved(resolver: PublicResolver, host: str) -> list[str]:
    receiver = Receiver()
    resolver.resolveHostName(receiver, host)
    assert receiver.complete
    return receiver.found


def test_a_public_name_never_leads_into_our_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example.vn:3128")
    table = {
        "sneaky.example.vn": ["127.0.0.1", "::1"], "mixed.example.vn": ["10.0.0.1", "203.162.4.190"],
        "0x7f.1": ["127.0.0.1"], "nas.local": ["192.168.1.9"], "proxy.example.vn": ["10.0.0.2"],
    }  # fmt: skip
    resolver = PublicResolver(Names(table))
    assert resolved(resolver, "sneaky.example.vn") == []
    assert resolved(resolver, "mixed.example.vn") == ["203.162.4.190"]
    assert resolved(resolver, "0x7f.1") == []
    assert resolved(resolver, "nas.local") == ["192.168.1.9"]  # the guard lets only its own card through
    assert resolved(resolver, "proxy.example.vn") == ["10.0.0.2"]
    assert resolver.refused == {"sneaky.example.vn", "0x7f.1"}


def test_a_name_that_becomes_public_is_no_longer_refused() -> None:
    names = Names({"a.example.vn": ["127.0.0.1"]})
    resolver = PublicResolver(names)
    assert resolved(resolver, "a.example.vn") == []
    names.table["a.example.vn"] = ["203.162.4.190"]
    assert resolved(resolver, "a.example.vn") == ["203.162.4.190"]
    assert resolver.refused == set()
