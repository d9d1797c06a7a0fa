"""GitHub's runner for a container action: how it builds, mounts, calls and reads back.

The mounts, the environment and the file commands are those of the `docker run` line in the runner's log.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox.repository import Repository
from sandbox.runner import Step, parse_outputs, push_event, step_environ

from .workspace import REPOSITORY

RUNNER_UID = 1001
ENVIRON = {
    "GITHUB_ACTOR": "octo",
    "GITHUB_EVENT_PATH": "/github/workflow/event.json",
    "GITHUB_OUTPUT": "/github/file_commands/set_output_1",
    "GITHUB_REF_NAME": "main",
    "GITHUB_REPOSITORY_OWNER": "octo",
    "GITHUB_STEP_SUMMARY": "/github/file_commands/step_summary_1",
    "GITHUB_WORKSPACE": "/github/workspace",
    "HOME": "/github/home",
    "RUNNER_ARCH": "X64",
    "RUNNER_OS": "Linux",
    "RUNNER_TEMP": "/github/runner_temp",
}
"""The container's paths, and variables that the program does not read."""


@dataclass(frozen=True)
class Run(Step):
    """The results of a run; `written` are the changed paths of the image's Python and program."""

    written: Sequence[str]


@dataclass(frozen=True)
class Engine:
    """Docker or podman: the few commands that the runner uses."""

    program: str

    def __call__(self, *arguments: str) -> str:
        """Run a command that must succeed; return its standard output."""
        result = subprocess.run([self.program, *arguments], capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{self.program} {arguments[0]}: {result.stderr}"
        return result.stdout

    def inspect(self, image: str) -> dict[str, Any]:
        described: list[dict[str, Any]] = json.loads(self("image", "inspect", image))
        return described[0]


def find_engine() -> Engine | None:
    """Return the first engine that responds; a docker client without its daemon does not."""
    for program in ("docker", "podman"):
        try:
            answer = subprocess.run([program, "info"], capture_output=True, check=False, timeout=60)
        except FileNotFoundError:
            continue
        if answer.returncode == 0:
            return Engine(program)
    return None


def run_action(
    engine: Engine,
    image: str,
    folder: Path,
    *,
    workspace: Repository,
    inputs: Mapping[str, str],
    environ: Mapping[str, str],
    options: Sequence[str] = (),
    network: str = "host",
    command: Sequence[str] = (),
) -> Run:
    """Run the action as the step of a push; `folder` is for the runner's temporary files.

    `environ` is the job's environment, `options` are for the engine's `run`, `command` for the action.
    The network `host` reaches servers on the machine's loopback.
    """
    for name in ("home", "workflow", "file_commands"):
        (folder / name).mkdir(parents=True)
    event = push_event(REPOSITORY, workspace.head)
    (folder / "workflow" / "event.json").write_text(json.dumps(event), encoding="utf-8")
    outputs, summary = folder / "file_commands" / "set_output_1", folder / "file_commands" / "step_summary_1"
    outputs.touch()
    summary.touch()
    give_to_runner(folder, workspace.path)

    container = f"dictionary-deploy-{uuid4()}"
    arguments = [engine.program, "run", "--name", container, "--network", network, *options]
    arguments += ["--workdir", "/github/workspace"]
    given = {**step_environ(REPOSITORY, workspace.head, inputs), **ENVIRON, **environ}
    del given["PATH"]  # the image's own
    for name, value in given.items():
        arguments += ["--env", f"{name}={value}"]
    for name in ("home", "workflow", "file_commands"):
        arguments += ["--volume", f"{folder / name}:/github/{name}"]
    arguments += ["--volume", f"{workspace.path}:/github/workspace", image, *command]
    try:
        result = subprocess.run(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300
        )
        changes = engine("diff", container).splitlines()
    finally:
        engine("rm", "--force", container)
    return Run(
        status=result.returncode,
        log=result.stdout,
        outputs=parse_outputs(outputs.read_text(encoding="utf-8")),
        summary=summary.read_text(encoding="utf-8"),
        written=[change for change in changes if "/usr/local" in change or "/action" in change],
    )


def give_to_runner(*folders: Path) -> None:
    """Make the runner's user the owner, unlike the container's root: git calls that dubious."""
    if os.geteuid() == 0:
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.lchown(path, RUNNER_UID, RUNNER_UID)
