"""GitHub's runner, as far as a container action sees it: how it builds, mounts, calls and reads back.

The mounts, the environment and the names of the file commands are those that the runner's own log
shows in its `docker run` line.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

ROOT = Path(__file__).resolve().parents[2]
RUNNER_UID = 1001


@dataclass(frozen=True)
class Run:
    """What one run of the action left behind.

    `outputs` and `summary` are as the runner would read them; `written` are the paths in the container's
    own Python and program that changed, mounts not counted.
    """

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    written: Sequence[str]


@dataclass(frozen=True)
class Engine:
    """Docker or podman: the few commands that the runner uses."""

    program: str

    def __call__(self, *arguments: str) -> str:
        """Standard output of a command that has to succeed."""
        result = subprocess.run([self.program, *arguments], capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{self.program} {arguments[0]}: {result.stderr}"
        return result.stdout

    def inspect(self, image: str) -> dict[str, Any]:
        described: list[dict[str, Any]] = json.loads(self("image", "inspect", image))
        return described[0]


def find_engine() -> Engine | None:
    """The first engine that answers; a docker client without its daemon does not."""
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
    workspace: Path,
    inputs: Mapping[str, str],
    environ: Mapping[str, str],
    event: Mapping[str, Any],
    options: Sequence[str] = (),
    network: str = "host",
    command: Sequence[str] = (),
) -> Run:
    """Run the action as a step of a job: `folder` becomes the runner's temporary one.

    `environ` is the job's environment, `options` go to the engine's `run`, `command` to the action.
    The network `host` is the one from which servers on the machine's loopback are reached.
    """
    for name in ("home", "workflow", "file_commands"):
        (folder / name).mkdir(parents=True)
    (folder / "workflow" / "event.json").write_text(json.dumps(event), encoding="utf-8")
    outputs, summary = folder / "file_commands" / "set_output_1", folder / "file_commands" / "step_summary_1"
    outputs.touch()
    summary.touch()
    give_to_runner(folder, workspace)

    container = f"dictionary-deploy-{uuid4()}"
    arguments = [engine.program, "run", "--name", container, "--network", network, *options]
    arguments += ["--workdir", "/github/workspace"]
    for name, value in {**_environ(inputs), **environ}.items():
        arguments += ["--env", f"{name}={value}"]
    for name in ("home", "workflow", "file_commands"):
        arguments += ["--volume", f"{folder / name}:/github/{name}"]
    arguments += ["--volume", f"{workspace}:/github/workspace", image, *command]
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
    """Make the runner's user the owner, which the container's root is not: git calls that dubious."""
    if os.geteuid() == 0:
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.lchown(path, RUNNER_UID, RUNNER_UID)


def parse_outputs(text: str) -> dict[str, str]:
    """The file of GITHUB_OUTPUT: `name=value` lines and `name<<delimiter` blocks."""
    outputs = {}
    lines = iter(text.splitlines())
    for line in lines:
        if block := re.fullmatch(r"([^=<]+)<<(.+)", line):
            name, delimiter = block.groups()
            outputs[name] = "\n".join(iter(lambda: next(lines), delimiter))
        else:
            name, _, outputs[name] = line.partition("=")
    return outputs


def _environ(inputs: Mapping[str, str]) -> dict[str, str]:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    values = {name: str(entry.get("default", "")) for name, entry in action["inputs"].items()}
    values["github-token"] = "ghs_token"  # what the runner makes of ${{ github.token }}
    values.update(inputs)
    return {
        **{f"INPUT_{name.replace(' ', '_').upper()}": value for name, value in values.items()},
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": "octo",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": "/github/workflow/event.json",
        "GITHUB_OUTPUT": "/github/file_commands/set_output_1",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REF_NAME": "main",
        "GITHUB_REPOSITORY": "octo/search",
        "GITHUB_REPOSITORY_OWNER": "octo",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": "1",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_STEP_SUMMARY": "/github/file_commands/step_summary_1",
        "GITHUB_WORKSPACE": "/github/workspace",
        "HOME": "/github/home",
        "RUNNER_ARCH": "X64",
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": "/github/runner_temp",
    }
