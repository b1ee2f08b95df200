"""Requests → an Elasticsearch's answers, with its failures as ours. The one module that names the client."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sangtin.errors import EngineError, MissingError, UsageError
from sangtin.search.elasticsearch import trouble

# What a server sends is JSON; the modules that ask for it make values of it.
Json = dict[str, Any]

# Elastic advises to start from bulk requests of 5 to 15 MB
# (https://www.elastic.co/guide/en/elasticsearch/reference/8.19/tune-for-indexing-speed.html).
_BULK_BYTES = 8_000_000
# Waits between attempts in s, doubling: half a minute in all, in which a killed node is back.
_WAITS = tuple(0.25 * 2**attempt for attempt in range(7))
_BUSY = (429, 502, 503, 504)
_TOO_LARGE = 413
# A batch may take a while; nobody waits longer for a screen.
_TIMEOUT_S = 60
SCREEN_S = 15
_MAJORS = ("8", "9")
_JSON, _LINES = "application/json", "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Item:
    """One document to write: its name in the index, its version there, and itself."""

    name: str
    version: int
    source: Json

    def lines(self) -> bytes:
        """Its two lines of a bulk request; escaped, for a lone surrogate in a text has no UTF-8."""
        about = {"_id": self.name, "version": self.version, "version_type": "external_gte"}
        return f"{json.dumps({'index': about})}\n{json.dumps(self.source)}\n".encode()


class _TooLarge(Exception):
    """A request that a server or a proxy before it does not take for its size."""


class Server:
    """An Elasticsearch, or a cluster behind one URL. Methods raise EngineError where it does not answer."""

    def __init__(self, url: str, api_key: str = "", certificates: str = "") -> None:
        try:
            from elasticsearch import Elasticsearch
            from elasticsearch.exceptions import ElasticsearchWarning
        except ModuleNotFoundError as error:
            raise MissingError(
                "The search is on Elasticsearch, but its client is not installed. "
                'Install it with: make install EXTRAS="elasticsearch"'
            ) from error
        # A server without security says so with each answer; its operator knows.
        warnings.filterwarnings("ignore", category=ElasticsearchWarning)
        self.shown, options = _options(url, api_key, certificates)
        try:
            self._client = Elasticsearch(request_timeout=_TIMEOUT_S, max_retries=1, **options)
        except (ValueError, OSError) as error:
            raise UsageError(f"Elasticsearch at {self.shown} cannot be set up ({error}).") from error
        self._met = False

    def ask(
        self, method: str, path: str, body: Json | None = None, *, within: int = _TIMEOUT_S, **params: str
    ) -> Json:
        """The answer to one request; an empty one where what is asked for is not there (404)."""
        with self._failures():
            if not self._met:
                self._meet()
            return self._perform(method, path, body, params, within=within)

    def bulk(self, index: str, items: Iterable[Item]) -> dict[str, str]:
        """Write documents; what was refused for want of room or time is tried again.

        Returns, by name, the reasons of those that the server will never take. That a newer version is
        there is no failure.
        """
        refused: dict[str, str] = {}
        for part in _parts(items):
            refused |= self._bulk_part(index, part)
        return refused

    def cluster(self) -> str:
        """What the cluster calls itself, which is the same at each of its addresses.

        Where the user may not ask, the address.
        """
        from elasticsearch import AuthorizationException

        with self._failures():
            try:
                if not self._met:
                    self._meet()
                asked = {"filter_path": "cluster_uuid"}
                found = self._perform("GET", "/_cluster/state/version", None, asked, within=SCREEN_S)
            except AuthorizationException:
                return self.shown
            return str(found.get("cluster_uuid", self.shown))

    def close(self) -> None:
        """Close its connections; they open again when needed."""
        self._client.close()

    def _perform(
        self,
        method: str,
        path: str,
        body: Json | bytes | None,
        params: dict[str, str],
        *,
        within: int = _TIMEOUT_S,
    ) -> Json:
        from elasticsearch import NotFoundError

        kind = _LINES if isinstance(body, bytes) else _JSON
        headers = {"accept": _JSON, "content-type": kind} if body is not None else {"accept": _JSON}
        try:
            client = self._client.options(request_timeout=within)
            answer = client.perform_request(method, path, params=params, headers=headers, body=body)
        except NotFoundError as error:
            if error.meta.headers.get("x-elastic-product") != "Elasticsearch":
                raise EngineError(trouble.another_product(self.shown)) from error
            return {}
        return dict(answer.body) if isinstance(answer.body, dict) else {}

    def _meet(self) -> None:
        """See once whether this is an Elasticsearch that we speak with; who may not ask, is believed."""
        from elasticsearch import AuthorizationException

        try:
            asked = {"filter_path": "nodes.*.version"}
            nodes = self._perform("GET", "/_nodes/_all/_none", None, asked, within=SCREEN_S)
        except AuthorizationException:
            nodes = {}
        versions = sorted({str(node["version"]) for node in nodes.get("nodes", {}).values()})
        if any(version.split(".")[0] not in _MAJORS for version in versions):
            raise EngineError(trouble.wrong_version(self.shown, versions))
        self._met = True

    def _bulk_part(self, index: str, items: list[Item]) -> dict[str, str]:
        """One bulk request, repeated for what may still succeed."""
        refused: dict[str, str] = {}
        busy = ""
        for wait in (*_WAITS, None):
            try:
                items, reasons, busy = self._bulk_once(index, items)
            except _TooLarge as error:
                return refused | self._in_halves(index, items, str(error))
            refused |= reasons
            if not items:
                return refused
            if wait is not None:
                time.sleep(wait)
        raise EngineError(trouble.full(self.shown, busy))

    def _in_halves(self, index: str, items: list[Item], reason: str) -> dict[str, str]:
        """A proxy may let less through than the server takes."""
        if len(items) == 1:
            return {items[0].name: reason}
        half = len(items) // 2
        return self._bulk_part(index, items[:half]) | self._bulk_part(index, items[half:])

    def _bulk_once(self, index: str, items: list[Item]) -> tuple[list[Item], dict[str, str], str]:
        """What is to be tried again, what is refused for good, and why there is something to try again."""
        from elasticsearch import ApiError, ConnectionTimeout, TransportError
        from elasticsearch.exceptions import SSLError

        body = b"".join(item.lines() for item in items)
        try:
            answer = self._perform("POST", f"/{index}/_bulk", body, {"require_alias": "false"})
        except (ApiError, TransportError) as error:
            if isinstance(error, ApiError) and error.status_code == _TOO_LARGE:
                raise _TooLarge(
                    f"the server or a proxy before it takes no request of its size ({error})"
                ) from error
            lasting = error.status_code not in _BUSY if isinstance(error, ApiError) else False
            if lasting or isinstance(error, SSLError | ConnectionTimeout):
                with self._failures():
                    raise
            return items, {}, _reason(error)
        if "items" not in answer:
            raise EngineError(trouble.index_gone(self.shown, index))
        again, refused, busy = [], {}, ""
        for item, result in zip(items, answer["items"], strict=True):
            status, reason = _result(result["index"])
            if status in _BUSY:
                again.append(item)
                busy = reason
            elif _is_its_own_fault(status, reason):
                refused[item.name] = reason
            elif status >= 400 and status != 409:
                raise EngineError(trouble.refusal(self.shown, status, reason))
        return again, refused, busy

    @contextmanager
    def _failures(self) -> Generator[None]:
        """The client's exceptions as errors for a person, without password or key."""
        from elasticsearch import ApiError, ConnectionTimeout, TransportError, UnsupportedProductError
        from elasticsearch.exceptions import SSLError

        try:
            yield
        except UnsupportedProductError as error:
            raise EngineError(trouble.another_product(self.shown)) from error
        except ApiError as error:
            raise EngineError(trouble.refusal(self.shown, error.status_code, _reason(error))) from error
        except SSLError as error:
            raise EngineError(trouble.untrusted(self.shown, _reason(error))) from error
        except ConnectionTimeout as error:
            raise EngineError(trouble.slow(self.shown)) from error
        except TransportError as error:
            raise EngineError(trouble.silent(self.shown, _reason(error))) from error


def _result(answer: Json) -> tuple[int, str]:
    """How one document fared."""
    return int(answer["status"]), str(answer.get("error", {}).get("reason", answer["status"]))


def _is_its_own_fault(status: int, reason: str) -> bool:
    """Whether a document will never be taken, whatever else is mended. A full shard is not its fault."""
    return status in (400, _TOO_LARGE) and "number of documents in the" not in reason


def _options(url: str, api_key: str, certificates: str) -> tuple[str, Json]:
    """The URL without its secrets, and what the client is made with."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 9200)
    except ValueError as error:
        raise UsageError("SANGTIN_SEARCH has no valid port. Write it as https://HOST:9200.") from error
    if not parts.hostname:
        raise UsageError("SANGTIN_SEARCH names no host. Write it as https://HOST:9200.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = f"{parts.scheme}://{host}:{port}"
    options: Json = {"hosts": f"{shown}{parts.path.rstrip('/')}"}
    if parts.username:
        options["basic_auth"] = unquote(parts.username), unquote(parts.password or "")
    if api_key:
        options["api_key"] = api_key
    if certificates and not Path(certificates).is_file():
        raise UsageError(
            f"SANGTIN_SEARCH_CERTIFICATES={certificates} is no file. Name one with certificates."
        )
    if certificates and parts.scheme == "https":
        options["ca_certs"] = certificates
    return shown, options


def _parts(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in parts of some megabytes."""
    part: list[Item] = []
    size = 0
    for item in items:
        part.append(item)
        size += len(str(item.source.get("text", ""))) * 8 + 1_000
        if size >= _BULK_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _reason(error: Exception) -> str:
    """What a server or the network says, shortly."""
    body = getattr(error, "body", None)
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        causes = body["error"].get("root_cause") or [body["error"]]
        return str(causes[0].get("reason", body["error"].get("type", "")))[:300]
    return str(getattr(error, "message", error))[:300]
