"""GitHub's runner as an action's step sees it: environment, event, files and log.

Unlike GitHub's it runs `entrypoint.py` as it is, without a container.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import yaml

from sandbox.repository import GIT_ENVIRON

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "ghs_token"
REPOSITORY_ID = 4711
Show = Callable[[str], object]
"""Receives a line of a log."""


@dataclass(frozen=True, slots=True)
class Step:
    """The results of a step."""

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    """Markdown."""

    @property
    def dictionaries(self) -> list[dict[str, Any]]:
        """The entries of the output `dictionaries`."""
        entries: list[dict[str, Any]] = json.loads(self.outputs["dictionaries"])
        return entries

    @property
    def outcomes(self) -> list[str]:
        """The outcome of each dictionary."""
        return [entry["outcome"] for entry in self.dictionaries]


@dataclass(frozen=True, slots=True)
class StepFiles:
    """The files of a step, in a folder of its own."""

    folder: Path

    def create(self, event: Any) -> dict[str, str]:
        """Create the files for an event's payload; return the environment that names them."""
        self.folder.mkdir(parents=True)
        (self.folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
        for name in ("output", "summary.md"):
            (self.folder / name).touch()
        return {
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "HOME": str(self.folder),
        }

    def result(self, status: int, log: str) -> Step:
        """Return the results of the finished step."""
        outputs = parse_outputs((self.folder / "output").read_text(encoding="utf-8"))
        return Step(status, log, outputs, (self.folder / "summary.md").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs the action on a checkout; `environ` is what the job sets."""

    workspace: Path
    temporary: Path
    """A folder of its own for the files of each step; need not exist."""
    repository: str
    """`owner/name`."""
    environ: Mapping[str, str]
    inputs: Mapping[str, str] = field(default_factory=dict)
    branch: str = "main"
    """The repository's default branch."""

    def push(self, before: str, after: str, show: Show) -> Step:
        """Run the step for a push to the branch. `show` receives each line of its log at once."""
        return self.run(push_event(self.repository, after, before=before, branch=self.branch), after, show)

    def pull_request(self, pull_request: OpenPullRequest, show: Show) -> Step:
        """Run the step for a pull request that was opened into the branch."""
        event = pull_request_event(self.repository, pull_request, self.branch)
        variables = {
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_REF": f"refs/pull/{pull_request.number}/merge",
        }
        return self.run(event, pull_request.merge or pull_request.head, show, **variables)

    def rollback(self, commit: str, tip: str, show: Show) -> Step:
        """Run the step of the rollback workflow (examples/rollback.yml), with the commit checked out."""
        event = {"inputs": {"commit": commit}, **_base_event(self.repository, self.branch)}
        runner = replace(self, inputs={**self.inputs, "mode": "rollback"})
        return runner.run(event, tip, show, GITHUB_EVENT_NAME="workflow_dispatch")

    def run(self, event: Mapping[str, Any], sha: str, show: Show, **more: str) -> Step:
        """Run the step for an event at a commit; `more` are variables besides those of a push."""
        files = StepFiles(self.temporary / sha)
        environ = {
            **step_environ(self.repository, sha, self.inputs, self.branch),
            "GITHUB_WORKSPACE": str(self.workspace),
            **files.create(event),
            **self.environ,
            **more,
        }
        log = []
        with subprocess.Popen(
            [sys.executable, str(ROOT / "entrypoint.py")],
            cwd=self.workspace,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as process:
            for line in process.stdout or ():
                log.append(line)
                shown = shown_line(line.rstrip("\n"))
                if shown is not None:
                    show(shown)
        return files.result(process.returncode, "".join(log))


@dataclass(frozen=True, slots=True)
class OpenPullRequest:
    """An open pull request of the repository itself."""

    number: int
    head: str
    """The SHA of its branch."""
    base: str
    """The SHA of the branch that it targets."""
    head_ref: str
    merge: str = ""
    """The SHA of the test merge, which GitHub's runner checks out; empty: its head is checked out."""


def push_event(
    repository: str, after: str, *, before: str = "0" * 40, branch: str = "main", **more: Any
) -> dict[str, Any]:
    """Return the payload of a push to the branch."""
    flags = {"created": not before.strip("0"), "deleted": False, "forced": False}
    return {"before": before, "after": after, **_base_event(repository, branch), **flags, **more}


def pull_request_event(
    repository: str, pull_request: OpenPullRequest, branch: str = "main"
) -> dict[str, Any]:
    """Return the payload of a pull request into the default branch."""
    described = _base_event(repository, branch)["repository"]
    number = pull_request.number
    details = {
        "number": number,
        "merged": False,
        "merge_commit_sha": pull_request.merge or None,
        "head": {"ref": pull_request.head_ref, "sha": pull_request.head, "repo": described},
        "base": {"ref": branch, "sha": pull_request.base, "repo": described},
    }
    return {"action": "opened", "number": number, "pull_request": details, "repository": described}


def _base_event(repository: str, branch: str) -> dict[str, Any]:
    described = {"id": REPOSITORY_ID, "full_name": repository, "default_branch": branch}
    return {"ref": f"refs/heads/{branch}", "repository": described}


def step_environ(
    repository: str, sha: str, inputs: Mapping[str, str] | None = None, branch: str = "main"
) -> dict[str, str]:
    """Return the environment of a step for a push to the branch, without its files and its workspace."""
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": f"refs/heads/{branch}",
        "GITHUB_REPOSITORY": repository,
        "GITHUB_REPOSITORY_ID": str(REPOSITORY_ID),
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": "1",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": sha,
        "PATH": os.environ.get("PATH", os.defpath),
        **{f"INPUT_{name.upper()}": value for name, value in {**input_defaults(), **(inputs or {})}.items()},
    }


def input_defaults() -> dict[str, str]:
    """Return the inputs with the defaults of action.yml."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    values = {name: str(entry.get("default", "")) for name, entry in action["inputs"].items()}
    return {name: value.replace("${{ github.token }}", TOKEN) for name, value in values.items()}


def shown_line(line: str) -> str | None:
    """Return a line of a log as the runner shows it; None for a command that shows nothing."""
    command = re.fullmatch(r"::([a-z-]+)(?: [^:]*)?::(.*)", line)
    if not command:
        return line
    name, message = command.groups()
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        message = message.replace(escape, character)
    match name:
        case "group":
            return f"▼ {message}"
        case "notice" | "warning" | "error":
            return f"{name.capitalize()}: {message}"
        case _:
            return None


def parse_outputs(text: str) -> dict[str, str]:
    """Return the outputs in a file of GITHUB_OUTPUT, each a `name<<delimiter` block."""
    outputs = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        outputs[name] = "\n".join(takewhile(delimiter.__ne__, lines))
    return outputs


@contextmanager
def start_services(repository: Path, *options: str) -> Iterator[dict[str, str]]:
    """Run `python -m sandbox` while the block runs; yield the variables that it prints."""
    command = [sys.executable, "-m", "sandbox", "--repository", str(repository), *options]
    environ = {**os.environ, **GIT_ENVIRON, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            lines = takewhile(bool, map(str.strip, process.stdout or ()))
            yield dict(line.partition("=")[::2] for line in lines)
        finally:
            process.terminate()


def read_comments(github_url: str, repository: str, number: int) -> list[dict[str, Any]]:
    """Return the comments on a pull request."""
    url = f"{github_url}/repos/{repository}/issues/{number}/comments"
    with urlopen(Request(url, headers={"Authorization": f"Bearer {TOKEN}"}), timeout=30) as response:
        comments: list[dict[str, Any]] = json.load(response)
    return comments
