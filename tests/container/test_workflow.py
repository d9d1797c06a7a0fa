"""The README's workflows, run by act: what a newcomer copies is what works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import pytest
import yaml

from .runner import ROOT, Engine
from .workspace import (
    BUCKET,
    PACKAGE,
    SESSION,
    Services,
    Workspace,
    commit_messages,
    git,
    make_bucket,
    make_package,
    make_workspace,
    serve,
    sign_in,
)

pytestmark = pytest.mark.container

ACT = Path(sys.executable).with_name("act")
JOB_IMAGE = "python:3.13-slim"  # has the bash that steps need, and is there for the build anyway
SIGN_IN = """\
name: Stands for configure-aws-credentials
description: Knows the roles that the test has signed in with.
inputs:
  aws-region: {description: The Region., required: true}
  role-to-assume: {description: The ARN of the role., required: true}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        ROLE: ${{ inputs.role-to-assume }}
        REGION: ${{ inputs.aws-region }}
      run: |
        case $ROLE in
        %s
        *) echo "No such role: $ROLE"; exit 1 ;;
        esac
        {
          echo "AWS_ACCESS_KEY_ID=$1"
          echo "AWS_SECRET_ACCESS_KEY=$2"
          echo "AWS_SESSION_TOKEN=$3"
          echo "AWS_REGION=$REGION"
        } >> "$GITHUB_ENV"
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
    roles = {"arn:aws:iam::123456789012:role/dictionaries-deploy": SESSION}

    with serve(workspace) as services:
        make_bucket(services, BUCKET)
        package_id = make_package(services, BUCKET, PACKAGE)
        run = run_push(act, engine_socket, tmp_path, workspace, services, workflow, roles)
        messages = commit_messages(services, package_id)
        comments = services.comments()

    assert 0 == run.returncode, run.stdout
    assert [workspace.commit] == [message for message in messages if message]
    assert [True] == [workspace.commit in comment["body"] for comment in comments]


def test_the_example_of_environments_deploys_side_by_side_to_two_accounts_and_two_regions(
    act: Path, engine_socket: str, tmp_path: Path
) -> None:
    examples = ROOT / "examples"
    workflow = (examples / "environments.yml").read_text(encoding="utf-8")
    files = {".github/workflows/dictionaries.yml": workflow, "search/stopwords.txt": "the\n"}
    config = (examples / "dictionaries-environments.yml").read_text(encoding="utf-8")
    workspace = make_workspace(tmp_path / "workspace", files, config)
    test, production = (f"arn:aws:iam::{digit * 12}:role/dictionaries-deploy" for digit in ("1", "2"))
    roles_and_regions = {
        "test": (test, "eu-west-1"),
        "production-eu": (production, "eu-west-1"),
        "production-us": (production, "us-east-1"),
    }

    with serve(workspace) as services:
        sessions = {name: sign_in(services, *where) for name, where in roles_and_regions.items()}
        packages = {}
        for name, session in sessions.items():
            bucket = f"acme-{name}-dictionaries"
            make_bucket(services, bucket, session)
            make_package(
                services, bucket, "stopwords-us" if name == "production-us" else "stopwords", session
            )
            packages[name] = make_package(services, bucket, "product-synonyms", session)
        us = sessions["production-us"].client("es", endpoint_url=services.aws)
        us.create_elasticsearch_domain(DomainName="search-us")
        roles = {test: sessions["test"], production: sessions["production-eu"]}
        run = run_push(act, engine_socket, tmp_path, workspace, services, workflow, roles)
        messages = {
            name: commit_messages(services, package_id, sessions[name])
            for name, package_id in packages.items()
        }
        comments = [comment["body"] for comment in services.comments()]

    assert 0 == run.returncode, run.stdout
    assert {name: ["", workspace.commit] for name in sessions} == {
        name: sorted(of_one) for name, of_one in messages.items()
    }
    assert len(sessions) == len(comments)
    for name, package_id in packages.items():
        assert [package_id in comment for comment in comments if f"({name})" in comment] == [True]


def run_push(
    act: Path,
    engine_socket: str,
    folder: Path,
    workspace: Workspace,
    services: Services,
    workflow: str,
    roles: Mapping[str, boto3.Session],
) -> subprocess.CompletedProcess[str]:
    """Have act run the workflow for the push that the workspace's tip is; `roles` are those that exist."""
    git(workspace.path, "remote", "add", "origin", "https://github.com/octo/search.git")
    event = folder / "event.json"
    event.write_text(json.dumps(workspace.push_event()), encoding="utf-8")
    return subprocess.run(
        [
            *(str(act), "push", "--eventpath", str(event), "--pull=false"),
            *("--platform", f"ubuntu-latest={JOB_IMAGE}", "--container-daemon-socket", "-"),
            *local_actions(workflow, folder, roles),
            *job_environ(services),
        ],
        cwd=workspace.path,
        env={**os.environ, "DOCKER_HOST": engine_socket, "HOME": str(folder / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )


def first_yaml_block(markdown: str) -> str:
    """The quick start's workflow, which is a push to `main` deployed on `ubuntu-latest`."""
    block = re.search(r"^```yaml\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)
    assert block is not None, "the README has no yaml block"
    assert "jobs" in yaml.safe_load(block[1]), "the README's first yaml block is not a workflow"
    return block[1]


def local_actions(workflow: str, folder: Path, roles: Mapping[str, boto3.Session]) -> list[str]:
    """act's options that put this checkout, and a stand-in for AWS's sign-in, where the workflow says."""
    stand_in = folder / "configure-aws-credentials"
    stand_in.mkdir()
    (stand_in / "action.yml").write_text(sign_in_action(roles), encoding="utf-8")
    action = folder / "action"
    shutil.copytree(ROOT / "src" / "dictionary_deploy", action / "src" / "dictionary_deploy")
    for name in (".dockerignore", "Dockerfile", "LICENSE", "action.yml", "entrypoint.py", "requirements.txt"):
        shutil.copy(ROOT / name, action)
    options = []
    for uses in dict.fromkeys(re.findall(r"^\s*(?:- )?uses:\s*(\S+)", workflow, re.MULTILINE)):
        if not uses.startswith("actions/checkout@"):  # act does that one itself
            local = stand_in if uses.startswith("aws-actions/configure-aws-credentials@") else action
            options += ["--local-repository", f"{uses}={local}"]
    return options


def sign_in_action(roles: Mapping[str, boto3.Session]) -> str:
    """The stand-in's action.yml: a role has the keys of its session, and no other role can be taken on."""
    cases = []
    for role, session in roles.items():
        keys = session.get_credentials()
        assert keys is not None
        cases.append(f"{role}) set -- '{keys.access_key}' '{keys.secret_key}' '{keys.token or ''}' ;;")
    return SIGN_IN % "\n        ".join(cases)


def job_environ(services: Services) -> list[str]:
    """act's options for the job's environment; the token is a secret, as in a real job."""
    pairs = [f"{name}={value}" for name, value in services.endpoints().items()]
    return [option for pair in pairs for option in ("--env", pair)] + ["--secret", "GITHUB_TOKEN=ghs_token"]
