"""Late runs, forced pushes, tags and rollbacks never replace the state of the branch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.scene import BUCKET, REPOSITORY, REPOSITORY_ID, Ran, Scene

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
FILE = "search/synonyms.txt"
PACKAGE = "product-synonyms"
OLD, NEW, NEWEST = "tv, television\n", "tv, telly\n", "tv, telly, television\n"
ROLLBACK = {"mode": "rollback"}


@pytest.fixture
def deployed(scene: Scene) -> Scene:
    """Two commits of one dictionary, each deployed."""
    scene.make_package(PACKAGE)
    scene.configure(SYNONYMS)
    for content in (OLD, NEW):
        scene.add_deployed_version(PACKAGE, scene.commit({FILE: content}), content)
    return scene


def commits(scene: Scene) -> list[str]:
    """The commits of the branch, oldest first."""
    return scene.git("rev-list", "--reverse", "main").split()


def run_at(scene: Scene, commit: str, event: str = "push", **more: Any) -> Ran:
    """Run at that commit; check the branch out again afterwards."""
    scene.git("checkout", "--quiet", commit)
    try:
        return scene.run(event, **more)
    finally:
        scene.git("checkout", "--quiet", "main")


def test_late_or_repeated_run_keeps_the_state_of_the_branch(deployed: Scene) -> None:
    old, new = commits(deployed)
    newest = deployed.commit({FILE: NEWEST})
    first = run_at(deployed, newest)
    late = [run_at(deployed, commit) for commit in (new, old)]

    assert (0, ["updated"]) == (first.status, first.outcomes), first.log
    assert [(0, ["superseded"])] * 2 == [(ran.status, ran.outcomes) for ran in late], late[0].log
    assert ["", old, new, newest] == deployed.messages(PACKAGE)


def test_branch_forced_back_is_deployed_and_lost_commits_are_not(
    deployed: Scene,
) -> None:
    old, lost = commits(deployed)
    never = deployed.commit({FILE: "lost before its run\n"})
    deployed.git("reset", "--quiet", "--hard", old)
    forced = deployed.run(payload=deployed.push_payload(before=lost, forced=True))
    other = deployed.commit({FILE: NEWEST})
    rewritten = deployed.run()
    rerun, late = run_at(deployed, lost), run_at(deployed, never)

    assert [["updated"], ["updated"]] == [forced.outcomes, rewritten.outcomes], forced.log + rewritten.log
    assert (1, "wrong-branch") == (rerun.status, rerun.outputs["failure-reason"]), rerun.log
    assert (1, "wrong-branch") == (late.status, late.outputs["failure-reason"]), late.log
    assert ["", old, lost, old, other] == deployed.messages(PACKAGE)


def test_merge_queue_plans_its_group_and_writes_nothing(deployed: Scene) -> None:
    base = deployed.git("rev-parse", "HEAD")
    deployed.git("checkout", "--quiet", "-b", "gh-readonly-queue/main/pr-7")
    group = deployed.commit({FILE: NEWEST})
    payload = {
        "action": "checks_requested",
        "merge_group": {
            "head_sha": group,
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-7",
            "base_sha": base,
            "base_ref": "refs/heads/main",
        },
        "repository": {"id": REPOSITORY_ID, "full_name": REPOSITORY, "default_branch": "main"},
    }
    before = deployed.messages(PACKAGE)
    deployed.aws.requests.clear()

    ran = deployed.run("merge_group", payload, GITHUB_REF="refs/heads/gh-readonly-queue/main/pr-7")

    assert (0, ["would-update"]) == (ran.status, ran.outcomes), ran.log
    assert before == deployed.messages(PACKAGE)
    assert set() == {"s3:PutObject", "es:UpdatePackage", "es:AssociatePackage"} & {*deployed.operations()}


def test_tag_is_deployed_if_newer_than_the_deployed_commit(deployed: Scene) -> None:
    old, new = commits(deployed)
    newest = deployed.commit({FILE: NEWEST})
    deployed.commit({FILE: f"{NEWEST}sofa, couch\n"})
    deploy = {"event": "release", "inputs": {"mode": "deploy"}, "GITHUB_REF": "refs/tags/v1"}

    newer = run_at(deployed, newest, **deploy)
    older = run_at(deployed, old, **deploy)

    assert (0, ["updated"]) == (newer.status, newer.outcomes), newer.log
    assert (0, ["superseded"]) == (older.status, older.outcomes), older.log
    assert ["", old, new, newest] == deployed.messages(PACKAGE)


def test_rollback_to_a_tag_is_kept_until_the_file_changes(deployed: Scene) -> None:
    old, bad = commits(deployed)

    back = run_at(
        deployed, old, "workflow_dispatch", inputs=ROLLBACK, GITHUB_REF="refs/tags/v1", GITHUB_SHA=old
    )
    reruns = [run_at(deployed, bad), run_at(deployed, old, "workflow_dispatch", inputs=ROLLBACK)]
    deployed.commit({"README": "nothing to do with dictionaries"})
    unrelated = deployed.run()
    better = deployed.commit({FILE: NEWEST})
    ended = deployed.run()
    reverted = deployed.commit({FILE: NEW})
    revert = deployed.run()

    assert (0, ["updated"]) == (back.status, back.outcomes), back.log
    assert [["held"], ["updated"]] == [ran.outcomes for ran in reruns], reruns[0].log + reruns[1].log
    assert (0, ["held"]) == (unrelated.status, unrelated.outcomes), unrelated.log
    assert (0, ["updated"]) == (ended.status, ended.outcomes), ended.log
    assert (0, ["updated"]) == (revert.status, revert.outcomes), revert.log
    assert ["", old, bad, old, better, reverted] == deployed.messages(PACKAGE)


def test_rollback_holds_a_bad_commit_whose_deploy_still_waits(deployed: Scene) -> None:
    old, live = commits(deployed)
    deployed.commit({FILE: "bad, worse\n"})

    back = run_at(deployed, live, "workflow_dispatch", inputs=ROLLBACK)
    waiting = deployed.run()
    check = deployed.run("schedule")

    assert (0, ["updated"]) == (back.status, back.outcomes), back.log
    assert (0, ["held"]) == (waiting.status, waiting.outcomes), waiting.log
    assert (1, ["held"]) == (check.status, check.outcomes), check.log
    assert ["", old, live] == deployed.messages(PACKAGE)


def test_record_of_rollbacks_in_an_unknown_form_stops_everything(deployed: Scene) -> None:
    deployed.client("s3").put_object(Bucket=BUCKET, Key="dictionaries/.holds", Body=b'{"form": 2}')
    before = deployed.messages(PACKAGE)
    deployed.commit({FILE: NEWEST})

    ran = deployed.run()

    assert (1, ["failed"]) == (ran.status, ran.outcomes), ran.log
    assert "dictionaries/.holds, the record of rollbacks, has an unknown format" in ran.log
    assert before == deployed.messages(PACKAGE)


def test_built_file_of_a_stale_commit_is_superseded_if_the_tip_tracks_it(deployed: Scene) -> None:
    deployed.git("rm", "--quiet", FILE)
    stale = deployed.commit({})
    deployed.commit({FILE: NEWEST})
    before = deployed.messages(PACKAGE)
    deployed.git("checkout", "--quiet", stale)
    path = deployed.repository / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text("built, by an earlier step\n")

    ran = deployed.run()

    assert (0, ["superseded"]) == (ran.status, ran.outcomes), ran.log
    assert before == deployed.messages(PACKAGE)
