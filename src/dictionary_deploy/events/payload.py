"""Reading an event's payload, JSON of which no shape is taken on trust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from dictionary_deploy.errors import EventError
from dictionary_deploy.model import SHA

Scalar = TypeVar("Scalar", str, int, bool)

_IN_WORDS: Mapping[type, str] = {str: "a text", int: "a number", bool: "true or false"}


class Payload:
    """An event's payload by dotted paths: `pull_request.head.sha`. All errors are EventErrors."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def find(self, path: str, kind: type[Scalar]) -> Scalar | None:
        """The member at `path`; None when it, or one on the way to it, is null or missing."""
        value = self._value
        for name in path.split("."):
            if value is None:
                return None
            if not isinstance(value, dict):
                raise _malformed(f"has no {path}, since what should hold {name} is no object")
            value = value.get(name)
        # Not isinstance: to Python true is a number.
        if value is not None and type(value) is not kind:
            raise _malformed(f"says that {path} is {value!r:.80}, which is not {_IN_WORDS[kind]}")
        return value

    def need(self, path: str, kind: type[Scalar]) -> Scalar:
        value = self.find(path, kind)
        if value is None:
            raise _malformed(f"has no {path}")
        return value

    def need_sha(self, path: str) -> str:
        value = self.need(path, str)
        if not SHA.fullmatch(value):
            raise _malformed(f"says that {path} is {value!r:.80}, which is no commit")
        return value


def _malformed(what: str) -> EventError:
    return EventError(
        "github-failed",
        f"The event's payload {what}.",
        "Run the workflow again. When it stays so, deploy on push, which needs little of the payload.",
    )
