"""The README's workflows and the recipes, run by act."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .act import Act
from .runner import ROOT
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

PLANS, DEPLOYS = (f"arn:aws:iam::123456789012:role/dictionaries-{each}" for each in ("plan", "deploy"))


def test_readme_quick_start_deploys(act: Act, tmp_path: Path) -> None:
    workflow = first_yaml_block((ROOT / "README.md").read_text(encoding="utf-8"))
    workspace = make_workspace(tmp_path / "workspace", {".github/workflows/dictionaries.yml": workflow})
    roles = {"arn:aws:iam::123456789012:role/dictionaries-deploy": SESSION}

    with serve(workspace) as services:
        make_bucket(services, BUCKET)
        package_id = make_package(services, BUCKET, PACKAGE)
        run = act.run("push", workspace.push_event(), workspace, services, workflow, roles)
        messages = commit_messages(services, package_id)
        comments = services.comments()

    assert 0 == run.returncode, run.stdout
    assert [workspace.commit] == [message for message in messages if message]
    assert [True] == [workspace.commit in comment["body"] for comment in comments]


def test_environments_example_deploys_to_two_accounts_in_parallel(act: Act, tmp_path: Path) -> None:
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
        run = act.run("push", workspace.push_event(), workspace, services, workflow, roles)
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


def test_rollback_recipe_deploys_the_entered_commit(act: Act, tmp_path: Path) -> None:
    workflow = (ROOT / "examples/rollback.yml").read_text(encoding="utf-8")
    workspace = make_workspace(tmp_path / "workspace", {".github/workflows/rollback.yml": workflow})
    old = workspace.commit

    with serve(workspace) as services:
        make_bucket(services, BUCKET)
        package_id = make_package(services, BUCKET, PACKAGE)
        deploy(workspace, services)
        newer = workspace.commit_file("search/synonyms.txt", "tv, television\n")
        deploy(workspace, services)
        git(workspace.path, "checkout", "--quiet", "--detach", old)
        payload = {**workspace.push_event(), "inputs": {"commit": old}}
        bound = ("--bind", "--input", f"commit={old}")
        run = act.run("workflow_dispatch", payload, workspace, services, workflow, {DEPLOYS: SESSION}, bound)
        messages = commit_messages(services, package_id)

    assert 0 == run.returncode, run.stdout
    assert sorted(["", old, newer, old]) == sorted(messages)


def test_check_recipe_closes_its_issue_when_all_is_deployed(act: Act, tmp_path: Path) -> None:
    # What it does when something differs is in tests/examples: the image of the job has neither gh nor jq.
    workflow = (ROOT / "examples/check.yml").read_text(encoding="utf-8")
    workspace = make_workspace(tmp_path / "workspace", {".github/workflows/check.yml": workflow})
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\necho "asked: gh $*" >&2\n[ "$2" != list ] || echo 17\n')
    gh.chmod(0o755)

    with serve(workspace) as services:
        make_bucket(services, BUCKET)
        make_package(services, BUCKET, PACKAGE)
        deploy(workspace, services)
        payload = {"schedule": "17 5 * * *", **workspace.push_event()}
        mounted = ("--container-options", f"--volume {gh}:/usr/local/bin/gh:ro")
        run = act.run("schedule", payload, workspace, services, workflow, {PLANS: SESSION}, mounted)

    assert 0 == run.returncode, run.stdout
    assert "asked: gh issue close 17" in run.stdout


def deploy(workspace: Workspace, services: Services) -> None:
    """Deploy the checkout by the command."""
    subprocess.run(
        [sys.executable, str(ROOT / "entrypoint.py"), "deploy"],
        cwd=workspace.path,
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, **services.environ()},
        check=True,
    )


def first_yaml_block(markdown: str) -> str:
    """Return the quick start's workflow: a push to `main`, deployed on `ubuntu-latest`."""
    block = re.search(r"^```yaml\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)
    assert block is not None, "the README has no yaml block"
    assert "jobs" in yaml.safe_load(block[1]), "the README's first yaml block is not a workflow"
    return block[1]
