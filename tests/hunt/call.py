"""The environment of a simulated run: requests, files, a log, and a pool that starts calls at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, TypeVar

from dictionary_deploy.model import Content
from tests.hunt.fiber import Fiber

T = TypeVar("T")

MAKES_VERSIONS = {"es:CreatePackage", "es:UpdatePackage"}
AT_AWS = MAKES_VERSIONS | {"es:AssociatePackage"}
"""The writes that must not be retried blindly."""
WRITES = AT_AWS | {"s3:PutObject", "lock:PutObject", "holds:PutObject"}


@dataclass
class Call:
    """A request in flight. `perform` is its effect, at any time."""

    operation: str
    perform: Callable[[], Any]
    parameters: Mapping[str, Any]
    fiber: Fiber
    due: float
    is_done: bool = False
    """True if it has taken effect and only its response is in flight."""
    done_at: int = 0
    """The moment when it took effect."""
    live: Mapping[str, bool] = field(default_factory=dict)
    """By file: True if it was live on its wanted domains at that time."""
    answer: Any = None
    error: Exception | None = None

    @property
    def is_write(self) -> bool:
        return self.operation in WRITES

    @property
    def about(self) -> tuple[str, ...]:
        """The content and target of a write: equal for a retry."""
        names = ("PackageID", "PackageName", "DomainName", "Key")
        return (self.operation, *(str(self.parameters[name]) for name in names if name in self.parameters))


@dataclass
class Source:
    """A dictionary's file."""

    data: bytes
    content: Content
    handle: BytesIO

    def read(self) -> bytes:
        return self.data


@dataclass
class Voice:
    """A console that records."""

    lines: list[str] = field(default_factory=list)

    def info(self, message: str) -> None:
        self.lines.append(message)

    warning = info


class Pool(Executor):
    """Starts each call at once, in its own fiber."""

    def submit(self, work: Callable[..., T], /, *_: Any, **__: Any) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def settle() -> None:
            try:
                future.set_result(work())
            except Exception as error:  # noqa: BLE001 as concurrent.futures does
                future.set_exception(error)

        Fiber(settle).resume()
        return future
