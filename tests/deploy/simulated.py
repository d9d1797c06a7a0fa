"""The loop on a simulated clock, with the real adapters on the local AWS's packages, without HTTP."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, TypeVar

from dictionary_deploy.aws.domains import Domains
from dictionary_deploy.aws.objects import Objects
from dictionary_deploy.aws.packages import Packages
from dictionary_deploy.deploy.calls import Pools
from dictionary_deploy.deploy.loop import Deployment
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.model import Content, Dictionary, Result, Standing
from dictionary_deploy.next_step import Attempt, Wanted
from dictionary_deploy.results import conclude
from dictionary_deploy.waiting import Deadline, Interruption
from sandbox.aws import packages as local
from sandbox.aws.failures import Failures
from sandbox.aws.package import CopyError
from sandbox.aws.switches import Switches
from tests.hunt.clients import PackagesClient, S3Client, Stored, client_error

T = TypeVar("T")

BUCKET, PREFIX, DOMAINS = "acme-dictionaries", "dictionaries", ("eu", "us")
OLD, NEW = "a" * 40, "b" * 40
QUICK = Switches(copy_seconds=10, associate_seconds=10)
SLOW = QUICK.changed({"copy_seconds": 600})
TWENTY_MINUTES = 1200.0


@dataclass
class Clock:
    """Skips what others sleep; `at` is what happens then."""

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


class AtOnce(Executor):
    """Makes each call when it is asked to."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 as concurrent.futures does
            future.set_exception(error)
        return future


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


class Lease:
    def renew(self) -> None:
        """It is never lost."""


class Aws:
    """The local AWS on the simulated clock; `asked` has each call of a run: when, what, about what."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._switches = QUICK
        self.failures = Failures(self.clock.now)
        self.objects: dict[str, Stored] = {}
        self.asked: list[tuple[float, str, Mapping[str, Any]]] = []
        self.denied: set[tuple[str, str]] = set()
        """Operations and the IDs of packages about which they are denied."""
        self.slow: set[str] = set()
        """The IDs of packages whose copies take ten minutes."""
        self.packages = local.Packages(
            account="1",
            clock=self.clock.now,
            switches=lambda: self._switches,
            failures=self.failures,
            read_object=self._read_object,
            has_domain=DOMAINS.__contains__,
            ids=itertools.count(1),
        )

    def call(self, operation: str, perform: Callable[[], T], parameters: Mapping[str, Any]) -> T:
        self.asked.append((self.clock.now(), operation, parameters))
        if any(operation == what and package_id in str(parameters) for what, package_id in self.denied):
            raise client_error("AccessDeniedException", operation, 403, "It is denied.")
        if operation == "es:UpdatePackage":
            self._switches = SLOW if parameters["PackageID"] in self.slow else QUICK
        return perform()

    def _read_object(self, _: str, key: str) -> str:
        if key not in self.objects:
            raise CopyError("NoSuchKey", "The specified key does not exist.")
        return self.objects[key].sha256

    # ------------------------------------------------------------ what somebody does by hand

    def make_package(self, name: str) -> str:
        """A package whose second version was made from the commit OLD, on the domain eu; its ID."""
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
        self._switches = SLOW if package_id in self.slow else QUICK
        source = source or self._put("by-hand", b"by hand\n")
        self.packages.update_package(
            {"PackageID": package_id, "PackageSource": source, "CommitMessage": message}
        )

    def dissociate(self, package_id: str) -> None:
        self.packages.dissociate_package({"PackageID": package_id, "DomainName": "eu"})

    def delete(self, package_id: str) -> None:
        self._switches = QUICK
        self.packages.delete_package({"PackageID": package_id})

    def _put(self, key: str, data: bytes) -> Mapping[str, str]:
        self.objects[key] = Stored(data, "etag", {}, self.clock.now())
        return {"S3BucketName": BUCKET, "S3Key": key}

    # ------------------------------------------------------------ a run

    def run(self, files: Mapping[str, bytes], commit: str = NEW) -> dict[str, Result]:
        """The results of a deploy of the tip of the branch, by package; `files` has what each is to say."""
        client = PackagesClient(self, self.packages, DOMAINS)
        s3 = S3Client(self, self.objects, self.clock.now, lambda: True)
        objects = Objects(s3, BUCKET, PREFIX)
        deployment = Deployment(
            tracks=[self._track(name, Source(data), commit) for name, data in files.items()],
            packages=Packages(client, client),
            domains=Domains(client, "es"),
            objects=objects,
            branch=lambda names, _: Standing(commit, dict.fromkeys(names, "tip"), {OLD: 1, commit: 0}),
            pools=Pools(AtOnce(), AtOnce(), AtOnce()),
            clock=self.clock,
            deadline=Deadline.after(self.clock, TWENTY_MINUTES),
            interruption=Interruption(),
            say=lambda _: None,
            metadata={},
            lease=Lease(),
        )
        deployment.run()
        return {track.wanted.dictionary.package: _conclude(track, deployment) for track in deployment.tracks}

    def _track(self, name: str, source: Source, commit: str) -> Track:
        dictionary = Dictionary(f"{name}.txt", name, "synonyms", "associated")
        wanted = Wanted(dictionary, commit, source.content, config="dictionaries.yml")
        return Track(wanted, source, Attempt(self.clock.now()))


def _conclude(track: Track, deployment: Deployment) -> Result:
    result = conclude(
        track.wanted,
        deployment.observed(track),
        track.step,
        mode="deploy",
        moved_domains=bool(track.attempt.associated),
        url=lambda key: f"s3://{BUCKET}/{key}",
    )
    return replace(result, why_no_domains=track.why_no_domains)
