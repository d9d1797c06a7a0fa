"""A repository, a local AWS and GitHub, and the real `entrypoint.py` run as GitHub's runner runs it."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import boto3
import requests
import yaml
from botocore.config import Config

from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.github.app import create_app
from sandbox.runner import parse_outputs
from sandbox.server import serve
from tests.end_to_end.fork_server import run_entrypoint

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOT = Path(__file__).parents[2]
BUCKET = "acme-dictionaries"
REPOSITORY = "octo/shop"
REPOSITORY_ID = 4711
TOKEN = "ghs_token"
SESSION = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name="eu-west-1")
ACTION_DEFAULTS = {
    name: spec.get("default", "")
    for name, spec in yaml.safe_load((ROOT / "action.yml").read_text())["inputs"].items()
}


@dataclass
class Ran:
    """What one run of the action left behind."""

    status: int
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def dictionaries(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = json.loads(self.outputs["dictionaries"])
        return entries

    @property
    def outcomes(self) -> list[str]:
        return [entry["outcome"] for entry in self.dictionaries]


@dataclass
class SkippingClock:
    """The machine's time and all that was skipped: what AWS takes minutes for is over at once."""

    skipped: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.skipped

    def skip(self, seconds: float) -> None:
        self.skipped += seconds


@dataclass
class Scene:
    """Everything a run meets. `aws` is the local AWS from within, for switches and failures."""

    repository: Path
    aws: LocalAws
    aws_url: str
    github_url: str
    scratch: Path
    clock: SkippingClock = field(default_factory=SkippingClock)
    """The clock of the packages, not of S3."""
    _clients: dict[str, Any] = field(default_factory=dict)
    _runs: int = 0
    _commits: int = 0
    environ: dict[str, str] = field(default_factory=dict)

    # ------------------------------------------------------------ the repository

    def git(self, *arguments: str) -> str:
        when = f"2026-01-01T00:{self._commits // 60:02}:{self._commits % 60:02}Z"
        identity = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *arguments]
        done = subprocess.run(
            command,
            cwd=self.repository,
            env={**os.environ, **identity},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, str | bytes], message: str = "Change") -> str:
        """Commit on the branch that is checked out; the commit's SHA."""
        self._commits += 1
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def merge(self, files: Mapping[str, str | bytes], number: int) -> str:
        """Merge pull request `number`, which makes these changes; the merge commit's SHA."""
        self.git("checkout", "--quiet", "-b", f"change-{number}")
        self.commit(files, f"Change of {number}")
        self.git("checkout", "--quiet", "main")
        self._commits += 1
        message = f"Merge pull request #{number} from octo/change-{number}"
        self.git("merge", "--quiet", "--no-ff", "--message", message, f"change-{number}")
        return self.git("rev-parse", "HEAD")

    def configure(self, *dictionaries: Mapping[str, Any], **top: Any) -> None:
        """Write the configuration, without a commit."""
        config = {"bucket": BUCKET, "domains": "none", "dictionaries": list(dictionaries), **top}
        self.write({".github/dictionaries.yml": yaml.safe_dump(config, sort_keys=False)})

    # ------------------------------------------------------------ AWS

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = SESSION.client(
                service,  # type: ignore[call-overload] # the stubs know each service by its literal name
                endpoint_url=self.aws_url,
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self._clients[service]

    def make_package(self, name: str, content: bytes = b"old => older\n") -> str:
        """A package made by hand, as an operator would; its ID. Available once its copy time is over."""
        self.client("s3").put_object(Bucket=BUCKET, Key=f"by-hand/{name}", Body=content)
        made = self.client("es").create_package(
            PackageName=name,
            PackageType="TXT-DICTIONARY",
            PackageSource={"S3BucketName": BUCKET, "S3Key": f"by-hand/{name}"},
        )
        return str(made["PackageDetails"]["PackageID"])

    def update_by_hand(self, package_id: str, name: str, message: str = "from the console") -> None:
        self.client("es").update_package(
            PackageID=package_id,
            PackageSource={"S3BucketName": BUCKET, "S3Key": f"by-hand/{name}"},
            CommitMessage=message,
        )

    def add_deployed_version(
        self, package: str, commit: str, content: str, prefix: str = "dictionaries"
    ) -> None:
        """Add what a deploy of the commit adds: an object and a version, available at once."""
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
        """The commit messages, oldest version first."""
        entries = self.client("es").get_package_version_history(PackageID=package_id)
        found = entries["PackageVersionHistoryList"]
        return [
            entry.get("CommitMessage", "")
            for entry in sorted(found, key=lambda entry: entry["PackageVersion"])
        ]

    def content(self, package_name: str, commit: str) -> bytes:
        key = f"dictionaries/{package_name}/{commit}.txt"
        body: bytes = self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return body

    def messages(self, package_name: str) -> list[str]:
        """The commit message of every version there is, those not yet available too; oldest first."""
        versions = self.aws.versions()
        return [each["message"] or "" for each in versions if each["package"] == package_name]

    def operations(self) -> list[str]:
        """The operations that AWS was asked for so far."""
        return [request["operation"] for request in self.aws.requests]

    # ------------------------------------------------------------ GitHub

    def comments(self, number: int) -> list[str]:
        answer = requests.get(
            f"{self.github_url}/repos/{REPOSITORY}/issues/{number}/comments",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=10,
        )
        answer.raise_for_status()
        return [comment["body"] for comment in answer.json()]

    def answer(self, **answer: Any) -> None:
        """Have the local GitHub answer the next matching request so (see sandbox.github.app)."""
        requests.post(f"{self.github_url}/_sandbox/answers", json=answer, timeout=10).raise_for_status()

    # ------------------------------------------------------------ the action

    def environment(self, event: str, payload: Any, inputs: Mapping[str, str], **more: str) -> dict[str, str]:
        """The environment that GitHub's runner gives a step, its files included."""
        self._runs += 1
        files = self.scratch / f"run-{self._runs}"
        files.mkdir(parents=True)
        for name in ("output", "summary"):
            (files / name).touch()
        (files / "event.json").write_text(json.dumps(payload))
        given = {"timeout-minutes": "1.5", "github-token": TOKEN, **inputs}
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(files),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.repository),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(files / "event.json"),
            "GITHUB_OUTPUT": str(files / "output"),
            "GITHUB_STEP_SUMMARY": str(files / "summary"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REPOSITORY_ID": str(REPOSITORY_ID),
            "GITHUB_SHA": self.git("rev-parse", "HEAD"),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_RUN_ID": str(self._runs),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_API_URL": self.github_url,
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_REGION": "eu-west-1",
            **{f"INPUT_{name.upper()}": given.get(name, value) for name, value in ACTION_DEFAULTS.items()},
            **self.environ,
            **more,
        }

    def push_payload(self, **more: Any) -> dict[str, Any]:
        head = self.git("rev-parse", "HEAD")
        repository = {"id": REPOSITORY_ID, "full_name": REPOSITORY, "default_branch": "main"}
        return {"ref": "refs/heads/main", "before": "0" * 40, "after": head, "repository": repository, **more}

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
        return Ran(
            status=status,
            log=log,
            outputs=parse_outputs(Path(environment["GITHUB_OUTPUT"]).read_text()),
            summary=Path(environment["GITHUB_STEP_SUMMARY"]).read_text(),
        )

    def run(
        self,
        event: str = "push",
        payload: Any = None,
        inputs: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        **environ: str,
    ) -> Ran:
        """One run of the action on what is checked out, by default for a push to main."""
        if payload is None:
            payload = self.push_payload()
        environment = self.environment(event, payload, inputs or {}, **environ)
        with TemporaryFile("w+", encoding="utf-8") as log:
            status = run_entrypoint(arguments, environment, self.repository, log, log)
            log.seek(0)
            return self._ran(status, log.read(), environment)


@dataclass
class Later:
    """In front of the local AWS; every answer is dated `seconds` later than it is."""

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
    """Scenes that can be set at once: each has an AWS of its own, on buckets and domains of all.

    A local AWS empties the buckets and domains when it is made, so that all are made at first.
    """

    directory: Path
    domains: Sequence[str]
    services: Sequence[LocalAws]
    clocks: Sequence[SkippingClock]

    @classmethod
    def of(cls, directory: Path, count: int, domains: Sequence[str], switches: Switches) -> SideBySide:
        """So many scenes, and what they have in common: the bucket and these domains."""
        clocks = [SkippingClock() for _ in range(count)]
        services = [LocalAws(switches, clock) for clock in clocks]
        with serve(services[0]) as url:
            preparing = Scene(Path(), services[0], url, "", Path())
            preparing.client("s3").create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
            for domain in domains:
                preparing.client("es").create_elasticsearch_domain(DomainName=domain)
        return cls(directory, domains, services, clocks)

    @contextmanager
    def scene(self, number: int) -> Iterator[Scene]:
        """The scene of this number; its configuration needs a prefix of its own."""
        directory = self.directory / str(number)
        repository = directory / "repository"
        repository.mkdir(parents=True)
        aws, clock = self.services[number], self.clocks[number]
        with serve(aws) as aws_url, serve(create_app(repository)) as github_url:
            scene = Scene(repository, aws, aws_url, github_url, directory / "scratch", clock)
            scene.git("init", "--quiet", "--initial-branch", "main")
            yield scene


@contextmanager
def set_scene(directory: Path) -> Iterator[Scene]:
    """Empty services, a repository below `directory` without a commit, a bucket; served inside."""
    repository = directory / "repository"
    repository.mkdir()
    clock = SkippingClock()
    front = _front()
    front.aws = aws = LocalAws(Switches(copy_seconds=0.1, associate_seconds=0.05), clock)
    front.github = create_app(repository)
    scene = Scene(
        repository, aws, front.aws_url, front.github_url, directory / "scratch", clock, front.clients
    )
    scene.git("init", "--quiet", "--initial-branch", "main")
    scene.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    yield scene


class Front:
    """The servers of this process, whose services each scene replaces: there is one scene at a time."""

    def __init__(self) -> None:
        """Serve until the process ends."""
        self.aws: WSGIApplication
        self.github: WSGIApplication
        self.clients: dict[str, Any] = {}
        self._servers = ExitStack()
        self.aws_url = self._servers.enter_context(serve(self._ask_aws))
        self.github_url = self._servers.enter_context(serve(self._ask_github))

    def _ask_aws(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.aws(environ, start_response)

    def _ask_github(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.github(environ, start_response)


_front = functools.cache(Front)
