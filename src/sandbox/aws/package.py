"""A package: its versions and their copies, which advance with the clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.failures import Fault
from sandbox.aws.switches import Switches


class CopyError(Exception):
    """The object of a copy cannot be read; type and message of ErrorDetails."""

    def __init__(self, error_type: str, error_message: str) -> None:
        super().__init__(f"{error_type}: {error_message}")
        self.fault = Fault("COPY_FAILED", error_type, error_message)


ReadObject = Callable[[str, str], str]
"""Bucket and key to the SHA-256 of the object's bytes, in hexadecimal; or CopyError."""


@dataclass(slots=True)
class Version:
    """A version, available or being copied. Times are in seconds since 1970; `sha256` is empty at first."""

    number: int
    message: str | None
    created_at: float
    bucket: str
    key: str
    sha256: str = ""
    listed_at: float = float("inf")

    @property
    def name(self) -> str:
        return f"v{self.number}"

    @property
    def history_entry(self) -> dict[str, Any]:
        message = {} if self.message is None else {"CommitMessage": self.message}
        return {"PackageVersion": self.name, "CreatedAt": self.created_at, **message}


@dataclass(slots=True)
class _Copy:
    version: Version
    fault: Fault | None
    due: float = 0.0
    """End of the current status, in the clock's seconds."""


@dataclass(slots=True)
class Package:
    """A package of one account and Region.

    Nothing happens by itself: `settle` brings it to what it would have become by now, each step at
    the time it was due.
    """

    id: str
    name: str
    owner: str
    created_at: float
    description: str | None = None
    status: str = "COPYING"
    error: Fault | None = None
    updated_at: float = 0.0
    versions: list[Version] = field(default_factory=list)
    available: Version | None = None
    deleted_at: float = float("inf")
    shows_copy: bool = False
    """True if the version that is being copied is shown as the available one."""
    _copies: deque[_Copy] = field(default_factory=deque)

    @property
    def is_under_way(self) -> bool:
        return bool(self._copies)

    @property
    def details(self) -> dict[str, Any]:
        """Return PackageDetails, with the members that only the API of 2021 has."""
        shown = self._copies[0].version if self._copies and self.shows_copy else self.available
        members: dict[str, Any] = {
            "PackageID": self.id,
            "PackageName": self.name,
            "PackageType": "TXT-DICTIONARY",
            "PackageDescription": self.description,
            "PackageStatus": self.status,
            "CreatedAt": self.created_at,
            "LastUpdatedAt": self.updated_at,
            "AvailablePackageVersion": shown.name if shown else None,
            "ErrorDetails": self.error.details if self.error else None,
            "AllowListedUserList": [],
            "PackageOwner": self.owner,
            "PackageVendingOptions": {"VendingEnabled": False},
            "PackageEncryptionOptions": {"EncryptionEnabled": False},
        }
        return {name: value for name, value in members.items() if value is not None}

    def begin(
        self, bucket: str, key: str, message: str | None, now: float, switches: Switches, fault: Fault | None
    ) -> None:
        """Start the copy of a new version, or queue it behind the one in progress."""
        number = max((version.number for version in self.versions), default=0) + 1
        version = Version(number, message, now, bucket, key)
        self.shows_copy = switches.version_while_copying == "new"
        if switches.history_entry == "call":
            version.listed_at = now + switches.history_seconds
        self.versions.append(version)
        self._copies.append(_Copy(version, fault))
        self.updated_at = now
        if len(self._copies) == 1:
            self._start(now, switches)

    def delete(self, now: float, switches: Switches) -> None:
        self.status = "DELETING"
        self.deleted_at = now + switches.copy_seconds

    def settle(self, now: float, switches: Switches, read_object: ReadObject) -> None:
        """Take every step that is due. An object is read when its copy ends."""
        while self._copies and self._copies[0].due <= now:
            copy = self._copies[0]
            if self.status == "COPYING":
                self._end_copying(copy, switches, read_object)
            else:
                self._end(copy, switches, copy.fault)

    def history(self, now: float, switches: Switches) -> list[dict[str, Any]]:
        """Return the current PackageVersionHistoryList."""
        listed = sorted(
            (version for version in self.versions if version.listed_at <= now),
            key=lambda version: version.number,
            reverse=switches.history_order == "newest",
        )
        return [version.history_entry for version in listed]

    def _start(self, now: float, switches: Switches) -> None:
        self._copies[0].due = now + switches.copy_seconds
        self.status, self.error = "COPYING", None

    def _end_copying(self, copy: _Copy, switches: Switches, read_object: ReadObject) -> None:
        fault = copy.fault if copy.fault and copy.fault.status == "COPY_FAILED" else None
        try:
            copy.version.sha256 = "" if fault else read_object(copy.version.bucket, copy.version.key)
        except CopyError as error:
            fault = error.fault
        if switches.validating and not fault:
            self.status = "VALIDATING"
            copy.due += switches.copy_seconds
        else:
            self._end(copy, switches, fault or copy.fault)

    def _end(self, copy: _Copy, switches: Switches, fault: Fault | None) -> None:
        version, ended_at = copy.version, copy.due
        self._copies.popleft()
        self.updated_at = ended_at
        self.status, self.error = (fault.status, fault) if fault else ("AVAILABLE", None)
        if (fault and not switches.failed_copy_in_history) or self._is_left_out(version, switches):
            self.versions.remove(version)
        else:
            version.listed_at = min(version.listed_at, ended_at + switches.history_seconds)
            self.available = self.available if fault else version
        if self._copies:
            self._start(ended_at, switches)

    def _is_left_out(self, version: Version, switches: Switches) -> bool:
        return (
            switches.identical_content == "same-version"
            and self.available is not None
            and self.available.sha256 == version.sha256
        )
