"""A repository, a local AWS and GitHub, and the real `entrypoint.py`, run as by GitHub's runner."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
import yaml

from sandbox.account import Account
from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.github.app import create_app
from sandbox.repository import Repository
from sandbox.runner import REPOSITORY_ID, ROOT, TOKEN, StepFiles, push_event, read_comments, step_environ
from sandbox.runner import Step as Ran
from sandbox.server import serve
from tests.end_to_end.fork_server import run_entrypoint

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BUCKET = "acme-dictionaries"
REPOSITORY = "octo/shop"


@dataclass
class SkippingClock:
    """The machine's time plus skipped seconds, so that minutes of AWS pass at once."""

    skipped: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.skipped

    def skip(self, seconds: float) -> None:
        self.skipped += seconds


@dataclass(kw_only=True)
class Scene(Repository):
    """The surroundings of a run. `aws` is the local AWS itself, for switches and failures."""

    aws: LocalAws
    account: Account
    github_url: str
    scratch: Path
    clock: SkippingClock = field(default_factory=SkippingClock)
    """The clock of the packages, not of S3."""
    _runs: int = 0
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def repository(self) -> Path:
        return self.path

    @property
    def aws_url(self) -> str:
        return self.account.url

    def configure(self, *dictionaries: Mapping[str, Any], **top: Any) -> None:
        """Write the configuration, without a commit."""
        config = {"bucket": BUCKET, "domains": "none", "dictionaries": list(dictionaries), **top}
        self.write({".github/dictionaries.yml": yaml.safe_dump(config, sort_keys=False)})

    # ------------------------------------------------------------ AWS

    def client(self, service: str) -> Any:
        return self.account.client(service)

    def make_package(self, name: str, content: bytes = b"old => older\n") -> str:
        """Create a package by hand; return its ID. It is available after its copy time."""
        return self.account.create_package(name, BUCKET, content)

    def update_by_hand(self, package_id: str, name: str, message: str = "from the console") -> None:
        self.client("es").update_package(
            PackageID=package_id,
            PackageSource={"S3BucketName": BUCKET, "S3Key": f"by-hand/{name}"},
            CommitMessage=message,
        )

    def add_deployed_version(
        self, package: str, commit: str, content: str, prefix: str = "dictionaries"
    ) -> None:
        """Add the object and the version of a deploy of the commit, available at once."""
        key = f"{prefix}/{package}/{commit}.txt"
        [package_id] = {each["package_id"] for each in self.aws.versions() if each["package"] == package}
        self.clock.skip(60)  # until the package is no longer COPYING
        self.client("s3").put_object(
            Bucket=BUCKET,
            Key=key,
            Body=content.encode(),
            ChecksumAlgorithm="SHA256",
            Metadata={"commit": commit, "repository": REPOSITORY, "repository-id": str(REPOSITORY_ID)},
        )
        self.client("es").update_package(
            PackageID=package_id,
            PackageSource={"S3BucketName": BUCKET, "S3Key": key},
            CommitMessage=commit,
        )
        self.clock.skip(60)

    def history(self, package_id: str) -> list[str]:
        """Return the commit messages, oldest version first."""
        return self.account.commit_messages(package_id)

    def content(self, package_name: str, commit: str) -> bytes:
        key = f"dictionaries/{package_name}/{commit}.txt"
        body: bytes = self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    def messages(self, package_name: str) -> list[str]:
        """Return the commit message of every version, available or not, oldest first."""
        versions = self.aws.versions()
        return [each["message"] or "" for each in versions if each["package"] == package_name]

    def operations(self) -> list[str]:
        """Return the operations called at AWS so far."""
        return [request["operation"] for request in self.aws.requests]

    # ------------------------------------------------------------ GitHub

    def comments(self, number: int) -> list[str]:
        return [comment["body"] for comment in read_comments(self.github_url, REPOSITORY, number)]

    def answer(self, **answer: Any) -> None:
        """Plan the response of the local GitHub to the next matching request (see sandbox.github.app)."""
        requests.post(f"{self.github_url}/_sandbox/answers", json=answer, timeout=10).raise_for_status()

    # ------------------------------------------------------------ the action

    def environment(self, event: str, payload: Any, inputs: Mapping[str, str], **more: str) -> dict[str, str]:
        """Create the files of a step; return the environment that GitHub's runner gives it."""
        self._runs += 1
        environ = {
            **step_environ(
                REPOSITORY, self.head, {"timeout-minutes": "1.5", "github-token": TOKEN, **inputs}
            ),
            **StepFiles(self.scratch / f"run-{self._runs}").create(payload),
            "GITHUB_API_URL": self.github_url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_RUN_ID": str(self._runs),
            "GITHUB_WORKSPACE": str(self.repository),
            **self.account.environ,
            **self.environ,
            **more,
        }
        del environ["CI"]  # so that tests of terminals show progress
        return environ

    def push_payload(self, **more: Any) -> dict[str, Any]:
        return push_event(REPOSITORY, self.head, **more)

    def start(self, environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "entrypoint.py"), *arguments],
            env=dict(environment),
            cwd=self.repository,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str], environment: Mapping[str, str]) -> Ran:
        log, _ = process.communicate(timeout=120)
        return self._ran(process.returncode, log, environment)

    def _ran(self, status: int, log: str, environment: Mapping[str, str]) -> Ran:
        return StepFiles(Path(environment["GITHUB_OUTPUT"]).parent).result(status, log)

    def run(
        self,
        event: str = "push",
        payload: Any = None,
        inputs: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        **environ: str,
    ) -> Ran:
        """Run the action on the checkout, by default for a push to main."""
        if payload is None:
            payload = self.push_payload()
        environment = self.environment(event, payload, inputs or {}, **environ)
        # A pipe, as from the runner: no masks are written to a file.
        reading, writing = os.pipe()
        with ThreadPoolExecutor(1) as pool, os.fdopen(reading, encoding="utf-8") as log:
            text = pool.submit(log.read)
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                status = run_entrypoint(arguments, environment, self.repository, pipe, pipe)
            return self._ran(status, text.result(), environment)


SHIFTED_CLOCK = """
import time
from pathlib import Path

real, counting = time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

def clock_gettime(clock):
    return real(clock) + (float(Path({path!r}).read_text()) if clock == counting else 0)

time.clock_gettime = clock_gettime
"""


@dataclass(frozen=True)
class ShiftedClock:
    """A machine clock for a run, ahead of the real one as after a suspension; a file has the seconds."""

    directory: Path

    def __post_init__(self) -> None:
        self.shift(0)
        (self.directory / "sitecustomize.py").write_text(SHIFTED_CLOCK.format(path=str(self._seconds)))

    @property
    def _seconds(self) -> Path:
        return self.directory / "seconds"

    @property
    def environ(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.directory)}

    def shift(self, seconds: float) -> None:
        # In one step: the run reads the file at any time.
        written = self.directory / "seconds.new"
        written.write_text(str(seconds))
        written.replace(self._seconds)


@dataclass
class Later:
    """A proxy for the local AWS that dates every response `seconds` later."""

    aws: WSGIApplication
    seconds: float = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=self.seconds), usegmt=True)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
            others = [header for header in headers if header[0].lower() != "date"]
            return start_response(status, [*others, ("Date", date)], *more)

        return self.aws(environ, start)


@dataclass(frozen=True)
class SideBySide:
    """Parallel scenes: each has its own AWS, and they share buckets and domains.

    A local AWS deletes the buckets and domains when it is created, so all of them are created first.
    """

    directory: Path
    domains: Sequence[str]
    services: Sequence[LocalAws]
    clocks: Sequence[SkippingClock]

    @classmethod
    def of(cls, directory: Path, count: int, domains: Sequence[str], switches: Switches) -> SideBySide:
        """Create the services of `count` scenes, and the shared bucket and domains."""
        clocks = [SkippingClock() for _ in range(count)]
        services = [LocalAws(switches, clock) for clock in clocks]
        with serve(services[0]) as url:
            account = Account(url)
            account.create_bucket(BUCKET)
            for domain in domains:
                account.client("es").create_elasticsearch_domain(DomainName=domain)
        return cls(directory, domains, services, clocks)

    @contextmanager
    def scene(self, number: int) -> Iterator[Scene]:
        """Yield the scene with this number; its configuration needs its own prefix."""
        directory = self.directory / str(number)
        aws = self.services[number]
        with serve(aws) as aws_url, serve(create_app(directory / "repository")) as github_url:
            scene = Scene(
                directory / "repository",
                aws=aws,
                account=Account(aws_url),
                github_url=github_url,
                scratch=directory / "scratch",
                clock=self.clocks[number],
            )
            scene.init()
            yield scene


@contextmanager
def set_scene(directory: Path) -> Iterator[Scene]:
    """Serve empty services, a repository below `directory` without a commit, and a bucket."""
    clock, front = SkippingClock(), _front()
    front.aws = aws = LocalAws(Switches(copy_seconds=0.1, associate_seconds=0.05), clock)
    front.github = create_app(directory / "repository")
    scene = Scene(
        directory / "repository",
        aws=aws,
        account=front.account,
        github_url=front.github_url,
        scratch=directory / "scratch",
        clock=clock,
    )
    scene.init()
    scene.account.create_bucket(BUCKET)
    yield scene


class Front:
    """The servers of this process. Each scene replaces their services: only one is active at a time."""

    def __init__(self) -> None:
        """Serve until the process ends."""
        self.aws: WSGIApplication
        self.github: WSGIApplication
        self._servers = ExitStack()
        self.account = Account(self._servers.enter_context(serve(self._ask_aws)))
        self.github_url = self._servers.enter_context(serve(self._ask_github))

    def _ask_aws(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.aws(environ, start_response)

    def _ask_github(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.github(environ, start_response)


_front = functools.cache(Front)
