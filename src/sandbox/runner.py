"""GitHub's runner, as far as the step of an action sees it: environment, event, files and log.

Unlike GitHub's it runs `entrypoint.py` as it is, without a container.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "ghs_token"


@dataclass(frozen=True, slots=True)
class Step:
    """The results of a step."""

    status: int
    outputs: Mapping[str, str]
    summary: str
    """Markdown."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs the action on a checkout of `main`; `environ` is what the job sets."""

    workspace: Path
    temporary: Path
    """A folder of its own for the files of each step; need not exist."""
    repository: str
    """`owner/name`."""
    environ: Mapping[str, str]

    def push(self, before: str, after: str, show: Callable[[str], object]) -> Step:
        """The step that a push to `main` starts. `show` gets each line of its log in time."""
        folder = self.temporary / after
        folder.mkdir(parents=True)
        files = {name: folder / name for name in ("event.json", "output", "summary.md")}
        files["event.json"].write_text(json.dumps(self._payload(before, after)), encoding="utf-8")
        for name in ("output", "summary.md"):
            files[name].touch()
        environ = {
            **self._environ(after),
            **_inputs(),
            "GITHUB_EVENT_PATH": str(files["event.json"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary.md"]),
            "HOME": str(folder),
            **self.environ,
        }
        status = self._run(environ, show)
        outputs = parse_outputs(files["output"].read_text(encoding="utf-8"))
        return Step(status, outputs, files["summary.md"].read_text(encoding="utf-8"))

    def _payload(self, before: str, after: str) -> dict[str, Any]:
        repository = {"id": 4711, "full_name": self.repository, "default_branch": "main"}
        flags = {"created": not before.strip("0"), "deleted": False, "forced": False}
        return {"ref": "refs/heads/main", "before": before, "after": after, "repository": repository, **flags}

    def _environ(self, sha: str) -> dict[str, str]:
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_REPOSITORY_ID": "4711",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": "1",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": sha,
            "GITHUB_WORKSPACE": str(self.workspace),
            "PATH": os.environ.get("PATH", os.defpath),
        }

    def _run(self, environ: Mapping[str, str], show: Callable[[str], object]) -> int:
        with subprocess.Popen(
            [sys.executable, str(ROOT / "entrypoint.py")],
            cwd=self.workspace,
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as process:
            for line in process.stdout or ():
                shown = shown_line(line.rstrip("\n"))
                if shown is not None:
                    show(shown)
        return process.returncode


def _inputs() -> dict[str, str]:
    """The inputs with action.yml's defaults, named as the runner names them: in capitals, hyphens kept."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    values = {name: entry.get("default", "") for name, entry in action["inputs"].items()}
    return {
        f"INPUT_{name.upper()}": value.replace("${{ github.token }}", TOKEN) for name, value in values.items()
    }


def shown_line(line: str) -> str | None:
    """A line of a log as the runner shows it; None when it is a command that shows nothing."""
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
    """The outputs in a file of GITHUB_OUTPUT, each a `name<<delimiter` block."""
    outputs = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        outputs[name] = "\n".join(takewhile(delimiter.__ne__, lines))
    return outputs
