"""Planned responses, for the next requests that match."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify


@dataclass(frozen=True, slots=True)
class SeenRequest:
    method: str
    path: str
    operation: str
    """The REST route as GitHub documents it, or the name of the GraphQL operation."""


@dataclass(slots=True)
class Answer:
    """One member of `POST /_sandbox/answers`."""

    method: str
    path: str
    """A regular expression found in the request's path, query included."""
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    """JSON, or text that is sent unchanged."""
    operation: str = ""
    """A regular expression found in the request's operation (see SeenRequest)."""
    skip: int = 0
    """Matching requests that get their usual response first."""
    times: int = 1
    after: bool = False
    """True if the request takes effect before this response."""

    def matches(self, request: SeenRequest) -> bool:
        return (
            self.times > 0
            and self.method.upper() == request.method
            and re.search(self.path, request.path) is not None
            and re.search(self.operation, request.operation) is not None
        )

    def response(self) -> Response:
        response = Response(self.body) if isinstance(self.body, str) else jsonify(self.body)
        response.status_code = self.status
        response.headers.update(self.headers)
        return response


class Script:
    """The requests so far and the next responses. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: list[Answer] = []
        self._requests: list[SeenRequest] = []

    def record(self, request: SeenRequest) -> None:
        with self._lock:
            self._requests.append(request)

    def requests(self) -> list[SeenRequest]:
        with self._lock:
            return list(self._requests)

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    def plan(self, answer: Answer) -> None:
        with self._lock:
            self._answers.append(answer)

    def forget_answers(self) -> None:
        with self._lock:
            self._answers.clear()

    def take(self, request: SeenRequest) -> Answer | None:
        """Return the oldest planned response that matches the request, and count it down."""
        with self._lock:
            for answer in self._answers:
                if answer.matches(request) and answer.skip > 0:
                    answer.skip -= 1
                elif answer.matches(request):
                    answer.times -= 1
                    return answer
            return None
