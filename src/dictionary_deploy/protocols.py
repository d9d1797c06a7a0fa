"""The interfaces that the loop uses of AWS and of the branch. Adapters and tests implement them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Protocol

from dictionary_deploy.model import (
    ClosedIndex,
    Content,
    DomainPackage,
    Holds,
    Package,
    Reopening,
    Rollback,
    Standing,
    StoredObject,
    Version,
)


class Packages(Protocol):
    """The package operations. Every method may raise AwsError."""

    def all(self) -> tuple[Package, ...]: ...

    def describe(self, ids: Sequence[str]) -> Mapping[str, Package]: ...

    def history(self, package: Package) -> tuple[Version, ...]: ...

    def create(self, name: str, bucket: str, key: str, description: str | None) -> None: ...

    def update(
        self, package: Package, bucket: str, key: str, commit: str, description: str | None
    ) -> None: ...

    def domains(self, package: Package) -> tuple[DomainPackage, ...]: ...

    def associate(self, package: Package, domain: str) -> None: ...


class Domains(Protocol):
    """The domains, for the report alone. Every method may raise AwsError."""

    def names(self) -> tuple[str, ...]: ...

    def engines(self, names: Sequence[str]) -> Mapping[str, str]: ...


class Search(Protocol):
    """The endpoint of one domain. Every method may raise SearchError."""

    @property
    def domain(self) -> str: ...

    def settings(self, indices: Sequence[str]) -> Any: ...

    def mappings(self, indices: Sequence[str]) -> Any: ...

    def analyze(self, index: str, body: Mapping[str, Any]) -> Any: ...

    def refresh(self, index: str) -> Any: ...

    def clear_request_cache(self, index: str) -> Any: ...

    def close(self, index: str) -> None: ...

    def open(self, index: str) -> None: ...


class Objects(Protocol):
    """The objects in S3. Every method may raise AwsError."""

    @property
    def bucket(self) -> str: ...

    def key(self, package_name: str, commit: str) -> str: ...

    def url(self, key: str) -> str: ...

    def head(self, key: str) -> StoredObject | None: ...

    def read(self, key: str, max_bytes: int) -> bytes | None: ...

    def upload(
        self,
        key: str,
        source: BinaryIO,
        content: Content,
        metadata: Mapping[str, str],
        *,
        may_replace: bool,
        relabel: bool = False,
    ) -> StoredObject: ...


class HoldStore(Protocol):
    """The record of rollbacks. Every method may raise AwsError."""

    def read(self) -> Holds: ...

    def write(self, was: Holds, changes: Mapping[str, Rollback | None]) -> bool: ...


class ReopeningStore(Protocol):
    """The record of indices that runs have closed. Every method may raise AwsError, `write` LockError too."""

    @property
    def url(self) -> str: ...

    def read(self) -> Reopening: ...

    def write(self, was: Reopening, indices: Sequence[ClosedIndex]) -> Reopening: ...


class Source(Protocol):
    """The file of a dictionary, opened once for the whole run."""

    @property
    def content(self) -> Content: ...

    @property
    def handle(self) -> BinaryIO: ...

    def read(self) -> bytes: ...


class Branch(Protocol):
    """Locate the commit, its files and other commits on the branch. May raise DeployError."""

    def __call__(self, files: Sequence[str], others: Sequence[str]) -> Standing: ...


class Order(Protocol):
    """Return True if `older` is an ancestor of `newer`. May raise DeployError."""

    def __call__(self, older: str, newer: str) -> bool: ...


class Lease(Protocol):
    """The acquired lock. `age` is the time since it was last requested with success, in seconds.

    `renew` raises LostLockError if another run holds the lock.
    """

    @property
    def age(self) -> float: ...

    def renew(self) -> None: ...
