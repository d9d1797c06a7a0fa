"""Read an event's payload, and check the type of every member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from dictionary_deploy.errors import EventError
from dictionary_deploy.model import SHA

Scalar = TypeVar("Scalar", str, int, bool)

_TYPE_NAMES: Mapping[type, str] = {str: "a string", int: "a number", bool: "a boolean"}


class Payload:
    """The members of a payload by dotted paths: `pull_request.head.sha`. All errors are EventErrors."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def find(self, path: str, kind: type[Scalar]) -> Scalar | None:
        """Return the member at `path`; None if it or one of its parents is null or missing."""
        value = self._value
        for name in path.split("."):
            if value is None:
                return None
            if not isinstance(value, dict):
                raise _payload_error(f"has no {path}: the parent of {name} is not an object")
            value = value.get(name)
        # Not isinstance: bool is a subclass of int.
        if value is not None and type(value) is not kind:
            raise _payload_error(f"has {value!r:.80} as {path}, which is not {_TYPE_NAMES[kind]}")
        return value

    def need(self, path: str, kind: type[Scalar]) -> Scalar:
        value = self.find(path, kind)
        if value is None:
            raise _payload_error(f"has no {path}")
        return value

    def need_sha(self, path: str) -> str:
        value = self.need(path, str)
        if not SHA.fullmatch(value):
            raise _payload_error(f"has {value!r:.80} as {path}, which is not a commit")
        return value


def _payload_error(problem: str) -> EventError:
    return EventError(
        "github-failed",
        f"The event's payload {problem}.",
        "Rerun the workflow. If it fails again, deploy on `push`, which needs few members of the payload.",
    )
