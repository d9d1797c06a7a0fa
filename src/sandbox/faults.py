"""The faults of a proxy: their effects on an exchange, and the responses in place of the server's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Literal, get_args
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from sandbox.aws.answers import error_answer
from sandbox.aws.errors import ServiceError
from sandbox.aws.moto_services import Caller
from sandbox.aws.operation_names import operation_name
from sandbox.github.graphql_api import operation_name as query_name

Kind = Literal[
    "drop-before",
    "drop-after",
    "delay",
    "429",
    "429-retry-after",
    "500",
    "500-after",
    "503",
    "truncated",
    "other-json",
    "html",
    "expired",
    "hold-before",
    "hold-after",
]
"""`before`: the server never sees the request; `after`: it has served it. What answers in the server's
place comes before, unless its name says `after`."""

KINDS: tuple[Kind, ...] = get_args(Kind)
BREAKING: tuple[Kind, ...] = tuple(kind for kind in KINDS if not kind.startswith("hold"))
"""Kinds that break an exchange; a hold only lets a test act during it."""
RELAYED: frozenset[Kind] = frozenset({"delay", "truncated", "drop-after", "hold-before", "hold-after"})
"""Kinds that forward the server's own response, at least in part."""
SERVED: frozenset[Kind] = RELAYED | {"500-after"}
"""Kinds whose request the server serves."""

DELAY_SECONDS = 1.5
RETRY_AFTER = "1"
PAGE = "<!DOCTYPE html><title>Sign in</title><p>Sign in to use this network.</p>"
OTHER_JSON = {"surprise": ["of another shape"]}

NameOf = Callable[[str, str, Mapping[str, str], bytes], str]
"""An operation's name, from method, target, headers and body."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the nth request of an operation (empty: any); if `lasting`, also of all later ones."""

    kind: Kind
    nth: int = 1
    operation: str = ""
    lasting: bool = False

    def __str__(self) -> str:
        lasting = " and all after it" if self.lasting else ""
        return f"{self.kind} at {self.nth}. {self.operation or 'request'}{lasting}"


@dataclass(slots=True)
class Plan:
    """A planned fault and the requests so far. Thread-safe."""

    fault: Fault | None = None
    operations: list[str] = field(default_factory=list)
    """The operations of all requests, in order."""
    struck: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)
    """Ends a hold."""
    settled: Event = field(default_factory=Event)
    """Set when the server has served the affected request, if it serves it."""
    _count: int = 0
    _lock: Lock = field(default_factory=Lock)

    def take(self, operation: str) -> Kind | None:
        """Return the fault of this request, if it has one."""
        with self._lock:
            self.operations.append(operation)
            fault = self.fault
            if fault is None or fault.operation not in {"", operation}:
                return None
            self._count += 1
            is_due = self._count == fault.nth or (fault.lasting and self._count > fault.nth)
            if is_due:
                self.struck.set()
            return fault.kind if is_due else None


def aws_operation(method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Return the local AWS's name: `es:UpdatePackage`, `s3:PutObject`."""
    url = urlsplit(target)
    builder = EnvironBuilder(
        path=url.path, query_string=url.query, method=method, headers=Headers([*headers.items()]), data=body
    )
    request = Request(builder.get_environ())
    return operation_name(request, Caller.of(request).service)


def github_operation(method: str, target: str, _: Mapping[str, str], body: bytes) -> str:
    """Return `github:` and the name of a query, or the method and path of REST."""
    if target.endswith("/graphql"):
        return f"github:{query_name(json.loads(body))}"
    return f"github:{method} {urlsplit(target).path}"


def broken_answer(kind: Kind, operation: str) -> Response:
    """Return the response of the fault in the format of the operation's service."""
    match kind:
        case "html":
            return Response(PAGE, 200, content_type="text/html")
        case "other-json":
            return Response(json.dumps(OTHER_JSON), 200, content_type="application/json")
        case "expired":
            return _error(operation, 403, s3="ExpiredToken", es="ExpiredTokenException", github=401)
        case "429" | "429-retry-after":
            answer = _error(operation, 429, s3="SlowDown", es="ThrottlingException", github=429)
            if kind == "429-retry-after":
                answer.headers["Retry-After"] = RETRY_AFTER
            return answer
        case "503":
            return _error(operation, 503, s3="ServiceUnavailable", es="ServiceUnavailable", github=503)
    return _error(operation, 500, s3="InternalError", es="InternalException", github=500)


def _error(operation: str, status: int, *, s3: str, es: str, github: int) -> Response:
    service = operation.partition(":")[0]
    if service == "github":
        body = {"message": "Bad credentials" if github == 401 else "Asked for."}
        return Response(json.dumps(body), github, content_type="application/json")
    return error_answer(service, ServiceError(s3 if service == "s3" else es, "Asked for.", status))
