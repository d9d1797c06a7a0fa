"""The README's quick start, run as a workflow by act: what a newcomer copies is what works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .runner import ROOT, Engine
from .workspace import Services, commit_messages, git, make_package, make_workspace, serve

pytestmark = pytest.mark.container

ACT = Path(sys.executable).with_name("act")
JOB_IMAGE = "python:3.13-slim"  # has the bash that steps need, and is there for the build anyway
NO_CREDENTIALS_NEEDED = """\
name: Stands for configure-aws-credentials
description: The job's environment has the credentials.
runs:
  using: composite
  steps:
    - run: "true"
      shell: bash
"""


@pytest.fixture
def engine_socket(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an API such as Docker's: act speaks to nothing else."""
    if engine.program == "docker":
        yield os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        return
    socket = tmp_path_factory.mktemp("podman") / "socket"
    with subprocess.Popen(["podman", "system", "service", "--time=0", f"unix://{socket}"]) as service:
        try:
            while service.poll() is None and not socket.exists():
                time.sleep(0.1)  # podman does not say when it listens
            yield f"unix://{socket}"
        finally:
            service.terminate()


@pytest.fixture
def act() -> Path:
    if not ACT.exists() and not os.environ.get("CI"):
        pytest.skip("act is not installed: make container installs it")
    return ACT


def test_the_quick_start_of_the_readme_deploys(act: Path, engine_socket: str, tmp_path: Path) -> None:
    workflow = first_yaml_block((ROOT / "README.md").read_text(encoding="utf-8"))
    workspace = make_workspace(tmp_path / "workspace", {".github/workflows/dictionaries.yml": workflow})
    git(workspace.path, "remote", "add", "origin", "https://github.com/octo/search.git")
    event = tmp_path / "event.json"
    event.write_text(json.dumps(workspace.push_event()), encoding="utf-8")

    with serve(workspace) as services:
        package_id = make_package(services)
        run = subprocess.run(
            [
                *(str(act), "push", "--eventpath", str(event), "--pull=false"),
                *("--platform", f"ubuntu-latest={JOB_IMAGE}", "--container-daemon-socket", "-"),
                *local_actions(workflow, tmp_path),
                *job_environ(services),
            ],
            cwd=workspace.path,
            env={**os.environ, "DOCKER_HOST": engine_socket, "HOME": str(tmp_path / "home")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=600,
        )
        messages = commit_messages(services, package_id)
        comments = services.comments()

    assert 0 == run.returncode, run.stdout
    assert [workspace.commit] == [message for message in messages if message]
    assert [True] == [workspace.commit in comment["body"] for comment in comments]


def first_yaml_block(markdown: str) -> str:
    """The quick start's workflow, which is a push to `main` deployed on `ubuntu-latest`."""
    block = re.search(r"^```yaml\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)
    assert block is not None, "the README has no yaml block"
    assert "jobs" in yaml.safe_load(block[1]), "the README's first yaml block is not a workflow"
    return block[1]


def local_actions(workflow: str, folder: Path) -> list[str]:
    """act's options that put this checkout, and a stand-in for AWS's sign-in, where the workflow says."""
    stand_in = folder / "configure-aws-credentials"
    stand_in.mkdir()
    (stand_in / "action.yml").write_text(NO_CREDENTIALS_NEEDED, encoding="utf-8")
    action = folder / "action"
    shutil.copytree(ROOT / "src" / "dictionary_deploy", action / "src" / "dictionary_deploy")
    for name in (".dockerignore", "Dockerfile", "LICENSE", "action.yml", "entrypoint.py", "requirements.txt"):
        shutil.copy(ROOT / name, action)
    options = []
    for uses in re.findall(r"^\s*(?:- )?uses:\s*(\S+)", workflow, re.MULTILINE):
        if not uses.startswith("actions/checkout@"):  # act does that one itself
            local = stand_in if uses.startswith("aws-actions/configure-aws-credentials@") else action
            options += ["--local-repository", f"{uses}={local}"]
    return options


def job_environ(services: Services) -> list[str]:
    """act's options for the job's environment; the token is a secret, as in a real job."""
    pairs = [f"{name}={value}" for name, value in services.environ().items()]
    return [option for pair in pairs for option in ("--env", pair)] + ["--secret", "GITHUB_TOKEN=ghs_token"]
