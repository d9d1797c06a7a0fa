"""Code of another repository: AWS is not called and nothing is deployed, with any credentials."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.scene import REPOSITORY_ID, Ran, Scene

FILE = "search/stopwords.txt"
FORK = 999


@pytest.fixture
def proposed(scene: Scene) -> Scene:
    """Check out a fork's commit whose configuration points elsewhere and deploys everything."""
    scene.make_package("stopwords")
    scene.configure({"file": FILE, "package": "stopwords", "kind": "stopwords"})
    scene.commit({FILE: "the\n"})
    scene.git("checkout", "--quiet", "-b", "main-of-mallory")
    scene.configure(
        {"file": FILE, "package": "stopwords", "kind": "stopwords", "create": True, "take-over": True},
        bucket="mallorys-bucket",
        branch="main",
    )
    scene.commit({FILE: "the\na\n"})
    scene.git("update-ref", "refs/pull/9/head", "HEAD")
    scene.aws.requests.clear()
    return scene


def pull_request(scene: Scene, *, merged: bool = False) -> dict[str, Any]:
    head = {"ref": "main", "sha": scene.git("rev-parse", "HEAD"), "repo": {"id": FORK}}
    base = {"ref": "main", "sha": scene.git("rev-parse", "main"), "repo": {"id": REPOSITORY_ID}}
    return {"number": 9, "merged": merged, "merge_commit_sha": head["sha"], "head": head, "base": base}


def run(scene: Scene, event: str, mode: str, ref: str = "refs/heads/main", action: str = "opened") -> Ran:
    """Run with credentials on a checkout of the fork's commit."""
    head = scene.git("rev-parse", "HEAD")
    repository = {"id": REPOSITORY_ID, "full_name": "octo/shop", "default_branch": "main"}
    about = {"head_sha": head, "head_branch": "main", "event": "push", "conclusion": "success"}
    payload = {
        "action": action,
        "repository": repository,
        "pull_request": pull_request(scene, merged=action == "closed"),
        "workflow_run": {**about, "head_repository": {"id": FORK}},
        "issue": {"number": 9},
        "comment": {"body": "/deploy"},
    }
    sha = head if ref.startswith("refs/pull") else scene.git("rev-parse", "main")
    return scene.run(event, payload, {"mode": mode}, GITHUB_REF=ref, GITHUB_SHA=sha)


@pytest.mark.parametrize(
    ("event", "ref"),
    [
        ("pull_request", "refs/pull/9/merge"),
        ("pull_request_target", "refs/heads/main"),
        ("workflow_run", "refs/heads/main"),
    ],
)
def test_plan_of_a_fork_with_credentials_does_not_call_aws(proposed: Scene, event: str, ref: str) -> None:
    ran = run(proposed, event, "plan", ref)

    assert (0, ["would-update"]) == (ran.status, ran.outcomes), ran.log
    assert [] == proposed.operations()
    assert "AWS is not accessed for code from another repository" in ran.summary


def test_plan_of_a_forks_workflow_run_shows_the_diff_to_its_base(proposed: Scene) -> None:
    """The branch has an entry that the fork's older commit lacks: it is not shown as removed."""
    head = proposed.git("rev-parse", "HEAD")
    proposed.git("checkout", "--quiet", "main")
    tip = proposed.commit({FILE: "newer\nthe\n"})
    proposed.git("checkout", "--quiet", head)
    about = {"head_sha": head, "head_branch": "main", "event": "pull_request", "conclusion": "success"}
    payload = {
        "action": "completed",
        "repository": {"id": REPOSITORY_ID, "full_name": "octo/shop", "default_branch": "main"},
        "workflow_run": {**about, "head_repository": {"id": FORK}},
    }

    ran = proposed.run("workflow_run", payload, {"mode": "plan", "pull-request": "9"}, GITHUB_SHA=tip)

    assert (0, ["would-update"]) == (ran.status, ran.outcomes), ran.log
    [comment] = proposed.comments(9)
    assert "```diff\n+ a\n```" in comment
    assert [] == proposed.operations()


@pytest.mark.parametrize(
    ("event", "mode", "ref", "action"),
    [
        ("pull_request_target", "deploy", "refs/heads/main", "opened"),
        ("pull_request_target", "deploy", "refs/heads/main", "closed"),
        ("workflow_run", "deploy", "refs/heads/main", "completed"),
        ("workflow_run", "rollback", "refs/heads/main", "completed"),
        ("issue_comment", "deploy", "refs/heads/main", "created"),
        ("issue_comment", "plan", "refs/heads/main", "created"),
        ("pull_request", "check", "refs/pull/9/merge", "opened"),
        ("push", "deploy", "refs/heads/main", ""),
        ("workflow_dispatch", "rollback", "refs/heads/main", ""),
    ],
)
def test_commit_on_no_branch_is_never_deployed(
    proposed: Scene, event: str, mode: str, ref: str, action: str
) -> None:
    # Where the bucket is Mallory's, even taking the lock would fail: let him have one here.
    proposed.client("s3").create_bucket(
        Bucket="mallorys-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )

    ran = run(proposed, event, mode, ref, action)

    written = {"PutObject", "UpdatePackage", "CreatePackage", "AssociatePackage"}
    spared = "/mallorys-bucket/dictionaries/.lock"
    assert [] == [
        request["path"]
        for request in proposed.aws.requests
        if request["operation"].partition(":")[2] in written and request["path"] != spared
    ]
    assert "updated" not in ran.outcomes
    assert ["v1"] == [each["version"] for each in proposed.aws.versions()], ran.log
