"""Send requests to the search engine of a domain, with limits for their time and size."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import requests
import urllib3

from dictionary_deploy.clock import SEARCH_CONNECT_SECONDS, SEARCH_RESPONSE_SECONDS
from dictionary_deploy.connection_errors import Endpoint, explain_connection
from dictionary_deploy.errors import SearchError, plain_text

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""Uncompressed. The settings and mappings of a thousand indices have a few megabytes."""
BLOCK_BYTES = 256 * 1024
MAX_MESSAGE_CHARACTERS = 300

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

Authenticate = Callable[[str, str, bytes], Mapping[str, str]]
"""Return the headers that authenticate a request: method, URL, body."""


def basic(username: str, password: str) -> Authenticate:
    """Return basic authentication for the internal user database of a domain."""
    header = requests.auth._basic_auth_str(username.encode(), password.encode())  # noqa: SLF001 the only function for a header
    return lambda *_: {"Authorization": header}


@dataclass(frozen=True, slots=True)
class SearchClient:
    """The endpoint of one domain. Every method may raise SearchError."""

    domain: str
    url: str
    """Without a path."""
    authenticate: Authenticate
    session: requests.Session = field(default_factory=requests.Session)

    def settings(self, indices: Sequence[str]) -> Any:
        """Return the analysis settings of indices, also of closed ones, by index."""
        wanted = "*.settings.index.analysis,*.settings.index.verified_before_close"
        return self._read_all(indices, "_settings", wanted)

    def mappings(self, indices: Sequence[str]) -> Any:
        """Return the analyzers in the mappings of indices, by index."""
        names = ("analyzer", "search_analyzer", "search_quote_analyzer", "normalizer")
        return self._read_all(indices, "_mapping", ",".join(f"**.{name}" for name in names))

    def analyze(self, index: str, body: Mapping[str, Any]) -> Any:
        """Return the tokens of a text."""
        return self._send("POST", f"/{quote(index, safe='')}/_analyze", {}, body)

    def refresh(self, index: str) -> Any:
        """Reload the search analyzers of an index. The response shows if it succeeded."""
        name = quote(index, safe="")
        try:
            return self._send("POST", f"/_plugins/_refresh_search_analyzers/{name}", {})
        except SearchError as error:
            if error.status not in NO_SUCH_PATH:
                raise
        return self._send("POST", f"/_opendistro/_refresh_search_analyzers/{name}", {})

    def clear_request_cache(self, index: str) -> Any:
        """Forget the results of earlier searches."""
        return self._send("POST", f"/{quote(index, safe='')}/_cache/clear", {"request": "true"})

    def close(self, index: str) -> None:
        """Close an index: it serves no requests until it is opened."""
        response = self._send("POST", f"/{quote(index, safe='')}/_close", ACKNOWLEDGE)
        closed = response.get("indices")
        is_closed = not isinstance(closed, dict) or all(each.get("closed") for each in closed.values())
        self._check_acknowledged(index, "_close", response, is_done=is_closed)

    def open(self, index: str) -> None:
        """Open an index, which loads the files of its analyzers. An open index stays as it is."""
        response = self._send("POST", f"/{quote(index, safe='')}/_open", ACKNOWLEDGE)
        self._check_acknowledged(
            index, "_open", response, is_done=bool(response.get("shards_acknowledged", True))
        )

    def _check_acknowledged(
        self, index: str, action: str, response: Mapping[str, Any], *, is_done: bool
    ) -> None:
        if not (response.get("acknowledged") and is_done):
            message = f"{self.domain} did not complete /{index}/{action} in time."
            raise SearchError(message, CHECK, status=HTTPStatus.OK)

    def _read_all(self, indices: Sequence[str], resource: str, wanted: str) -> Any:
        path = f"/{','.join(quote(each, safe='*') for each in indices)}/{resource}"
        options = {"expand_wildcards": "all", "ignore_unavailable": "true", "filter_path": wanted}
        return self._send("GET", path, options)

    def _send(
        self, method: str, path: str, options: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        url = f"{self.url}{path}{f'?{urlencode(options)}' if options else ''}"
        headers = {"Content-Type": "application/json", **self.authenticate(method, url, data)}
        with self._translate_errors(path):
            deadline = time.monotonic() + SEARCH_RESPONSE_SECONDS
            with self.session.request(
                method,
                url,
                data=data,
                headers=headers,
                auth=_keep_headers,
                timeout=(SEARCH_CONNECT_SECONDS, SEARCH_RESPONSE_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                text = self._body(response, path, deadline)
            parsed = _parse_json(text)
            if response.status_code != HTTPStatus.OK:
                raise self._refusal(path, response.status_code, parsed)
        if not isinstance(parsed, dict):
            raise SearchError(f"{self.domain} responded to {path} without JSON.", CHECK)
        return parsed

    def _body(self, response: requests.Response, path: str, deadline: float) -> bytes:
        blocks, size = [], 0
        while block := response.raw.read1(BLOCK_BYTES, decode_content=True):
            blocks.append(block)
            size += len(block)
            if size > MAX_RESPONSE_BYTES or time.monotonic() > deadline:
                message = f"The response of {self.domain} to {path} is incomplete after {size:,} bytes."
                raise SearchError(message, "List fewer indices under `indices`.")
        return b"".join(blocks)

    def _refusal(self, path: str, status: int, parsed: Any) -> SearchError:
        message = f"{self.domain} responded to {path} with {status}{_reason(parsed)}."
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            needed = [*READS, *(each for part, each in WRITES.items() if part in path.split("/"))]
            grant = GRANT.format(f"{', '.join(f'`{each}`' for each in needed[:-1])} and `{needed[-1]}`")
            return SearchError(message, grant, status=status)
        remedy = CHECK
        if path.endswith("/_close") and "data stream write ind" in message:
            remedy = ROLL_OVER
        if path.endswith("/_open") and status == HTTPStatus.INTERNAL_SERVER_ERROR:
            remedy = FIX_FILE
        return SearchError(message, remedy, status=status)

    @contextmanager
    def _translate_errors(self, path: str) -> Iterator[None]:
        try:
            yield
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            endpoint = Endpoint(self.url, CA_VARIABLES, "the domain's endpoint")
            failure = explain_connection(error, endpoint, os.environ)
            if failure is None:
                message = f"{self.domain} did not respond to {path}: {type(error).__name__}."
                raise SearchError(message, CHECK) from error
            remedy = f"{failure.remedy} {VPC}"
            raise SearchError(f"{self.domain} was not reached: {failure.problem}.", remedy) from error


ACKNOWLEDGE = {"timeout": f"{SEARCH_RESPONSE_SECONDS * 0.75:.0f}s"}
"""The engine responds in time, also if not all of its nodes do."""
NO_SUCH_PATH = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
"""Statuses of a request that the engine does not have: domains before OpenSearch have another prefix."""
CHECK = "Check the domain in the console."
FIX_FILE = "Fix the file that the engine cannot load, or run mode `rollback`. The run then opens the index."
ROLL_OVER = "Roll over the data stream: its new index uses the version, and its old one can be reopened."
GRANT = (
    "Grant `es:ESHttpGet` and `es:ESHttpPost` on the domain's indices to the role, in its IAM policy and in"
    " the domain's access policy. With fine-grained access control, map the role to a role of the domain with"
    " {}, or set OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD."
)
READS = ("indices:monitor/settings/get", "indices:admin/mappings/get", "indices:admin/analyze")
"""The permissions of fine-grained access control that every use of `indices` needs."""
WRITES = {
    "_close": "indices:admin/close",
    "_open": "indices:admin/open",
    "_refresh_search_analyzers": "indices:admin/refresh_search_analyzers",
    "_cache": "indices:admin/cache/clear",
}
"""Further permissions, by a part of the path."""
VPC = "A domain in a VPC needs a runner in that VPC; without one, remove `indices`."


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request as it is: without this, Requests takes the login in ~/.netrc."""
    return request


def _parse_json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _reason(parsed: Any) -> str:
    """Return the engine's or the service's message, after a colon; empty without one."""
    if not isinstance(parsed, dict):
        return ""
    reasons = [*dict.fromkeys(_reasons(parsed.get("error")))]
    found = ": ".join(reasons) or parsed.get("Message") or parsed.get("message") or ""
    text = " ".join(str(found).split())[:MAX_MESSAGE_CHARACTERS].rstrip(".")
    return f": {plain_text(text)}" if text else ""


def _reasons(error: Any) -> Iterator[str]:
    """Yield the reasons of an engine's error, from the outermost to its cause."""
    while isinstance(error, dict):
        if reason := error.get("reason"):
            yield str(reason)
        error = error.get("caused_by")
