"""The loop on a simulated clock: how soon it notices changes at AWS, and how often it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from io import BytesIO
from threading import Semaphore
from typing import Any

import pytest

from dictionary_deploy.clock import RENEW_SECONDS, Deadline, Interruption
from dictionary_deploy.decide import Attempt, Done, Wanted
from dictionary_deploy.deploy.loop import DeployLoop
from dictionary_deploy.deploy.pool import Pools
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.model import (
    Content,
    Dictionary,
    DomainPackage,
    Holds,
    Package,
    Standing,
    StoredObject,
    Version,
)

OLD, NEW = "a" * 40, "b" * 40
TWENTY_MINUTES = 1200.0


@dataclass
class Clock:
    """Skips the sleeps of others. A due renewal of the lease finishes before time continues."""

    lease: Lease
    seconds: float = 0.0
    _renewed_at: float = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        if self.seconds - self._renewed_at >= RENEW_SECONDS:
            self._renewed_at = self.seconds
            assert self.lease.renewed.acquire(timeout=60)
        self.seconds += seconds


@dataclass
class Lease:
    renewed: Semaphore = field(default_factory=lambda: Semaphore(0))
    age: float = 0.0

    def renew(self) -> None:
        self.renewed.release()


class AtOnce(Executor):
    """Runs each call when it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 as concurrent.futures does
            future.set_exception(error)
        return future


@dataclass
class Aws:
    """Packages whose copies take `copy_seconds` each, and their objects."""

    clock: Clock
    copy_seconds: float
    packages: dict[str, Package]
    updated_at: dict[str, float] = field(default_factory=dict)
    noticed_at: dict[str, float] = field(default_factory=dict)
    describes: int = 0
    histories: int = 0
    bucket: str = "bucket"

    def _now(self, package: Package) -> Package:
        began = self.updated_at.get(package.id)
        if began is None:
            return package
        is_over = self.clock.now() >= began + self.copy_seconds
        return replace(
            package, status="AVAILABLE" if is_over else "COPYING", available="v2" if is_over else "v1"
        )

    def all(self) -> tuple[Package, ...]:
        self.describes += 1
        return tuple(map(self._now, self.packages.values()))

    def describe(self, ids: Sequence[str]) -> Mapping[str, Package]:
        self.describes += 1
        found = {package_id: self._now(self.packages[package_id]) for package_id in ids}
        for package in found.values():
            if package.available == "v2":
                self.noticed_at.setdefault(package.id, self.clock.now())
        return found

    def history(self, package: Package) -> tuple[Version, ...]:
        self.histories += 1
        ours = (Version("v2", NEW),) if package.id in self.updated_at else ()
        return (Version("v1", OLD), *ours)

    def update(self, package: Package, *_: object) -> None:
        assert package.id not in self.updated_at
        self.updated_at[package.id] = self.clock.now()

    def domains(self, _: Package) -> tuple[DomainPackage, ...]:
        return ()

    def names(self) -> tuple[str, ...]:
        return ()

    def key(self, package_name: str, commit: str) -> str:
        return f"{package_name}/{commit}"

    def url(self, key: str) -> str:
        return f"s3://bucket/{key}"

    def head(self, key: str) -> StoredObject | None:
        return StoredObject(key, "new" if key.endswith(NEW) else "old")

    def read(self, *_: object) -> bytes | None:
        return b"tv, television\n"

    def upload(self, key: str, _: object, content: Content, *__: object, **___: object) -> StoredObject:
        return StoredObject(key, content.sha256)


class NoHolds:
    def read(self) -> Holds:
        return Holds()

    def write(self, *_: object) -> bool:
        raise AssertionError


@dataclass
class Source:
    content: Content = field(default_factory=lambda: Content("new", 12))
    handle: BytesIO = field(default_factory=BytesIO)

    def read(self) -> bytes:
        return b"tv, telly\n"


def deployed(count: int, copy_seconds: float) -> Aws:
    """Deploy this many changed dictionaries on the simulated clock."""
    lease = Lease()
    clock = Clock(lease)
    names = [f"synonyms-{number}" for number in range(count)]
    packages = {
        f"F{number}": Package(f"F{number}", name, "AVAILABLE", "v1") for number, name in enumerate(names)
    }
    aws = Aws(clock, copy_seconds, packages)
    tasks = [
        DictionaryTask(
            Wanted(Dictionary(f"{name}.txt", name, "synonyms", "none"), NEW, Source().content),
            Source(),
            Attempt(0.0),
        )
        for name in names
    ]
    DeployLoop(
        tasks=tasks,
        packages=aws,
        domains=aws,
        objects=aws,
        holds=NoHolds(),
        branch=lambda files, *_: Standing(NEW, dict.fromkeys(files, "tip"), {OLD: 1, NEW: 0}),
        order=lambda *_: True,
        pools=Pools(AtOnce(), AtOnce(), AtOnce()),
        clock=clock,
        deadline=Deadline.after(clock, 2 * TWENTY_MINUTES),
        interruption=Interruption(),
        log=lambda _: None,
        lease=lease,
    ).run()
    assert [True] * count == [isinstance(task.step, Done) for task in tasks]
    return aws


@pytest.mark.parametrize("copy_seconds", [1.0, 2.0, 5.0, 10.0, 31.0, 60.0, 180.0, 600.0, TWENTY_MINUTES])
def test_end_of_a_copy_is_noticed_within_a_tenth_of_its_time(copy_seconds: float) -> None:
    aws = deployed(1, copy_seconds)

    late = aws.noticed_at["F0"] - aws.updated_at["F0"] - copy_seconds
    assert 0 <= late <= copy_seconds / 10 + 1


@pytest.mark.parametrize("copy_seconds", [1.0, 60.0, TWENTY_MINUTES])
def test_describe_calls_do_not_grow_with_packages(
    copy_seconds: float,
) -> None:
    """Their number depends on the time that copies take."""
    one, many = deployed(1, copy_seconds), deployed(25, copy_seconds)

    # The other 25 wait for the one that jitter wakes first.
    assert many.describes <= 1.25 * one.describes + 2
    assert one.describes <= 100
    assert {2} == {one.histories, many.histories / 25}
