"""The loop on a simulated clock, with the real adapters on the local AWS's packages, without HTTP."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, TypeVar

from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.holds import AwsHolds
from dictionary_deploy.aws.lock import Lock
from dictionary_deploy.aws.objects import AwsObjects
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.clock import Deadline, Interruption
from dictionary_deploy.context import RunContext
from dictionary_deploy.decide import Attempt, Wanted, dissociation_note
from dictionary_deploy.decide.result import conclude
from dictionary_deploy.deploy.lock import Hold, hold_lock
from dictionary_deploy.deploy.loop import DeployLoop
from dictionary_deploy.deploy.pool import Pools
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.model import Content, Dictionary, Domains, Mode, Result, Standing
from sandbox.aws import packages as local
from sandbox.aws.failures import Failures
from sandbox.aws.package import CopyError
from sandbox.aws.switches import Switches
from tests.hunt.clients import PackagesClient, S3Client, Stored, client_error
from tests.hunt.fiber import Fiber
from tests.hunt.run import Pool

T = TypeVar("T")

BUCKET, PREFIX, DOMAINS = "acme-dictionaries", "dictionaries", ("eu", "us")
OLD, NEW = "a" * 40, "b" * 40
QUICK = 10.0
TWENTY_MINUTES = 1200.0


@dataclass
class Clock:
    """Skips the sleeps of others; `at` has callbacks by time."""

    seconds: float = 1_800_000_000.0
    at: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        due = [each for each in self.at if each[0] <= self.seconds]
        self.at = [each for each in self.at if each not in due]
        for _, happen in due:
            happen()

    def after(self, seconds: float, happen: Callable[[], object]) -> None:
        self.at.append((self.seconds + seconds, happen))


@dataclass
class Source:
    """A dictionary's file."""

    data: bytes

    @property
    def content(self) -> Content:
        return Content(hashlib.sha256(self.data).hexdigest(), len(self.data))

    @property
    def handle(self) -> BytesIO:
        return BytesIO(self.data)

    def read(self) -> bytes:
        return self.data


class Voice:
    """A console that discards everything."""

    def info(self, message: str) -> None: ...

    warning = info


class Aws:
    """The local AWS on the simulated clock; `asked` has time, operation and subject of each call of a run."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.switches = Switches(copy_seconds=QUICK, associate_seconds=QUICK)
        self.failures = Failures(self.clock.now)
        self.objects: dict[str, Stored] = {}
        self.asked: list[tuple[float, str, Mapping[str, Any]]] = []
        self.denied: set[tuple[str, str]] = set()
        """Denied operations, and text that their parameters contain."""
        self.hangs: dict[str, float] = {}
        """Seconds that a call of an operation is in flight."""
        self.landed_at = 0.0
        """The time when the last of those took effect."""
        self.throttled_reads = 0
        """DescribePackages calls that are still to be throttled."""
        self.interruption = Interruption()
        self.timeout_seconds = TWENTY_MINUTES
        self.domains: Domains = "associated"
        """The domains that a run is configured for."""
        self.copy_seconds: dict[str, float] = {}
        """By package ID, seconds of a copy that takes other than ten."""
        self.packages = local.Packages(
            account="1",
            clock=self.clock.now,
            switches=lambda: self.switches,
            failures=self.failures,
            read_object=self._read_object,
            has_domain=DOMAINS.__contains__,
            ids=itertools.count(1),
        )

    def call(self, operation: str, perform: Callable[[], T], parameters: Mapping[str, Any]) -> T:
        self.asked.append((self.clock.now(), operation, parameters))
        if any(operation == what and about in str(parameters) for what, about in self.denied):
            raise client_error("AccessDeniedException", operation, 403, "It is denied.")
        if operation == "es:DescribePackages" and self.throttled_reads:
            self.throttled_reads -= 1
            raise client_error("ThrottlingException", operation, 429, "Rate exceeded")
        if operation in self.hangs:
            fiber = Fiber.current()
            self.clock.after(self.hangs.pop(operation), fiber.resume)
            fiber.pause()
            self.landed_at = self.clock.now()
        if operation == "es:UpdatePackage":
            self._set_speed(parameters["PackageID"])
        return perform()

    def _set_speed(self, package_id: str) -> None:
        seconds = self.copy_seconds.get(package_id, QUICK)
        self.switches = self.switches.override({"copy_seconds": seconds})

    def _read_object(self, _: str, key: str) -> str:
        if key not in self.objects:
            raise CopyError("NoSuchKey", "The specified key does not exist.")
        return self.objects[key].sha256

    # ------------------------------------------------------------ manual changes

    def make_package(self, name: str) -> str:
        """Create a package whose second version is from the commit OLD, on the domain eu; return its ID."""
        source = self._put(f"{PREFIX}/{name}/{OLD}.txt", b"tv, television\n")
        made = self.packages.create_package(
            {"PackageName": name, "PackageType": "TXT-DICTIONARY", "PackageSource": source}
        )
        package_id = str(made["PackageDetails"]["PackageID"])
        self.clock.sleep(60)
        self.update(package_id, OLD, source)
        self.clock.sleep(60)
        self.packages.associate_package({"PackageID": package_id, "DomainName": "eu"})
        self.clock.sleep(60)
        return package_id

    def update(self, package_id: str, message: str, source: Mapping[str, str] | None = None) -> None:
        self._set_speed(package_id)
        source = source or self._put("by-hand", b"by hand\n")
        self.packages.update_package(
            {"PackageID": package_id, "PackageSource": source, "CommitMessage": message}
        )

    def _put(self, key: str, data: bytes) -> Mapping[str, str]:
        self.objects[key] = Stored(data, "etag", {}, self.clock.now())
        return {"S3BucketName": BUCKET, "S3Key": key}

    # ------------------------------------------------------------ a run

    def lock(self, run: str) -> Lock:
        s3 = S3Client(self, self.objects, self.clock.now, lambda: True)
        return Lock(s3, BUCKET, PREFIX, run, now=self.clock.now)

    def run(self, files: Mapping[str, bytes], mode: Mode = "deploy") -> dict[str, Result]:
        """Run at the tip of the branch; return the results by package. `files` has their wanted content."""
        client, lock = PackagesClient(self, self.packages, DOMAINS), self.lock("this run")
        pools = Pools(Pool(), Pool(), Pool(), self._wait, nullcontext())
        loop = DeployLoop(
            tasks=[self._task(name, Source(data)) for name, data in files.items()],
            packages=AwsPackages(client, client),
            domains=AwsDomains(client, "es"),
            objects=AwsObjects(lock.client, BUCKET, PREFIX),
            holds=AwsHolds(lock.client, BUCKET, PREFIX, lock.run),
            branch=lambda names, *_: Standing(NEW, dict.fromkeys(names, "tip"), {OLD: 1, NEW: 0}),
            order=lambda *_: True,
            pools=pools,
            clock=self.clock,
            deadline=Deadline.after(self.clock, self.timeout_seconds),
            interruption=self.interruption,
            log=lambda _: None,
            lease=lock if mode == "deploy" else None,
        )
        context: Any = RunContext(None, None, Voice(), self.clock, loop.deadline, self.interruption)  # type: ignore[arg-type]
        with hold_lock(lock, context, pools) if mode == "deploy" else nullcontext(Hold()) as hold:
            loop.run()
            hold.must_expire = loop.is_writing
        loop.report_doubtful_writes(lock_was_lost=hold.was_lost)
        return {task.wanted.dictionary.package: _conclude(task, loop, mode) for task in loop.tasks}

    def _wait(self, fs: Collection[Future[Any]], timeout: float, return_when: str = "") -> Any:
        """As `concurrent.futures.wait`, in simulated time."""
        del return_when
        if timeout and not any(future.done() for future in fs):
            self.clock.sleep(timeout)
        return {future for future in fs if future.done()}, set()

    def _task(self, name: str, source: Source) -> DictionaryTask:
        dictionary = Dictionary(f"{name}.txt", name, "synonyms", self.domains)
        wanted = Wanted(dictionary, NEW, source.content, config="dictionaries.yml")
        return DictionaryTask(wanted, source, Attempt(self.clock.now()))


def _conclude(task: DictionaryTask, loop: DeployLoop, mode: Mode) -> Result:
    result = conclude(
        task.wanted,
        loop.observation(task),
        task.step,
        mode=mode,
        attempt=task.attempt,
        url=lambda key: f"s3://{BUCKET}/{key}",
        note=dissociation_note(task.wanted, loop.observation(task), task.attempt),
    )
    return replace(result, why_no_domains=task.why_no_domains)
