"""Servers that are not what they should be: another product, too old, slow, in the way, badly certified."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sangtin import follower
from sangtin.errors import EngineError, UsageError
from sangtin.record import init_record
from sangtin.search import Query, Search, StaleError, open_search
from sangtin.search.document import NewerError
from sangtin.search.elasticsearch import trouble
from sangtin.search.elasticsearch.mapping import LAYOUT
from sangtin.search.elasticsearch.server import Item, Server
from tests.search.contract import SCATTERED, at

pytest.importorskip("elasticsearch", reason="the extra elasticsearch is not installed")

Answer = tuple[int, dict[str, str], Any]
Asked = Callable[[BaseHTTPRequestHandler, bytes], Answer]
OURS = {"x-elastic-product": "Elasticsearch"}


class _Handler(BaseHTTPRequestHandler):
    """Answers every request as the server's `answer` says."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, headers, said = self.server.answer(self, body)  # type: ignore[attr-defined]
        raw = json.dumps(said).encode()
        self.send_response(status)
        known = {"content-type": "application/json", "content-length": str(len(raw)), **headers}
        for name, value in known.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    """Says nothing about clients that leave."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Who asks may hang up."""


@contextmanager
def serving(answer: Asked, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that answers so."""
    server = _Quiet(("127.0.0.1", 0), _Handler)
    server.answer = answer  # type: ignore[attr-defined]
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def opened(url: str, certificates: str = "") -> Iterator[Search]:
    search = open_search(url, prefix="strange", certificates=certificates)
    try:
        yield search
    finally:
        search.close()


def always(*answer: Any) -> Asked:
    return lambda _request, _body: answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, {}, {"version": {"distribution": "opensearch", "number": "2.19.0"}}), "OpenSearch"),
        ((200, {}, {}), "is not Elasticsearch"),
        ((404, {}, {}), "is not Elasticsearch"),
        ((406, {}, {"error": "Content-Type header is not supported"}), "not an Elasticsearch 8 or 9"),
        (
            (200, OURS, {"nodes": {"a": {"version": "7.17.0"}}}),
            r"Elasticsearch 7\.17\.0.*needs version 8 or 9",
        ),
        ((200, OURS, {"nodes": {"a": {"version": "10.0.0"}}}), r"10\.0\.0.*needs version 8 or 9"),
        ((403, {}, {"error": {"type": "security_exception", "reason": "no"}}), r"docs/operations\.md"),
        (
            (401, {}, {"error": {"type": "security_exception", "reason": "no"}}),
            "refuses the name and password",
        ),
        ((429, {}, {"error": {"type": "es_rejected_execution_exception", "reason": "queue"}}), "overloaded"),
        ((502, {}, {}), "proxy"),
        ((503, {}, {"error": {"type": "x", "reason": "no master"}}), "is starting"),
        ((500, {}, {"error": {"type": "x", "reason": "broken"}}), "answers 500"),
    ],
)
def test_another_product_version_or_mood_is_named(answer: Answer, said: str) -> None:
    with serving(always(*answer)) as port, opened(f"http://127.0.0.1:{port}") as search:
        with pytest.raises(EngineError, match=said) as error:
            search.find(Query())
        assert error.value.message.endswith((".", "rebuild"))


def test_a_server_that_is_down_is_named_without_its_password() -> None:
    with opened("http://elastic:s3cret@127.0.0.1:9") as search:
        with pytest.raises(EngineError, match=r"http://127\.0\.0\.1:9 does not answer") as error:
            search.find(Query())
        assert "s3cret" not in error.value.message


def test_a_slow_server_keeps_nobody_waiting_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sangtin.search.elasticsearch.SCREEN_S", 0.2)
    over = threading.Event()

    def dawdle(request: BaseHTTPRequestHandler, _body: bytes) -> Answer:
        if request.path.startswith("/strange/_search"):
            over.wait()
        about = {"strange-1": {"mappings": {"_meta": {"layout": "?"}}}}
        return 200, OURS, about if "mapping" in request.path else {}

    with serving(dawdle) as port, opened(f"http://127.0.0.1:{port}") as search:
        with pytest.raises(EngineError, match="does not answer in time"):
            search.find(Query())
        over.set()


@pytest.mark.parametrize("stuck", ["/_alias", "/strange-1/_mapping", "/strange-1/_doc"])
def test_what_screens_and_metrics_ask_first_keeps_nobody_waiting_either(
    monkeypatch: pytest.MonkeyPatch, stuck: str
) -> None:
    monkeypatch.setattr("sangtin.search.elasticsearch.version.SCREEN_S", 0.2)
    over = threading.Event()

    def dawdle(request: BaseHTTPRequestHandler, _body: bytes) -> Answer:
        if request.path.startswith(stuck):
            over.wait()
        about = {"strange-1": {"mappings": {"_meta": {"layout": LAYOUT}}}}
        return 200, OURS, about if "/_alias" in request.path or "/_mapping" in request.path else {}

    with serving(dawdle) as port, opened(f"http://127.0.0.1:{port}") as search:
        with pytest.raises(EngineError, match="does not answer in time"):
            search.position()
        over.set()


def laid_out(layout: str, asked: list[str]) -> Asked:
    """A server with an index of a layout, which notes what would change it."""

    def answer(request: BaseHTTPRequestHandler, _body: bytes) -> Answer:
        if request.command in ("PUT", "DELETE") or "_bulk" in request.path:
            asked.append(request.path)
        about = {"strange-1": {"mappings": {"_meta": {"layout": layout}}}}
        return 200, OURS, about if "/_alias" in request.path or "/_mapping" in request.path else {}

    return answer


@pytest.mark.parametrize(
    ("layout", "raised"),
    [
        ("elasticsearch-1 tokens-10 unicode-9.0.0", NewerError),
        ("elasticsearch-1 tokens-9 unicode-13.1.0", NewerError),
        ("elasticsearch-1 tokens-9 unicode-9.0.0", StaleError),
        ("elasticsearch-1 tokens-8 unicode-15.0.0", StaleError),
        ("?", StaleError),
    ],
)
def test_an_older_program_neither_reads_nor_writes_the_index_of_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str, raised: type
) -> None:
    """Else each of two machines would for ever build anew what the other built."""
    ours = "elasticsearch-1 tokens-9 unicode-13.0.0"
    monkeypatch.setattr("sangtin.search.elasticsearch.version.LAYOUT", ours)
    asked: list[str] = []
    with serving(laid_out(layout, asked)) as port, opened(f"http://127.0.0.1:{port}") as search:
        for act in (search.position, lambda: search.total(Query()), lambda: search.apply((), (), at(1))):
            with pytest.raises(EngineError) as error:
                act()
            assert error.type is raised
        if raised is not NewerError:
            return
        with contextlib.closing(init_record(f"sqlite:///{tmp_path / 'record.db'}")) as record:
            with pytest.raises(NewerError, match="Use the same here"):
                follower.follow(record, search)
            watching = follower.Watching(record, search)
            watching.follow()
            assert layout in watching.failure
    assert asked == []


def test_an_export_of_what_was_dropped_meanwhile_says_why() -> None:
    def forgetful(request: BaseHTTPRequestHandler, _body: bytes) -> Answer:
        status = 404 if request.path.startswith("/_search") else 200
        return status, OURS, {"id": "a"} if "_pit" in request.path else {}

    with (
        serving(forgetful) as port,
        opened(f"http://127.0.0.1:{port}") as search,
        pytest.raises(
            EngineError, match="restarted while it was read, or its index rebuilt more than 3 h ago"
        ),
    ):
        list(search.export(Query()))


def test_what_a_proxy_takes_for_too_large_goes_in_parts_and_the_rest_is_named() -> None:
    taken: list[str] = []

    def proxy(_request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        if len(body) > 3_000:
            return 413, {}, {}
        names = [json.loads(line)["index"]["_id"] for line in body.splitlines()[::2]]
        taken.extend(names)
        return 200, OURS, {"items": [{"index": {"status": 201}} for _ in names]}

    items = [Item(f"p:{n}", 1, {"text": "x" * (9_000 if n == 5 else 300)}) for n in range(30)]
    with serving(proxy) as port:
        server = Server(f"http://127.0.0.1:{port}")
        refused = server.bulk("strange-1", items)
        server.close()
    assert list(refused) == ["p:5"]
    assert "no request of its size" in refused["p:5"]
    assert taken == [f"p:{n}" for n in range(30) if n != 5]


def test_busy_answers_are_tried_again_until_they_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sangtin.search.elasticsearch.server._WAITS", (0.0,) * 7)
    moods: Iterator[Answer] = iter(
        [
            (429, OURS, {"error": {"reason": "queue is full"}}),
            (503, OURS, {}),
            (200, OURS, {"items": [{"index": {"status": s}} for s in (201, 429, 503)]}),
            (200, OURS, {"items": [{"index": {"status": s}} for s in (409, 400)]}),
        ]
    )
    with serving(lambda _request, _body: next(moods)) as port:
        server = Server(f"http://127.0.0.1:{port}")
        refused = server.bulk("strange-1", [Item(f"p:{n}", 1, {}) for n in range(3)])
        server.close()
    assert list(refused) == ["p:2"]
    assert next(moods, None) is None


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_what_is_not_a_documents_own_fault_quarantines_none(status: int) -> None:
    broken = {"index": {"status": status, "error": {"reason": "something wide"}}}
    with serving(always(200, OURS, {"items": [broken, broken]})) as port:
        server = Server(f"http://127.0.0.1:{port}")
        with pytest.raises(EngineError):
            server.bulk("strange-1", [Item("p:1", 1, {}), Item("p:2", 1, {})])
        server.close()


def test_a_full_shard_quarantines_no_document() -> None:
    reason = "number of documents in the index cannot exceed 2147483519"
    broken = {"index": {"status": 400, "error": {"reason": reason}}}
    with serving(always(200, OURS, {"items": [broken]})) as port:
        server = Server(f"http://127.0.0.1:{port}")
        with pytest.raises(EngineError, match="2147483519"):
            server.bulk("strange-1", [Item("p:1", 1, {})])
        server.close()


# Certificates


def certified(folder: Path, *, days: tuple[int, int] = (-1, 1), host: str = "127.0.0.1") -> ssl.SSLContext:
    """A server's context with a self-signed certificate, valid from and until so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    known = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(known, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, formats = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(pem, formats, serialization.NoEncryption()))
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


EMPTY = always(200, OURS, {})


def test_a_certificate_that_is_named_is_trusted(tmp_path: Path) -> None:
    with serving(EMPTY, certified(tmp_path)) as port:
        url = f"https://127.0.0.1:{port}"
        with opened(url, certificates=str(tmp_path / "certificate.pem")) as search:
            assert search.total(Query()) == 0


@pytest.mark.parametrize(
    ("days", "host", "named", "said"),
    [
        ((-9, -1), "127.0.0.1", True, "has expired. Renew it"),
        ((1, 9), "127.0.0.1", True, "not valid yet"),
        ((-1, 1), "127.0.0.1", False, "SANGTIN_SEARCH_CERTIFICATES"),
        ((-1, 1), "127.0.0.9", True, "is for another name"),
    ],
)
def test_a_certificate_that_is_not_valid_says_why(
    tmp_path: Path, days: tuple[int, int], host: str, named: bool, said: str
) -> None:
    with serving(EMPTY, certified(tmp_path, days=days, host=host)) as port:
        trusted = str(tmp_path / "certificate.pem") if named else ""
        with opened(f"https://an:s3cret@127.0.0.1:{port}", trusted) as search:
            for act in (lambda: search.find(Query()), lambda: search.apply(SCATTERED[:1], (), at(1))):
                with pytest.raises(EngineError) as error:
                    act()
                assert said in error.value.message
                assert "s3cret" not in error.value.message


def test_tls_where_there_is_none_says_so() -> None:
    with (
        serving(EMPTY) as port,
        opened(f"https://127.0.0.1:{port}") as search,
        pytest.raises(EngineError, match="speaks no TLS"),
    ):
        search.find(Query())


def test_a_file_of_certificates_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no file"):
        open_search("https://127.0.0.1:9", certificates=str(tmp_path / "none.pem"))


@pytest.mark.parametrize("url", ["http://", "http://h:port", "https://:9200"])
def test_a_url_without_a_place_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="SANGTIN_SEARCH"):
        open_search(url)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 413, 415, 429, 500, 502, 503, 504])
def test_every_refusal_is_a_sentence_with_braces_and_all(status: int) -> None:
    said = trouble.refusal("https://h:9200", status, "a reason with {braces}")
    assert said.startswith("https://h:9200")
    assert status == 401 or "{braces}" in said
