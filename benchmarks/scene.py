"""Local services, a repository with dictionaries, and the action, run as by GitHub's runner."""

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

import yaml

from benchmarks.dictionary import changed, rules
from sandbox.account import REGION, Account
from sandbox.repository import Repository
from sandbox.runner import ROOT, TOKEN, StepFiles, push_event, start_services, step_environ

_ACTION = ROOT / ".venv" / "action"
_PYTHON = str(_ACTION / "bin" / "python")
PROGRAM = (_PYTHON, "-I", "-u", "-X", "utf8", str(_ACTION / "image" / "entrypoint.py"))
"""The entrypoint of the image, with the pruned libraries and the compiled source that the image has."""
REPOSITORY = "octo/shop"
BUCKET = "octo-dictionaries"


@dataclass(frozen=True, slots=True)
class Took:
    """Wall and CPU seconds of one process; its peak memory in bytes."""

    seconds: float
    processor: float
    peak: int


@dataclass(slots=True)
class Scene:
    """A deployed repository, and the services."""

    repository: Repository
    account: Account
    github: str
    files: Mapping[str, str]
    """The package's ID by file."""
    pull_request: int = 7

    @property
    def workspace(self) -> Path:
        return self.repository.path

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment of a client of both services."""
        return {
            **self.account.environ,
            "AWS_DEFAULT_REGION": REGION,
            "GITHUB_API_URL": self.github,
            "GITHUB_TOKEN": TOKEN,
            "HOME": str(self.workspace.parent),
            "PATH": os.environ["PATH"],
        }

    @property
    def head(self) -> str:
        return self.repository.head

    def merge(self, contents: Mapping[str, bytes]) -> None:
        """Merge one more pull request with these files."""
        self.pull_request += 1
        self.repository.merge(contents, self.pull_request)

    def deploy(self) -> Took:
        """Run the action for a push to main. Raises if it fails."""
        with TemporaryDirectory() as name:
            files = StepFiles(Path(name) / "step").create(push_event(REPOSITORY, self.head))
            environ = self.environ | step_environ(REPOSITORY, self.head) | files
            del environ["GITHUB_TOKEN"]
            return timed(PROGRAM, environ | {"GITHUB_WORKSPACE": str(self.workspace)}, self.workspace)


def timed(command: Sequence[str], environ: Mapping[str, str], folder: Path) -> Took:
    """Run a command to its end. Raises with its output if it fails."""
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
    """Deploy `count` dictionaries once; each response is delayed by `latency_ms`."""
    with TemporaryDirectory() as name:
        repository = Repository(Path(name) / "repository")
        repository.init()
        names = {f"search/{number:02}.txt": f"dictionary-{number:02}" for number in range(count)}
        dictionaries = [{"file": file, "package": package, "kind": kind} for file, package in names.items()]
        config = {"bucket": BUCKET, "domains": "none", "branch": "main", "dictionaries": dictionaries}
        files = {".github/dictionaries.yml": yaml.safe_dump(config).encode()}
        repository.commit(files | contents(names, seed=0), "Begin")
        options = ("--copy-seconds", str(copy_seconds), "--latency-ms", str(latency_ms))
        with start_services(repository.path, *options) as urls:
            account = Account(urls["AWS_ENDPOINT_URL"])
            account.create_bucket(BUCKET)
            ids = {file: account.create_package(package, BUCKET) for file, package in names.items()}
            ready = Scene(repository, account, urls["GITHUB_API_URL"], ids)
            ready.deploy()
            yield ready


def contents(files: Iterable[str], seed: int) -> dict[str, bytes]:
    """Return synonyms for each file: 1,000 rules, or 25 KB; 10 of them depend on the seed."""
    before = {file: rules(1_000, seed=number) for number, file in enumerate(files)}
    return {
        file: "".join(f"{rule}\n" for rule in changed(lines, 10, seed)).encode()
        for file, lines in before.items()
    }


def noise(size: int, seed: int) -> bytes:
    """Return `size` incompressible bytes."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - no secret
