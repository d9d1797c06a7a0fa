"""A deploy and GitHub: its requests, its errors and the one comment."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sandbox.faults import Fault
from tests.end_to_end.hunted import disturbed
from tests.end_to_end.scene import BUCKET, REPOSITORY, REPOSITORY_ID, TOKEN, Ran, Scene

FILE = "search/stopwords.txt"
STOPWORDS = {"file": FILE, "package": "stopwords", "kind": "stopwords"}

LOCK_PATH = f"/{BUCKET}/dictionaries/.lock"
CLOSED_PORT = "http://127.0.0.1:1"


@pytest.fixture
def merged(scene: Scene) -> Scene:
    """Create a package by hand and pull request 7, which changes its file."""
    scene.make_package("stopwords")
    scene.configure(STOPWORDS)
    scene.commit({FILE: "the\n"})
    scene.merge({FILE: "the\na\n"}, 7)
    return scene


@pytest.fixture
def deployed(merged: Scene) -> Scene:
    """Deploy pull request 7, whose comment reports it."""
    ran = merged.run()
    assert ["updated"] == ran.outcomes, ran.log
    assert 1 == len(merged.comments(7))
    return merged


def head(scene: Scene) -> str:
    return scene.git("rev-parse", "HEAD")


def history(scene: Scene, package: str = "stopwords") -> list[str]:
    """Return the commit messages of the package with this name, oldest version first."""
    listed = scene.client("es").describe_packages()["PackageDetailsList"]
    [found] = [each["PackageID"] for each in listed if each["PackageName"] == package]
    return scene.history(found)


def marker(scene: Scene) -> str:
    """Return the first line of our comment on pull request 7."""
    [ours] = scene.comments(7)
    return ours.partition("\n")[0]


def comment(scene: Scene, number: int, body: str, token: str = TOKEN) -> str:
    """Post a comment as the user of the token; return its URL."""
    answer = requests.post(
        f"{scene.github_url}/repos/{REPOSITORY}/issues/{number}/comments",
        headers={"Authorization": f"Bearer {token}"},
        json={"body": body},
        timeout=10,
    )
    answer.raise_for_status()
    return str(answer.json()["html_url"])


def asked(scene: Scene) -> list[str]:
    """Return the operations sent to GitHub since `forget`."""
    seen = requests.get(f"{scene.github_url}/_sandbox/requests", timeout=10).json()
    return [request["operation"] for request in seen]


def forget(scene: Scene) -> None:
    requests.delete(f"{scene.github_url}/_sandbox/requests", timeout=10).raise_for_status()


def writes(scene: Scene) -> list[str]:
    """Return the writes to AWS so far, without the bucket, the lock and manual changes."""
    spared = (f"/{BUCKET}/dictionaries/.lock", f"/{BUCKET}/by-hand/")
    return [
        f"{request['operation']} {request['path']}"
        for request in scene.aws.requests
        if request["operation"].partition(":")[2] in {"PutObject", "UpdatePackage", "AssociatePackage"}
        and not request["path"].startswith(spared)
    ]


def warnings(ran: Ran) -> list[str]:
    """Return the warnings as the runner receives them, with escaped line breaks."""
    return [line for line in ran.log.splitlines() if line.startswith("::warning::")]


def assert_deployed(scene: Scene, ran: Ran) -> None:
    """Assert that the version exists and everything but the comment reports it."""
    assert (0, ["updated"], "updated") == (ran.status, ran.outcomes, ran.outputs["result"]), ran.log
    assert head(scene) == history(scene)[-1]
    assert ["s3:PutObject", "es:UpdatePackage"] == [line.split()[0] for line in writes(scene)][-2:]
    assert "" == ran.outputs["failure-reason"]
    told = ("AvailablePackageVersion", head(scene), f"s3://{BUCKET}/dictionaries/stopwords/{head(scene)}.txt")
    assert [] == [part for part in told if part not in ran.summary]


def assert_nothing_written(scene: Scene, ran: Ran) -> None:
    assert (1, [], "failed") == (ran.status, ran.outcomes, ran.outputs["result"]), ran.log
    assert [] == writes(scene)
    assert [""] == history(scene)


# ---------------------------------------------------------------- successful despite errors of GitHub


def test_commit_without_a_pull_request_is_in_the_summary(merged: Scene) -> None:
    merged.commit({FILE: "the\na\nan\n"}, "Straight to main")

    ran = merged.run()

    assert_deployed(merged, ran)
    assert f"No pull request merged {head(merged)}" in ran.log
    assert "" == ran.outputs["comment-url"]
    assert [] == warnings(ran)
    assert [] == merged.comments(7)


def test_token_without_comment_permission_is_a_warning(merged: Scene) -> None:
    ran = merged.run(inputs={"github-token": "read-only"})

    assert_deployed(merged, ran)
    [warning] = warnings(ran)
    assert "403" in warning
    assert "pull-requests: write" in warning
    assert ("", []) == (ran.outputs["comment-url"], merged.comments(7))


@pytest.mark.slow
def test_overlong_comment_is_shortened_and_posted(deployed: Scene) -> None:
    deployed.merge({FILE: "the\na\n" + "".join(f"word-{number}\n" for number in range(9000))}, 8)
    too_long = {"message": "Validation Failed", "errors": [{"message": "Body is too long"}]}
    deployed.answer(method="POST", path="/comments$", status=422, body=too_long)

    ran = deployed.run()

    assert_deployed(deployed, ran)
    [posted] = deployed.comments(8)
    assert 16_384 < len(posted) <= 32_768
    assert "the step summary" in posted
    assert "word-2999" in ran.summary
    assert "word-2999" not in posted
    assert [] == warnings(ran)


def test_failed_comment_is_a_warning(merged: Scene) -> None:
    merged.answer(method="POST", path="/comments$", status=500, body="<html>", times=99)

    ran = merged.run()

    assert_deployed(merged, ran)
    [warning] = warnings(ran)
    assert "The comment could not be posted: GitHub responded with 500" in warning
    assert ("", []) == (ran.outputs["comment-url"], merged.comments(7))


# ---------------------------------------------------------------- failed without writes


@pytest.mark.parametrize(
    ("token", "said"),
    [("", "The GitHub token is missing."), ("expired", "GitHub responded with 401")],
)
def test_invalid_token_writes_nothing(merged: Scene, token: str, said: str) -> None:
    ran = merged.run(inputs={"github-token": token})

    assert_nothing_written(merged, ran)
    assert "github-failed" == ran.outputs["failure-reason"]
    assert said in ran.log
    assert "${{ github.token }}" in ran.log
    [warning] = warnings(ran)
    assert f"The comment could not be posted: {said}" in warning


def test_rate_limit_is_waited_for_without_the_lock(merged: Scene) -> None:
    merged.make_package("more")
    merged.configure(STOPWORDS, {"file": "search/more.txt", "package": "more", "kind": "stopwords"})
    merged.commit({"search/more.txt": "an\n"})
    limited = {"errors": [{"type": "RATE_LIMIT", "message": "API rate limit exceeded"}]}
    # The first query, before the lock, waits by itself.
    merged.answer(
        method="POST", path="/graphql", status=200, body=limited, headers={"retry-after": "1"}, skip=1
    )

    ran = merged.run()

    assert (0, ["updated", "updated"]) == (ran.status, ran.outcomes), ran.log
    assert "Waiting 1 s for the end of GitHub's rate limit, without the lock." in ran.log
    locks = [each for each in merged.aws.requests if each["path"].startswith(LOCK_PATH)]
    assert 2 == [each["operation"] for each in locks].count("s3:GetObject")  # acquired twice


def test_rate_limit_of_one_dictionary_leaves_the_others_alone(merged: Scene) -> None:
    """GitHub limits the query for the order of two commits, which only one dictionary needs."""
    merged.make_package("more")
    merged.git("checkout", "--quiet", "-b", "side")
    side = merged.commit({FILE: "on a side branch\n"})
    merged.add_deployed_version("stopwords", side, "on a side branch\n")
    merged.git("checkout", "--quiet", "main")
    merged.configure(STOPWORDS, {"file": "search/more.txt", "package": "more", "kind": "stopwords"})
    merged.commit({"search/more.txt": "an\n"})
    commit = merged.commit({FILE: "the\na\nan\n"})
    merged.git("merge", "--quiet", "--strategy", "ours", "--message", "Merge side", "side")
    merged.git("checkout", "--quiet", commit)
    compare = f"/repos/{REPOSITORY}/compare/{side}...{commit}"
    merged.answer(method="GET", path=compare, status=429, headers={"retry-after": "1"})

    ran = merged.run()

    assert (0, ["superseded", "updated"]) == (ran.status, ran.outcomes), ran.log
    assert "Waiting 1 s for the end of GitHub's rate limit, without the lock." in ran.log
    assert "true" == ran.outputs["changed"]  # what it did before the wait counts
    assert [["", side], ["", commit]] == [merged.messages(each) for each in ("stopwords", "more")]


def test_rate_limit_that_outlasts_the_run_is_not_waited_for(merged: Scene) -> None:
    merged.answer(method="POST", path="/graphql", status=403, headers={"retry-after": "3600"}, times=9)

    ran = merged.run()

    assert_nothing_written(merged, ran)
    assert "Rerun the job later." in ran.log


def test_deleted_branch_writes_nothing(merged: Scene) -> None:
    ref = "refs/heads/release"

    ran = merged.run(payload=merged.push_payload(ref=ref), inputs={"branch": "release"}, GITHUB_REF=ref)

    assert_nothing_written(merged, ran)
    assert "wrong-branch" == ran.outputs["failure-reason"]
    assert "Branch 'release' not found." in ran.log


# ---------------------------------------------------------------- one comment


def test_second_commit_of_a_pull_request_updates_its_comment(deployed: Scene) -> None:
    [first] = deployed.comments(7)
    deployed.commit({FILE: "the\na\nan\n"}, "Once more (#7)")

    ran = deployed.run()

    [second] = deployed.comments(7)
    assert ["updated"] == ran.outcomes, ran.log
    assert head(deployed) in second
    assert head(deployed) not in first


def test_late_plan_of_a_merged_pull_request_keeps_the_report(deployed: Scene) -> None:
    told = deployed.comments(7)
    deployed.git("checkout", "--quiet", "-b", "late", "HEAD^")
    proposed = deployed.commit({FILE: "the\na\nlate\n"})
    pull_request = {
        "number": 7,
        "merged": False,
        "merge_commit_sha": None,
        "base": {"ref": "main", "sha": deployed.git("rev-parse", "main"), "repo": {"id": REPOSITORY_ID}},
        "head": {"ref": "late", "sha": proposed, "repo": {"id": REPOSITORY_ID}},
    }
    payload = {"action": "synchronize", "pull_request": pull_request, "repository": repository()}

    ran = deployed.run("pull_request", payload, GITHUB_REF="refs/pull/7/merge")

    assert (0, "planned") == (ran.status, ran.outputs["result"]), ran.log
    assert "its comment reports the deploy" in ran.log
    assert told == deployed.comments(7)


def test_plan_comment_that_arrives_after_the_deploy_is_deleted(scene: Scene) -> None:
    """Its POST is in flight while the pull request is merged and deployed."""
    scene.make_package("stopwords")
    scene.clock.skip(60)
    scene.configure(STOPWORDS)
    base = scene.commit({FILE: "the\n"})
    scene.git("checkout", "--quiet", "-b", "change-7")
    proposed = scene.commit({FILE: "the\na\n"})
    scene.git("update-ref", "refs/pull/7/head", proposed)
    checkout = scene.scratch / "checkout-of-the-plan"
    scene.git("clone", "--quiet", str(scene.repository), str(checkout))
    pull_request = {
        "number": 7,
        "merged": False,
        "base": {"ref": "main", "sha": base, "repo": {"id": REPOSITORY_ID}},
        "head": {"ref": "change-7", "sha": proposed, "repo": {"id": REPOSITORY_ID}},
    }
    payload = {"action": "synchronize", "pull_request": pull_request, "repository": repository()}
    post = Fault("hold-before", 1, f"github:POST /repos/{REPOSITORY}/issues/7/comments")
    with disturbed(scene, post) as (urls, held):
        environment = scene.environment(
            "pull_request",
            payload,
            {},
            GITHUB_REF="refs/pull/7/merge",
            GITHUB_WORKSPACE=str(checkout),
            **urls,
        )
        plan = scene.start(environment)
        assert held.struck.wait(60)
        scene.git("checkout", "--quiet", "main")
        scene.git("merge", "--no-ff", "--message", "Merge pull request #7 from octo/change-7", "change-7")
        deployed = scene.run()
        held.released.set()
        planned = scene.finish(plan, environment)

    assert ["updated"] == deployed.outcomes, deployed.log
    assert (0, "planned") == (planned.status, planned.outputs["result"]), planned.log
    assert "its comment reports the deploy" in planned.log
    [report] = scene.comments(7)
    assert head(scene) in report


def test_comment_of_another_author_with_our_marker_is_kept(deployed: Scene) -> None:
    deployed.merge({FILE: "the\na\nan\n"}, 8)
    theirs = f"{marker(deployed)}\nAll is well, says Mallory."
    comment(deployed, 8, theirs, "user:mallory")

    deployed.run()

    assert theirs == deployed.comments(8)[0]
    assert [True] == [head(deployed) in body for body in deployed.comments(8)[1:]]


def test_comment_never_neither_searches_nor_posts(merged: Scene) -> None:
    forget(merged)

    ran = merged.run(inputs={"comment": "never"})

    assert_deployed(merged, ran)
    assert ["Standing", "Standing"] == asked(merged)  # before the lock, and before the version
    assert [] == merged.comments(7)


@pytest.mark.parametrize(("policy", "count"), [("changes", 0), ("always", 1)])
def test_unchanged_commit_gets_a_comment_only_with_always(deployed: Scene, policy: str, count: int) -> None:
    deployed.merge({"README": "nothing to do with dictionaries"}, 8)

    ran = deployed.run(inputs={"comment": policy})

    assert ["unchanged"] == ran.outcomes, ran.log
    assert count == len(deployed.comments(8))
    assert bool(count) == bool(ran.outputs["comment-url"])


def test_existing_comment_is_updated_without_changes(deployed: Scene) -> None:
    deployed.merge({"README": "nothing to do with dictionaries"}, 8)
    url = comment(deployed, 8, f"{marker(deployed)}\nThe plan")

    ran = deployed.run()

    [ours] = deployed.comments(8)
    assert ["unchanged"] == ran.outcomes, ran.log
    assert url == ran.outputs["comment-url"]
    assert "The plan" not in ours
    assert "unchanged" in ours


def test_pull_request_from_the_input_gets_the_comment(merged: Scene) -> None:
    merged.merge({FILE: "the\na\nan\n"}, 8)

    ran = merged.run(inputs={"pull-request": "7"})

    assert ["updated"] == ran.outcomes, ran.log
    assert [1, 0] == [len(merged.comments(number)) for number in (7, 8)]


# ---------------------------------------------------------------- other events


def repository() -> dict[str, Any]:
    return {"id": REPOSITORY_ID, "full_name": REPOSITORY, "default_branch": "main"}


def test_merged_pull_request_event_deploys_its_merge_commit(merged: Scene) -> None:
    side = {"repo": {"id": REPOSITORY_ID}}
    pull_request = {
        "number": 7,
        "merged": True,
        "merge_commit_sha": head(merged),
        "base": {"ref": "main", "sha": merged.git("rev-parse", "HEAD^1"), **side},
        "head": {"ref": "change-7", "sha": merged.git("rev-parse", "HEAD^2"), **side},
    }
    payload = {"action": "closed", "pull_request": pull_request, "repository": repository()}

    ran = merged.run(
        "pull_request",
        payload,
        GITHUB_REF="refs/pull/7/merge",
        GITHUB_SHA=merged.git("rev-parse", "HEAD^2"),
    )

    assert_deployed(merged, ran)
    [ours] = merged.comments(7)
    assert head(merged) in ours


def test_successful_workflow_run_deploys_its_commit(merged: Scene) -> None:
    about = head(merged)
    newer = merged.commit({"README": "nothing to do with dictionaries"})
    merged.git("checkout", "--quiet", about)
    workflow_run = {
        "conclusion": "success",
        "event": "push",
        "head_branch": "main",
        "head_sha": about,
        "head_repository": {"id": REPOSITORY_ID},
    }

    ran = merged.run(
        "workflow_run",
        {"action": "completed", "workflow_run": workflow_run, "repository": repository()},
        GITHUB_SHA=newer,
    )

    assert_deployed(merged, ran)
    assert ["", about] == history(merged)
    assert 1 == len(merged.comments(7))


def test_squash_merge_comments_on_its_pull_request(merged: Scene) -> None:
    merged.commit({FILE: "the\na\nan\n"}, "Change (#9)")

    ran = merged.run()

    assert_deployed(merged, ran)
    [ours] = merged.comments(9)
    assert head(merged) in ours
    assert ran.outputs["comment-url"].endswith(f"#issuecomment-{1_000_000_001}")


# ---------------------------------------------------------------- links
