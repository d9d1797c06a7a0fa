"""A package on a domain: its active version, and the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.aws.failures import Fault
from sandbox.aws.package import Package, Version


@dataclass(slots=True)
class Association:
    """One package's association with one domain, `settle`d like the package itself."""

    package: Package
    domain: str
    status: str = ""
    """Empty before it is associated, GONE after it is dissociated."""
    version: Version | None = None
    """The active version; None before the first one is active."""
    target: Version | None = None
    error: Fault | None = None
    due: float = float("inf")
    """End of ASSOCIATING or DISSOCIATING, in the clock's seconds."""
    updated_at: float = 0.0
    _fault: Fault | None = None

    @property
    def details(self) -> dict[str, Any]:
        """Return DomainPackageDetails. While ASSOCIATING it has the version that is still active."""
        members: dict[str, Any] = {
            "PackageID": self.package.id,
            "PackageName": self.package.name,
            "PackageType": "TXT-DICTIONARY",
            "LastUpdated": self.updated_at,
            "DomainName": self.domain,
            "DomainPackageStatus": self.status,
            "PackageVersion": self.version.name if self.version else None,
            "ReferencePath": f"analyzers/{self.package.id}",
            "ErrorDetails": self.error.details if self.error else None,
        }
        return {name: value for name, value in members.items() if value is not None}

    def associate(self, target: Version, now: float, seconds: float, fault: Fault | None) -> None:
        self.status, self.target, self.error, self._fault = "ASSOCIATING", target, None, fault
        self.updated_at, self.due = now, now + seconds

    def dissociate(self, now: float, seconds: float) -> None:
        self.status, self.error = "DISSOCIATING", None
        self.updated_at, self.due = now, now + seconds

    def settle(self, now: float) -> None:
        """Take the step that is due, if any."""
        if self.due > now:
            return
        self.updated_at, self.due = self.due, float("inf")
        if self.status == "DISSOCIATING":
            self.status = "GONE"
        elif self._fault:
            self.status, self.error = self._fault.status, self._fault
        else:
            self.status, self.version = "ACTIVE", self.target
