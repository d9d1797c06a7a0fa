"""What the loop needs of AWS and of the branch: the adapters have it, and so have the tests' fakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import BinaryIO, Protocol

from dictionary_deploy.model import (
    Content,
    DomainPackage,
    Package,
    Standing,
    StoredObject,
    Succession,
    Version,
)


class Packages(Protocol):
    """The package operations. Every method may raise AwsError, or UnclearError when it may be done."""

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
    """What only a report needs to know of domains. Every method may raise AwsError."""

    def names(self) -> tuple[str, ...]: ...

    def engines(self, names: Sequence[str]) -> Mapping[str, str]: ...


class Objects(Protocol):
    """The objects in S3. Every method may raise AwsError."""

    @property
    def bucket(self) -> str: ...

    def key(self, package_name: str, commit: str) -> str: ...

    def url(self, key: str) -> str: ...

    def head(self, key: str) -> StoredObject | None: ...

    def read(self, key: str, most: int) -> bytes | None: ...

    def upload(
        self,
        key: str,
        source: BinaryIO,
        content: Content,
        metadata: Mapping[str, str],
        *,
        may_replace: bool,
    ) -> StoredObject: ...


class Source(Protocol):
    """The file of a dictionary, open once for the whole run."""

    @property
    def content(self) -> Content: ...

    @property
    def handle(self) -> BinaryIO: ...

    def read(self) -> bytes: ...


class Branch(Protocol):
    """Where the commit stands: files and commits against the branch's tip. May raise DeployError.

    Of `successions` the answer tells as far as it costs no further question.
    """

    def __call__(
        self, files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]
    ) -> Standing: ...


class Order(Protocol):
    """Whether the commit `newer` has `older` in its past. May raise DeployError."""

    def __call__(self, older: str, newer: str) -> bool: ...


class Lease(Protocol):
    """The lock, once it is taken. `renew` raises LockError when another run has it now."""

    def renew(self) -> None: ...
