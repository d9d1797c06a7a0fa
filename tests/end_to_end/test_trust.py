"""Only the workflow's input and the branch select what is deployed, never the commit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.scene import REPOSITORY_ID, Ran, Scene
from tests.end_to_end.terminal import command

FILE = "search/synonyms.txt"
SYNONYMS = {"file": FILE, "package": "product-synonyms", "kind": "synonyms"}
OLD, NEW, EVIL = "tv, television\n", "tv, telly\n", "tv, evil\n"
ROLLBACK = {"mode": "rollback"}
REPOSITORY = {"id": REPOSITORY_ID, "full_name": "octo/shop", "default_branch": "main"}
BUCKET_OF_MALLORY = "mallorys-bucket"


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """A package, and a deployed commit on main."""
    scene.make_package("product-synonyms")
    scene.configure(SYNONYMS)
    scene.add_deployed_version("product-synonyms", scene.commit({FILE: OLD}), OLD)
    return scene


@pytest.fixture(params=["evil", None])
def attacked(shop: Scene, request: pytest.FixtureRequest) -> Scene:
    """An unmerged branch is checked out; its configuration asserts itself, or nothing, and has a bucket."""
    shop.client("s3").create_bucket(
        Bucket=BUCKET_OF_MALLORY, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    shop.git("checkout", "--quiet", "-b", "evil")
    branch = {"branch": request.param} if request.param else {}
    shop.configure(SYNONYMS, bucket=BUCKET_OF_MALLORY, **branch)
    shop.commit({FILE: EVIL})
    shop.aws.requests.clear()
    return shop


def written(scene: Scene) -> list[str]:
    """The writes to AWS, the lock included."""
    return [each for each in scene.operations() if each.split(":")[1] in {"PutObject", "UpdatePackage"}]


def assert_refused(scene: Scene, ran: Ran) -> None:
    assert (1, "wrong-branch") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert [] == written(scene)


def test_unmerged_commit_is_no_rollback_target(attacked: Scene) -> None:
    """The rollback recipe, dispatched on main with the commit's SHA."""
    ran = attacked.run("workflow_dispatch", inputs=ROLLBACK, GITHUB_SHA=attacked.git("rev-parse", "main"))

    assert_refused(attacked, ran)


def test_unmerged_commit_is_not_deployed_after_a_workflow_run(attacked: Scene) -> None:
    """Someone pushed it to `evil`, or as a tag that is named `main`."""
    for head_branch in ("evil", "main"):
        run = {
            "conclusion": "success",
            "event": "push",
            "head_branch": head_branch,
            "head_sha": attacked.git("rev-parse", "HEAD"),
            "head_repository": {"id": REPOSITORY_ID},
        }

        ran = attacked.run("workflow_run", {"workflow_run": run, "repository": REPOSITORY})

        assert [] == written(attacked)
        assert "updated" not in ran.outcomes
        assert ran.status or "The workflow run is for the branch evil" in ran.log


@pytest.mark.parametrize("base", ["evil", "main"])
def test_pull_request_merged_elsewhere_is_not_deployed(attacked: Scene, base: str) -> None:
    """Merged into `evil`; or its merge commit was forced off main again."""
    head = attacked.git("rev-parse", "HEAD")
    side = {"sha": head, "repo": {"id": REPOSITORY_ID}}
    pull_request: dict[str, Any] = {"number": 9, "merged": True, "merge_commit_sha": head}
    pull_request |= {"head": {"ref": "evil-2", **side}, "base": {"ref": base, **side}}
    payload = {"action": "closed", "pull_request": pull_request, "repository": REPOSITORY}

    ran = attacked.run("pull_request_target", payload)

    assert [] == written(attacked)
    assert ran.status or "The pull request targets evil, not main" in ran.log


def test_unmerged_commit_is_not_deployed_from_a_terminal(attacked: Scene) -> None:
    for mode in ("deploy", "rollback", "check"):
        said = command(attacked, mode, "--json")

        # A check names the tip, unless the configuration asserts another branch.
        reasons = {"wrong-branch"} | ({"not-checked-out"} if mode == "check" else set())
        assert 1 == said.status, said.err
        assert said.outputs["failure-reason"] in reasons
    assert [] == attacked.operations()


def test_commit_forced_off_during_the_wait_for_the_lock_is_not_deployed(shop: Scene) -> None:
    """The branch has the commit when the run begins, and no longer when the run has the lock."""
    head = shop.commit({FILE: NEW})
    shop.git("checkout", "--quiet", "--detach")
    shop.git("branch", "--quiet", "--force", "main", "main^")
    at_first = {"target": {"oid": head}, "f0": {"aheadBy": 0, "behindBy": 0}}
    answer = {"data": {"repository": {"ref": at_first, "here": None, "tip": None}}}
    shop.answer(method="POST", path="/graphql", status=200, operation="Standing", body=answer)
    shop.aws.requests.clear()

    # For a push, a tip behind its commit would be queried again for 30 seconds.
    ran = shop.run("workflow_dispatch")

    assert (1, ["failed"]) == (ran.status, ran.outcomes), ran.log
    assert "wrong-branch" == ran.outputs["failure-reason"]
    paths = {each["path"] for each in shop.aws.requests if each["operation"] in written(shop)}
    assert {"/acme-dictionaries/dictionaries/.lock"} == paths


def test_missing_branch_input_is_refused_for_every_event(shop: Scene) -> None:
    shop.configure(SYNONYMS, branch="release")
    shop.commit({})
    for event, ref in (
        ("push", "refs/heads/other"),
        ("push", "refs/heads/main"),
        ("schedule", "refs/heads/main"),
    ):
        ran = shop.run(event, payload=shop.push_payload(ref=ref), GITHUB_REF=ref)

        assert_refused_by_config(ran)


def assert_refused_by_config(ran: Ran) -> None:
    assert (1, "wrong-branch") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert "with: branch: release" in ran.log


def test_typo_in_the_branch_input_fails_runs_with_nothing_to_do(shop: Scene) -> None:
    ref = "refs/heads/other"
    payload = shop.push_payload(ref=ref)

    fine = shop.run(payload=payload, GITHUB_REF=ref)
    typo = shop.run(payload=payload, inputs={"branch": "mian"}, GITHUB_REF=ref)

    assert (0, "nothing") == (fine.status, fine.outputs["result"]), fine.log
    assert (1, "wrong-branch") == (typo.status, typo.outputs["failure-reason"]), typo.log
    assert "Branch 'mian' not found" in typo.log


def test_input_selects_a_branch_other_than_the_default_one(shop: Scene) -> None:
    shop.git("checkout", "--quiet", "-b", "release")
    shop.configure(SYNONYMS, branch="release")
    head = shop.commit({FILE: NEW})
    ref = "refs/heads/release"

    ran = shop.run(payload=shop.push_payload(ref=ref), inputs={"branch": "release"}, GITHUB_REF=ref)
    dispatched = shop.run(
        "repository_dispatch", inputs={"branch": "release"}, GITHUB_SHA=shop.git("rev-parse", "main")
    )

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert (0, ["updated"]) == (dispatched.status, dispatched.outcomes), dispatched.log
    assert head == shop.messages("product-synonyms")[-1]
    assert 3 == len(shop.messages("product-synonyms"))


@pytest.mark.parametrize("attacked", [None], indirect=True)
def test_plan_of_a_default_branch_event_is_refused_off_the_branch(attacked: Scene) -> None:
    """The event has another branch than the deployed one, so the commit is the checked-out one."""
    attacked.git("branch", "release", "main")

    inputs = {"branch": "release", "mode": "plan"}
    ran = attacked.run("repository_dispatch", inputs=inputs, GITHUB_SHA=attacked.git("rev-parse", "main"))

    assert_refused(attacked, ran)
    assert [] == attacked.operations()


def test_without_a_payload_github_reports_the_default_branch(shop: Scene) -> None:
    shop.commit({FILE: NEW})

    ran = shop.run("schedule", payload={"schedule": "0 5 * * *"})

    assert (1, ["would-update"]) == (ran.status, ran.outcomes), ran.log


@pytest.mark.parametrize(("event", "status"), [("workflow_dispatch", 0), ("release", 1)])
def test_without_git_only_four_events_are_trusted(shop: Scene, event: str, status: int) -> None:
    shop.commit({FILE: NEW})
    head = shop.git("rev-parse", "HEAD")
    shop.aws.requests.clear()
    export = shop.scratch.parent / "export"
    export.mkdir()
    shop.git("worktree", "add", "--quiet", "--detach", str(export), head)
    (export / ".git").unlink()

    ran = shop.run(event, inputs={"mode": "deploy"}, GITHUB_WORKSPACE=str(export))

    assert status == ran.status, ran.log
    if status:
        assert ("not-checked-out", []) == (ran.outputs["failure-reason"], shop.operations())


# ---------------------------------------------------------------- rollbacks


def test_rollback_uses_the_configuration_of_the_tip(shop: Scene) -> None:
    """Since the commit, the package was renamed, a domain was added and the file was moved."""
    old = shop.git("rev-parse", "HEAD")
    shop.client("es").create_elasticsearch_domain(DomainName="search-prod")
    shop.make_package("shop-synonyms")
    shop.clock.skip(60)
    moved = {"file": "dictionaries/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
    shop.git("mv", FILE, "synonyms.tmp")
    shop.write({"dictionaries/.keep": ""})
    shop.git("mv", "synonyms.tmp", "dictionaries/synonyms.txt")
    added = {"file": "search/stopwords.txt", "package": "shop-synonyms", "kind": "stopwords"}
    shop.configure(moved, added, domains=["search-prod"])
    bad = shop.commit({"dictionaries/synonyms.txt": NEW, "search/stopwords.txt": "the\n"})
    shop.add_deployed_version("product-synonyms", bad, NEW)
    shop.git("checkout", "--quiet", old)

    ran = shop.run("workflow_dispatch", inputs=ROLLBACK, GITHUB_SHA=bad)

    assert (0, ["updated", "skipped"]) == (ran.status, ran.outcomes), ran.log
    assert ["", old, bad, old] == shop.messages("product-synonyms")
    assert OLD.encode() == shop.content("product-synonyms", old)
    [domain] = ran.dictionaries[0]["domains"]
    assert ("search-prod", "ACTIVE") == (domain["DomainName"], domain["DomainPackageStatus"])
    assert "has no file search/stopwords.txt" in ran.dictionaries[1]["message"]


@pytest.mark.parametrize("is_named_at_tip", [True, False], ids=["by name at the tip", "by ID at the tip"])
def test_rollback_of_a_moved_file_matches_id_and_name(scene: Scene, *, is_named_at_tip: bool) -> None:
    package_id, name = scene.make_package("product-synonyms"), "product-synonyms"
    at_commit, at_tip = (package_id, name) if is_named_at_tip else (name, package_id)
    scene.configure({**SYNONYMS, "package": at_commit})
    old = scene.commit({FILE: OLD})
    scene.add_deployed_version(name, old, OLD)
    scene.git("rm", "--quiet", FILE)
    scene.configure({**SYNONYMS, "package": at_tip, "file": "moved.txt"})
    bad = scene.commit({"moved.txt": NEW})
    scene.add_deployed_version(name, bad, NEW)
    scene.git("checkout", "--quiet", old)

    ran = scene.run("workflow_dispatch", inputs=ROLLBACK, GITHUB_SHA=bad)

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
    assert ["", old, bad, old] == scene.messages(name)


def test_rollback_warns_about_content_that_was_never_live(shop: Scene) -> None:
    never_live = shop.commit({FILE: "tv, screen\n"})
    like_the_first = shop.commit({FILE: OLD})
    bad = shop.commit({FILE: NEW})
    shop.add_deployed_version("product-synonyms", bad, NEW)
    warned = {}
    for commit in (never_live, like_the_first):
        shop.git("checkout", "--quiet", commit)

        ran = shop.run("workflow_dispatch", inputs=ROLLBACK, GITHUB_SHA=bad)

        assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log
        warned[commit] = "may never have been live" in ran.summary, "may never have been live" in ran.log

    assert {never_live: (True, True), like_the_first: (False, False)} == warned


def test_rollback_names_the_tip_with_the_faulty_configuration(shop: Scene) -> None:
    old = shop.git("rev-parse", "HEAD")
    tip = shop.commit({".github/dictionaries.yml": "bucket: 7\n"})
    shop.git("checkout", "--quiet", old)
    shop.aws.requests.clear()

    ran = shop.run("workflow_dispatch", inputs=ROLLBACK, GITHUB_SHA=tip)

    assert (1, "invalid-config") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert f"The configuration at the tip of main, commit {tip}, cannot be used" in ran.log
    assert [] == written(shop)


def test_rollback_with_an_untracked_configuration_uses_the_workspace(shop: Scene) -> None:
    old = shop.git("rev-parse", "HEAD")
    shop.git("rm", "--quiet", "--cached", ".github/dictionaries.yml")
    shop.write({".git/info/exclude": ".github\n"})
    bad = shop.commit({FILE: NEW})
    shop.add_deployed_version("product-synonyms", bad, NEW)
    shop.git("checkout", "--quiet", "--force", old)

    ran = shop.run("workflow_dispatch", inputs=ROLLBACK, GITHUB_SHA=bad)

    assert (0, ["updated"]) == (ran.status, ran.outcomes), ran.log


def test_rollback_without_the_configuration_of_the_tip_is_refused(shop: Scene) -> None:
    old = shop.git("rev-parse", "HEAD")
    tip = shop.commit({FILE: NEW})
    shop.git("checkout", "--quiet", old)
    shop.aws.requests.clear()
    lacks = {"message": f"No commit found for the ref {tip}"}
    shop.answer(method="GET", path="/contents/.*dictionaries.yml", status=404, body=lacks)

    ran = shop.run("workflow_dispatch", inputs=ROLLBACK, GITHUB_SHA=tip)

    assert (1, "github-failed") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert "GitHub does not return .github/dictionaries.yml at the branch's tip" in ran.log
    assert [] == written(shop)


def test_rollback_without_any_file_fails(shop: Scene) -> None:
    before = shop.git("rev-parse", "HEAD")
    shop.configure({**SYNONYMS, "file": "search/new.txt", "package": "other-package"})
    shop.commit({"search/new.txt": NEW})
    shop.git("checkout", "--quiet", before)
    shop.aws.requests.clear()

    ran = shop.run("workflow_dispatch", inputs=ROLLBACK)

    assert (1, "not-checked-out") == (ran.status, ran.outputs["failure-reason"]), ran.log
    assert f"Nothing was rolled back: commit {before} has none of the files search/new.txt." in ran.log
    assert [] == shop.operations()


def test_rollback_outside_github_uses_the_configuration_of_the_tip(shop: Scene) -> None:
    old = shop.git("rev-parse", "HEAD")
    shop.configure({**SYNONYMS, "description": "Product synonyms", "create": True})
    bad = shop.commit({FILE: NEW})
    shop.add_deployed_version("product-synonyms", bad, NEW)
    shop.git("checkout", "--quiet", old)

    said = command(shop, "rollback", "--json")

    assert (0, ["updated"]) == (said.status, said.outcomes), said.err
    details = said.outputs["dictionaries"][0]["package_details"]
    assert "Product synonyms" == details["PackageDescription"]
