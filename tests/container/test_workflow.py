"""The README's workflows and the recipes, run by act."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sandbox.account import Account
from sandbox.repository import Repository
from sandbox.runner import ROOT

from .act import Act
from .workspace import BUCKET, PACKAGE, Services, make_workspace, payload, serve

pytestmark = pytest.mark.container

PLANS, DEPLOYS = (f"arn:aws:iam::123456789012:role/dictionaries-{each}" for each in ("plan", "deploy"))


def test_readme_quick_start_deploys(act: Act, tmp_path: Path) -> None:
    workflow = first_yaml_block((ROOT / "README.md").read_text(encoding="utf-8"))
    workspace = make_workspace(tmp_path / "workspace", {".github/workflows/dictionaries.yml": workflow})
    roles = {"arn:aws:iam::123456789012:role/dictionaries-deploy": Account("")}

    with serve(workspace) as services:
        services.account.create_bucket(BUCKET)
        package_id = services.account.create_package(PACKAGE, BUCKET)
        run = act.run("push", payload(workspace), workspace, services, workflow, roles)
        messages = services.account.commit_messages(package_id)
        comments = services.comments()

    assert 0 == run.returncode, run.stdout
    assert [workspace.head] == [message for message in messages if message]
    assert [True] == [workspace.head in comment["body"] for comment in comments]


def test_environments_example_deploys_to_two_accounts_in_parallel(act: Act, tmp_path: Path) -> None:
    examples = ROOT / "examples"
    workflow = (examples / "environments.yml").read_text(encoding="utf-8")
    files = {".github/workflows/dictionaries.yml": workflow, "search/stopwords.txt": "the\n"}
    config = (examples / "dictionaries-environments.yml").read_text(encoding="utf-8")
    workspace = make_workspace(tmp_path / "workspace", files, config)
    test, production = (f"arn:aws:iam::{digit * 12}:role/dictionaries-deploy" for digit in ("1", "2"))
    ids_and_regions = {
        "test": ("111111111111", "eu-west-1"),
        "production-eu": ("222222222222", "eu-west-1"),
        "production-us": ("222222222222", "us-east-1"),
    }

    with serve(workspace) as services:
        accounts = {name: services.account.assume_role(*where) for name, where in ids_and_regions.items()}
        packages = {}
        for name, account in accounts.items():
            bucket = f"acme-{name}-dictionaries"
            account.create_bucket(bucket)
            account.create_package("stopwords-us" if name == "production-us" else "stopwords", bucket)
            packages[name] = account.create_package("product-synonyms", bucket)
        accounts["production-us"].client("es").create_elasticsearch_domain(DomainName="search-us")
        roles = {test: accounts["test"], production: accounts["production-eu"]}
        run = act.run("push", payload(workspace), workspace, services, workflow, roles)
        messages = {name: accounts[name].commit_messages(package_id) for name, package_id in packages.items()}
        comments = [comment["body"] for comment in services.comments()]

    assert 0 == run.returncode, run.stdout
    assert {name: ["", workspace.head] for name in accounts} == {
        name: sorted(of_one) for name, of_one in messages.items()
    }
    assert len(accounts) == len(comments)
    for name, package_id in packages.items():
        assert [package_id in comment for comment in comments if f"({name})" in comment] == [True]


def test_rollback_recipe_deploys_the_entered_commit(act: Act, tmp_path: Path) -> None:
    workflow = (ROOT / "examples/rollback.yml").read_text(encoding="utf-8")
    workspace = make_workspace(tmp_path / "workspace", {".github/workflows/rollback.yml": workflow})
    old = workspace.head

    with serve(workspace) as services:
        services.account.create_bucket(BUCKET)
        package_id = services.account.create_package(PACKAGE, BUCKET)
        deploy(workspace, services)
        newer = workspace.commit({"search/synonyms.txt": "tv, television\n"})
        deploy(workspace, services)
        workspace.git("checkout", "--quiet", "--detach", old)
        event = {**payload(workspace), "inputs": {"commit": old}}
        bound = ("--bind", "--input", f"commit={old}")
        run = act.run(
            "workflow_dispatch", event, workspace, services, workflow, {DEPLOYS: services.account}, bound
        )
        messages = services.account.commit_messages(package_id)

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
        services.account.create_bucket(BUCKET)
        services.account.create_package(PACKAGE, BUCKET)
        deploy(workspace, services)
        event = {"schedule": "17 5 * * *", **payload(workspace)}
        options = ("--bind", "--container-options", f"--volume {gh}:/usr/local/bin/gh:ro")
        run = act.run("schedule", event, workspace, services, workflow, {PLANS: services.account}, options)

    assert 0 == run.returncode, run.stdout
    assert "asked: gh issue close 17" in run.stdout


def deploy(workspace: Repository, services: Services) -> None:
    """Deploy the checkout by the command."""
    subprocess.run(
        [sys.executable, str(ROOT / "entrypoint.py"), "deploy", "--branch", "main"],
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
