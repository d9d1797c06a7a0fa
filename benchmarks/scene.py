"""Local services, a repository with dictionaries, and the action run on it as GitHub's runner runs it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import yaml

from benchmarks.dictionary import changed, rules

ROOT = Path(__file__).resolve().parents[1]
_ACTION = ROOT / ".venv" / "action"
_PYTHON = str(_ACTION / "bin" / "python")
PROGRAM = (_PYTHON, "-I", "-u", "-X", "utf8", str(_ACTION / "image" / "entrypoint.py"))
"""The entrypoint of the image, with the pruned libraries and the compiled source that the image has."""
REPOSITORY = "octo/shop"
BUCKET = "octo-dictionaries"
PULL_REQUEST = 7
_REGION = "eu-west-1"
_KEYS = ("AKIAIOSFODNN7EXAMPLE", "not-a-secret")


@dataclass(frozen=True, slots=True)
class Took:
    """What one process took: seconds from start to end and of the processor; its most memory in bytes."""

    seconds: float
    processor: float
    peak: int


@dataclass(slots=True)
class Scene:
    """A repository whose files all are packages, and where AWS and GitHub answer."""

    workspace: Path
    addresses: Mapping[str, str]
    files: Mapping[str, str]
    """The package's ID by file."""
    pull_request: int = PULL_REQUEST

    @property
    def environ(self) -> dict[str, str]:
        """What any client of the two needs."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.workspace.parent),
            "AWS_ACCESS_KEY_ID": _KEYS[0],
            "AWS_SECRET_ACCESS_KEY": _KEYS[1],
            "AWS_DEFAULT_REGION": _REGION,
            "GITHUB_TOKEN": "ghs_token",
            **self.addresses,
        }

    @property
    def head(self) -> str:
        return _git(self.workspace, "rev-parse", "HEAD")

    def merge(self, contents: Mapping[str, bytes]) -> None:
        """Merge one more pull request, which changes these files."""
        self.pull_request += 1
        _git(self.workspace, "checkout", "--quiet", "-b", f"change-{self.pull_request}")
        _commit(self.workspace, contents, "Change")
        _git(self.workspace, "checkout", "--quiet", "main")
        message = f"Merge pull request #{self.pull_request} from octo/change-{self.pull_request}"
        _git(self.workspace, "merge", "--quiet", "--no-ff", "-m", message, f"change-{self.pull_request}")

    def deploy(self) -> Took:
        """The run of the action that a push to main starts. Raises when it fails."""
        folder = self.workspace.parent
        payload = {
            "ref": "refs/heads/main",
            "after": self.head,
            "repository": {"id": 1, "full_name": REPOSITORY, "default_branch": "main"},
        }
        (folder / "event.json").write_text(json.dumps(payload))
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        inputs = {f"INPUT_{name.upper()}": spec.get("default", "") for name, spec in action["inputs"].items()}
        github = {
            "ACTIONS": "true",
            "EVENT_NAME": "push",
            "EVENT_PATH": str(folder / "event.json"),
            "OUTPUT": str(folder / "output"),
            "STEP_SUMMARY": str(folder / "summary"),
            "REF": "refs/heads/main",
            "REPOSITORY": REPOSITORY,
            "REPOSITORY_ID": "1",
            "RUN_ID": "1",
            "SERVER_URL": "https://github.com",
            "SHA": self.head,
            "WORKSPACE": str(self.workspace),
        }
        environ = self.environ | inputs | {f"GITHUB_{name}": value for name, value in github.items()}
        environ["INPUT_GITHUB-TOKEN"] = environ.pop("GITHUB_TOKEN")
        return timed(PROGRAM, environ, self.workspace)


def timed(command: Sequence[str], environ: Mapping[str, str], folder: Path) -> Took:
    """Run a command to its end; one that fails raises, with what it said."""
    with TemporaryDirectory() as name:
        figures = Path(name) / "figures.json"
        launch = [sys.executable, "-S", str(Path(__file__).with_name("launch.py")), str(figures), *command]
        done = subprocess.run(  # noqa: S603 - the benchmark's own commands
            launch, env=dict(environ), cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
        return Took(**json.loads(figures.read_text(encoding="utf-8")))


@contextmanager
def scene(
    count: int, *, copy_seconds: float = 0.0, latency_ms: float = 0.0, kind: str = "synonyms"
) -> Iterator[Scene]:
    """So many dictionaries, all deployed once; each answer is `latency_ms` late."""
    with TemporaryDirectory() as name:
        workspace = Path(name) / "repository"
        workspace.mkdir()
        _git(workspace, "init", "--quiet", "--initial-branch", "main")
        names = {f"search/{number:02}.txt": f"dictionary-{number:02}" for number in range(count)}
        config = {
            "bucket": BUCKET,
            "domains": "none",
            "branch": "main",
            "dictionaries": [
                {"file": file, "package": package, "kind": kind} for file, package in names.items()
            ],
        }
        files = {".github/dictionaries.yml": yaml.safe_dump(config).encode()}
        _commit(workspace, files | contents(names, seed=0), "Begin")
        command = [sys.executable, "-m", "sandbox", "--repository", str(workspace)]
        command += ["--copy-seconds", str(copy_seconds), "--latency-ms", str(latency_ms)]
        with subprocess.Popen(  # noqa: S603 - as above
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
        ) as services:
            try:
                lines = [services.stdout.readline().strip() if services.stdout else "" for _ in range(2)]
                addresses = dict(line.partition("=")[::2] for line in lines)
                ids = _make_packages(addresses["AWS_ENDPOINT_URL"], names)
                ready = Scene(workspace, addresses, ids)
                ready.deploy()
                yield ready
            finally:
                services.terminate()


def contents(files: Iterable[str], seed: int) -> dict[str, bytes]:
    """Synonyms for each file: 1,000 rules, or 25 KB, of which ten are others for every seed."""
    before = {file: rules(1_000, seed=number) for number, file in enumerate(files)}
    return {
        file: "".join(f"{rule}\n" for rule in changed(lines, 10, seed)).encode()
        for file, lines in before.items()
    }


def noise(size: int, seed: int) -> bytes:
    """So many bytes that nothing makes shorter."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - no secret


def _make_packages(endpoint: str, names: Mapping[str, str]) -> dict[str, str]:
    session = boto3.Session(*_KEYS, region_name=_REGION)
    s3, es = (session.client(service, endpoint_url=endpoint) for service in ("s3", "es"))  # type: ignore[call-overload]
    where: Any = {"LocationConstraint": _REGION}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    s3.put_object(Bucket=BUCKET, Key="first.txt", Body=b"tv, television\n")
    source = {"S3BucketName": BUCKET, "S3Key": "first.txt"}
    made = {
        file: es.create_package(PackageName=name, PackageType="TXT-DICTIONARY", PackageSource=source)
        for file, name in names.items()
    }
    return {file: str(answer["PackageDetails"]["PackageID"]) for file, answer in made.items()}


def _commit(workspace: Path, files: Mapping[str, bytes], message: str) -> None:
    for name, content in files.items():
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    _git(workspace, "add", "--all")
    _git(workspace, "commit", "--quiet", "--message", message)


def _git(workspace: Path, *arguments: str) -> str:
    somebody = ["-c", "user.name=octo", "-c", "user.email=octo@example.com"]
    command = ["git", *somebody, "-C", str(workspace), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
