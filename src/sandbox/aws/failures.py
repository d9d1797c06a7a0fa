"""Failures on demand, for the next calls or until they are cleared."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from sandbox.aws.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Fault:
    """Status and ErrorDetails of a copy or an association that fails."""

    status: Literal["COPY_FAILED", "VALIDATION_FAILED", "ASSOCIATION_FAILED"]
    error_type: str
    error_message: str

    @property
    def details(self) -> dict[str, str]:
        return {"ErrorType": self.error_type, "ErrorMessage": self.error_message}


@dataclass(slots=True)
class _Refusal:
    operation: str
    path: str
    error: ServiceError
    times: int


@dataclass(slots=True)
class Failures:
    """The requested failures. Each method takes effect at once; `take_…` consume a failure."""

    clock: Callable[[], float] = time.time
    changing_domains: dict[str, float] = field(default_factory=dict)
    """The time when the change of a domain ends, by domain; seconds since 1970."""
    unreadable_buckets: set[str] = field(default_factory=set)
    _copies: list[tuple[str, Fault]] = field(default_factory=list)
    _associations: list[tuple[str, str, Fault]] = field(default_factory=list)
    _refusals: list[_Refusal] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def fail_copy(
        self,
        package: str,
        *,
        status: Literal["COPY_FAILED", "VALIDATION_FAILED"] = "COPY_FAILED",
        error_type: str = "InternalFailure",
        error_message: str = "The copy failed.",
    ) -> None:
        """Let the next copy of the package (name or ID) fail."""
        with self._lock:
            self._copies.append((package, Fault(status, error_type, error_message)))

    def fail_association(
        self,
        *,
        package: str = "",
        domain: str = "",
        error_type: str = "InternalFailure",
        error_message: str = "The association failed.",
    ) -> None:
        """Let the next association of the package (name or ID) with the domain fail; empty: any."""
        with self._lock:
            self._associations.append(
                (package, domain, Fault("ASSOCIATION_FAILED", error_type, error_message))
            )

    def fail_operation(
        self,
        operation: str,
        code: str,
        *,
        status: int | None = None,
        message: str = "Asked for.",
        times: int = 1,
        path: str = "",
    ) -> None:
        """Reject the next `times` calls of the operation (`es:UpdatePackage`) with this error.

        Without `status` it is the one the code has at AWS. With `path`, only calls of paths that
        contain it count.
        """
        with self._lock:
            self._refusals.append(_Refusal(operation, path, ServiceError(code, message, status), times))

    def change_domain(self, domain: str, *, changing: bool = True, seconds: float = math.inf) -> None:
        """Let the domain be in change for `seconds` or until cleared: it rejects packages."""
        self.changing_domains[domain] = self.clock() + seconds if changing else -math.inf

    def is_changing(self, domain: str) -> bool:
        """Return True if the domain is in change."""
        return self.clock() < self.changing_domains.get(domain, -math.inf)

    def deny_read(self, bucket: str, *, denied: bool = True) -> None:
        """Deny reads of the bucket's objects, by callers and by the service on their behalf."""
        (self.unreadable_buckets.add if denied else self.unreadable_buckets.discard)(bucket)

    def clear(self) -> None:
        """Clear all failures."""
        with self._lock:
            for wanted in (self._copies, self._associations, self._refusals):
                wanted.clear()
            self.changing_domains.clear()
            self.unreadable_buckets.clear()

    def take_copy(self, name: str, package_id: str) -> Fault | None:
        with self._lock:
            for wanted in self._copies:
                if wanted[0] in {name, package_id}:
                    self._copies.remove(wanted)
                    return wanted[1]
        return None

    def take_association(self, name: str, package_id: str, domain: str) -> Fault | None:
        with self._lock:
            for wanted in self._associations:
                if wanted[0] in {"", name, package_id} and wanted[1] in {"", domain}:
                    self._associations.remove(wanted)
                    return wanted[2]
        return None

    def take_refusal(self, operation: str, path: str) -> ServiceError | None:
        with self._lock:
            for refusal in self._refusals:
                if refusal.operation == operation and refusal.path in path:
                    refusal.times -= 1
                    if not refusal.times:
                        self._refusals.remove(refusal)
                    return refusal.error
        return None
