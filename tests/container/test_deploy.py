"""An end-to-end deploy: a merged pull request, the container, a local AWS and a local GitHub."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from .runner import Engine, Run, run_action
from .workspace import BUCKET, PACKAGE, make_workspace, serve

pytestmark = pytest.mark.container


@dataclass(frozen=True)
class Deploy:
    """A deploy of a push, and the state of AWS and GitHub after it."""

    commit: str
    package_id: str
    run: Run
    messages: Sequence[str]
    comments: Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def deploy(engine: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    folder = tmp_path_factory.mktemp("deploy")
    workspace = make_workspace(folder / "workspace")
    with serve(workspace) as services:
        services.account.create_bucket(BUCKET)
        package_id = services.account.create_package(PACKAGE, BUCKET)
        run = run_action(
            engine,
            image,
            folder / "runner",
            workspace=workspace,
            inputs={},
            environ={**services.environ()},
        )
        messages, comments = services.account.commit_messages(package_id), services.comments()
    assert 0 == run.status, run.log
    return Deploy(workspace.head, package_id, run, messages, comments)


def test_outputs_list_the_updates(deploy: Deploy) -> None:
    dictionaries = json.loads(deploy.run.outputs["dictionaries"])

    assert ("updated", "true") == (deploy.run.outputs["result"], deploy.run.outputs["changed"])
    assert ["updated"] == [entry["outcome"] for entry in dictionaries]


def test_package_gets_one_version_with_the_commit(deploy: Deploy) -> None:
    assert [deploy.commit] == [message for message in deploy.messages if message]


def test_pull_request_gets_one_comment_equal_to_the_summary(deploy: Deploy) -> None:
    assert [deploy.run.outputs["comment-url"]] == [comment["html_url"] for comment in deploy.comments]
    assert deploy.package_id in deploy.comments[0]["body"]
    assert deploy.package_id in deploy.run.summary


def test_first_run_compiles_nothing(deploy: Deploy) -> None:
    assert [] == deploy.run.written
