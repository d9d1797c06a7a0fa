"""The command outside GitHub's runner, and plans of pull requests within it, end to end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dictionary_deploy import __version__
from tests.end_to_end.scene import REPOSITORY, REPOSITORY_ID, Ran, Scene
from tests.end_to_end.terminal import Said, command

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
WORDS = {"file": "search/words.txt", "package": "stopwords", "kind": "stopwords"}
OLD, NEW = "tv, television\n", "tv, television\nlaptop, notebook\n"
DEAD = "http://127.0.0.1:1"
"""An address without a server."""
WRITES = frozenset({"es:CreatePackage", "es:UpdatePackage", "es:AssociatePackage", "s3:PutObject"})
LONG = 60.0
"""Seconds of a copy; the scene's clock skips them."""


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """Create a package by hand and a commit that was never deployed to it."""
    scene.make_package("product-synonyms")
    scene.clock.skip(LONG)
    scene.aws.switches = scene.aws.switches.override({"copy_seconds": 0})
    scene.configure(SYNONYMS, branch="main")
    scene.commit({"search/synonyms.txt": OLD})
    scene.aws.requests.clear()
    return scene


# ---------------------------------------------------------------- the command line


def test_help_names_every_mode_and_option(scene: Scene) -> None:
    said = command(scene, "--help")

    options = ("--config", "--environment", "--comment", "--pull-request", "--timeout-minutes", "--json")
    modes = ("validate", "plan", "deploy", "check", "rollback")
    assert 0 == said.status
    assert [] == [word for word in (*options, *modes) if word not in said.out]


def test_printed_version_is_that_of_the_package(scene: Scene) -> None:
    assert Said(0, f"dictionary-deploy {__version__}\n", "") == command(scene, "--version")


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("dictionary_deploy", (0, f"dictionary-deploy {__version__}\n", "")),
        ("dictionary_deploy.cli", (1, "", "Run `python -m dictionary_deploy`.\n")),
    ],
)
def test_python_m_runs_the_package(module: str, expected: tuple[int, str, str]) -> None:
    source = str(Path(__file__).parents[2] / "src")
    ran = subprocess.run(
        [sys.executable, "-m", module, "--version"],
        env={"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )

    assert expected == (ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("plan", "--colour"), "--colour"),
        (("plan", "deploy"), "deploy"),
        (("deply",), "deply"),
        (("deploy", "--timeout-minutes", "soon"), "'soon'"),
    ],
)
def test_usage_error_is_one_line(scene: Scene, arguments: tuple[str, ...], complaint: str) -> None:
    said = command(scene, *arguments)

    assert 1 == said.status
    assert "" == said.out
    assert complaint in said.err
    assert 1 == len(said.err.splitlines())


def test_mode_auto_without_an_event_lists_the_modes(shop: Scene) -> None:
    said = command(shop)

    assert 1 == said.status
    assert "validate, plan, deploy, check, rollback" in said.err
    assert [] == shop.operations()


# ---------------------------------------------------------------- validate


def test_validate_needs_no_network_git_or_credentials(scene: Scene) -> None:
    scene.aws.requests.clear()
    scene.configure(SYNONYMS)
    scene.write({"search/synonyms.txt": OLD})
    shutil.rmtree(scene.repository / ".git")

    said = command(
        scene,
        "validate",
        AWS_ENDPOINT_URL=DEAD,
        AWS_ACCESS_KEY_ID="",
        AWS_REGION="",
        http_proxy=DEAD,
        https_proxy=DEAD,
    )

    assert 0 == said.status, said
    assert "Valid: 1 of 1." in said.out
    assert [] == scene.operations()


def test_validate_shows_an_invalid_file_with_its_line(scene: Scene) -> None:
    scene.configure(SYNONYMS)
    scene.write({"search/synonyms.txt": b"tv, television\ncaf\xe9, bistro\n"})

    said = command(scene, "validate")

    assert 1 == said.status
    assert "search/synonyms.txt:2:" in said.err
    assert "Valid: 0 of 1." in said.out


NO_SOCKETS = """
import os, sys
sys.addaudithook(lambda event, _: event.startswith("socket.") and os._exit(97))
"""
"""Python imports this first as sitecustomize: the process exits when it creates a socket."""


def test_validate_opens_no_socket_and_a_plan_does(shop: Scene) -> None:
    shop.configure(SYNONYMS, environments={"test": {}, "production": {"bucket": "other"}})
    shop.scratch.mkdir(exist_ok=True)
    (shop.scratch / "sitecustomize.py").write_text(NO_SOCKETS)
    first = {"PYTHONPATH": str(shop.scratch)}

    valid = command(shop, "validate", **first)
    planned = command(shop, "plan", "--environment", "test", **first)

    assert (0, 97) == (valid.status, planned.status), valid


def test_validate_reads_the_files_of_every_environment(scene: Scene) -> None:
    marks = {"file": "search/marks.txt", "package": "marks", "kind": "char-mappings"}
    old, new = (
        {"dictionaries": [{**marks, "engine": engine}]} for engine in ("opensearch-2.4", "opensearch-2.9")
    )
    scene.configure(SYNONYMS, marks, environments={"test": old, "production": new})
    scene.write({"search/synonyms.txt": "tv, telly\nfilm\n", "search/marks.txt": "a => b\n # note\n"})

    said = command(scene, "validate")

    assert 1 == said.status
    assert [
        "search/marks.txt:2:1: error",
        "search/synonyms.txt:2:1: warning",
    ] == [": ".join(line.split(": ")[:2]) for line in said.err.splitlines()]


# ---------------------------------------------------------------- plan, deploy, check


def test_plan_reports_the_deploy_and_writes_nothing(shop: Scene) -> None:
    said = command(shop, "plan", "--json")

    assert (0, ["would-update"]) == (said.status, said.outcomes), said.err
    assert ("planned", True) == (said.outputs["result"], said.outputs["changed"])
    assert set() == WRITES.intersection(shop.operations())


def test_deploy_of_the_tip_queries_git(shop: Scene) -> None:
    said = command(shop, "deploy", "--json", GITHUB_API_URL=DEAD)

    head = shop.git("rev-parse", "HEAD")
    assert (0, ["updated"]) == (said.status, said.outcomes), said.err
    assert ["", head] == shop.messages("product-synonyms")
    assert OLD.encode() == shop.content("product-synonyms", head)


def test_report_without_json_is_plain_text(shop: Scene) -> None:
    said = command(shop, "deploy")

    assert 0 == said.status, said.err
    assert "search/synonyms.txt -> product-synonyms: updated." in said.out
    assert "::" not in said.out + said.err


def test_stdout_is_only_json_even_when_the_run_fails(shop: Scene) -> None:
    said = command(shop, "plan", "--json", "--config", "no-such-file.yml")

    assert 1 == said.status
    assert ("failed", "invalid-config") == (said.outputs["result"], said.outputs["failure-reason"])
    assert "no-such-file.yml" in said.err


def test_deploy_of_an_older_commit_is_superseded_if_the_file_changed(shop: Scene) -> None:
    shop.configure(SYNONYMS, WORDS, branch="main")
    shop.make_package("stopwords")
    shop.commit({"search/words.txt": "the\n"})
    shop.commit({"search/synonyms.txt": NEW})
    shop.git("checkout", "--quiet", "HEAD^")

    said = command(shop, "deploy", "--json")

    assert (0, ["superseded", "updated"]) == (said.status, said.outcomes), said.err
    assert [""] == shop.messages("product-synonyms")


def test_deploy_of_a_commit_off_the_branch_is_refused(shop: Scene) -> None:
    shop.git("checkout", "--quiet", "-b", "topic")
    shop.commit({"search/synonyms.txt": NEW})

    said = command(shop, "deploy", "--json")

    assert (1, "wrong-branch") == (said.status, said.outputs["failure-reason"]), said.err
    assert [""] == shop.messages("product-synonyms")


def test_check_fails_until_the_content_is_deployed(shop: Scene) -> None:
    before = command(shop, "check", "--json")
    command(shop, "deploy")
    shop.aws.requests.clear()

    after = command(shop, "check", "--json")

    assert (1, "drifted") == (before.status, before.outputs["result"]), before.err
    assert (0, "unchanged") == (after.status, after.outputs["result"]), after.err
    assert (False, "") == (after.outputs["changed"], after.outputs["failure-reason"])
    assert "1 dictionary up to date" in after.err
    assert set() == WRITES.intersection(shop.operations())


def test_check_fails_on_a_version_without_a_commit(shop: Scene) -> None:
    command(shop, "deploy")
    [package_id] = {version["package_id"] for version in shop.aws.versions()}
    shop.update_by_hand(package_id, "product-synonyms")

    said = command(shop, "check", "--json")

    assert (1, ["drifted"]) == (said.status, said.outcomes), said.err
    assert "drifted" == said.outputs["failure-reason"]


def test_rolled_back_file_is_held_until_it_changes(shop: Scene) -> None:
    old = shop.git("rev-parse", "HEAD")
    command(shop, "deploy")
    bad = shop.commit({"search/synonyms.txt": NEW})
    command(shop, "deploy")

    shop.git("checkout", "--quiet", old)
    back = command(shop, "rollback", "--json")
    shop.git("checkout", "--quiet", "main")
    again = command(shop, "deploy", "--json")
    shop.commit({"README": "nothing to do with dictionaries"})
    foreseen = command(shop, "plan", "--json")
    held = command(shop, "deploy", "--json")
    better = shop.commit({"search/synonyms.txt": f"{NEW}sofa, couch\n"})
    ended = command(shop, "deploy", "--json")

    assert (0, ["updated"]) == (back.status, back.outcomes), back.err
    assert (
        "skip a rolled-back file" in back.err,
        "skip a rolled-back file" in ended.err,
    ) == (
        True,
        False,
    )
    assert (0, ["held"]) == (again.status, again.outcomes), again.err
    assert (0, ["would-be-held"]) == (foreseen.status, foreseen.outcomes), foreseen.err
    assert (0, ["held"]) == (held.status, held.outcomes), held.err
    assert (0, ["updated"]) == (ended.status, ended.outcomes), ended.err
    assert ["", old, bad, old, better] == shop.messages("product-synonyms")


# ---------------------------------------------------------------- plans of pull requests, in the runner


@pytest.fixture
def proposed(shop: Scene) -> Scene:
    """The main branch is deployed; open pull request 9 changes the file and is checked out."""
    shop.add_deployed_version("product-synonyms", shop.git("rev-parse", "HEAD"), OLD)
    shop.git("checkout", "--quiet", "-b", "change-9")
    head = shop.commit({"search/synonyms.txt": NEW})
    shop.git("update-ref", "refs/pull/9/head", head)
    shop.aws.requests.clear()
    return shop


def plan(
    scene: Scene, *, source_id: int = REPOSITORY_ID, base: str = "main", previous: str = "", **environ: str
) -> Ran:
    """Run for the event that pull request 9 was opened, from the repository with this ID.

    With `previous`, it targeted that branch until this event.
    """
    repository = {"id": REPOSITORY_ID, "full_name": REPOSITORY, "default_branch": "main"}
    pull_request = {
        "number": 9,
        "merged": False,
        "merge_commit_sha": None,
        "head": {"ref": "change-9", "sha": scene.git("rev-parse", "change-9"), "repo": {"id": source_id}},
        "base": {"ref": base, "sha": scene.git("rev-parse", "main"), "repo": repository},
    }
    payload = {"action": "opened", "number": 9, "pull_request": pull_request, "repository": repository}
    if previous:
        payload |= {"action": "edited", "changes": {"base": {"ref": {"from": previous}}}}
    return scene.run("pull_request", payload, None, GITHUB_REF="refs/pull/9/merge", **environ)


def test_plan_comments_in_the_future_tense_and_writes_nothing(proposed: Scene) -> None:
    ran = plan(proposed)

    [comment] = proposed.comments(9)
    assert (0, "planned", ["would-update"]) == (ran.status, ran.outputs["result"], ran.outcomes), ran.log
    assert "would" in comment
    assert "+ laptop, notebook" in comment
    assert "1 dictionary deployed" not in comment
    assert set() == WRITES.intersection(proposed.operations())


def test_plan_refuses_the_26th_package(proposed: Scene) -> None:
    for number in range(23):
        proposed.make_package(f"other-{number}")
    new = {**WORDS, "create": True}
    one, two = ({**new, "package": name, "file": f"search/{name}.txt"} for name in ("one", "two"))
    proposed.configure(SYNONYMS, one, two, branch="main")
    proposed.commit({"search/one.txt": "the\n", "search/two.txt": "the\n"})

    ran = plan(proposed)

    assert ["would-update", "would-create", "failed"] == ran.outcomes, ran.log
    assert (1, "limit-exceeded") == (ran.status, ran.outputs["failure-reason"])
    assert "which has 24, and this deploy would create 1 before it." in ran.log


def test_plan_names_what_the_change_removes(proposed: Scene) -> None:
    proposed.git("checkout", "--quiet", "main")
    proposed.make_package("stopwords")
    proposed.configure(SYNONYMS, WORDS, branch="main")
    proposed.commit({"search/words.txt": "the\n"})
    proposed.git("checkout", "--quiet", "change-9")
    proposed.git("rebase", "--quiet", "main")
    proposed.configure(SYNONYMS, branch="main")
    head = proposed.commit({})
    proposed.git("update-ref", "refs/pull/9/head", head)

    ran = plan(proposed)

    [comment] = proposed.comments(9)
    told = "search/words.txt is removed from the configuration. Package stopwords and its domains keep"
    assert told in ran.log
    assert told in comment


def test_second_plan_updates_the_same_comment(proposed: Scene) -> None:
    plan(proposed)
    head = proposed.commit({"search/synonyms.txt": f"{NEW}sofa, couch\n"})
    proposed.git("update-ref", "refs/pull/9/head", head)

    plan(proposed)

    [comment] = proposed.comments(9)
    assert "+ sofa, couch" in comment


def test_retargeted_pull_request_has_its_comment_updated(proposed: Scene) -> None:
    plan(proposed)
    proposed.git("rm", "--quiet", ".github/dictionaries.yml")  # the new target has no configuration

    ran = plan(proposed, base="next", previous="main")

    [comment] = proposed.comments(9)
    assert (0, "nothing") == (ran.status, ran.outputs["result"]), ran.log
    assert "The pull request targets next, not main. Its merge deploys nothing." in comment
    assert "laptop" not in comment
    assert ran.outputs["comment-url"]


@pytest.mark.parametrize("previous", ["main", "other", ""])
def test_pull_request_into_another_branch_gets_no_comment(proposed: Scene, previous: str) -> None:
    ran = plan(proposed, base="next", previous=previous, INPUT_COMMENT="always")

    assert (0, "nothing", "") == (ran.status, ran.outputs["result"], ran.outputs["comment-url"]), ran.log
    assert [] == proposed.comments(9)


def test_plan_for_a_fork_shows_changes_without_credentials(proposed: Scene) -> None:
    forks_token = {"INPUT_GITHUB-TOKEN": "read-only"}
    ran = plan(
        proposed,
        source_id=999,
        AWS_ACCESS_KEY_ID="",
        AWS_SECRET_ACCESS_KEY="",
        AWS_EC2_METADATA_DISABLED="true",
        **forks_token,
    )

    assert (0, []) == (ran.status, proposed.comments(9)), ran.log
    assert "1 dictionary changed since the base" in ran.summary
    assert "Merge to deploy it, unless its content is deployed already." in ran.summary
    assert "would be deployed" not in ran.summary
    assert "+ laptop, notebook" in ran.summary
    assert "AWS is not accessed for code from another repository" in ran.summary


def test_deploy_report_replaces_the_plan_and_is_kept(proposed: Scene) -> None:
    plan(proposed)
    proposed.git("checkout", "--quiet", "main")
    proposed.git("merge", "--quiet", "--no-ff", "--message", "Merge pull request #9 from o/c", "change-9")
    assert ["updated"] == proposed.run().outcomes
    proposed.git("checkout", "--quiet", "change-9")

    plan(proposed)

    [comment] = proposed.comments(9)
    assert "1 dictionary deployed" in comment
    assert "would-update" not in comment


def test_plan_of_an_invalid_file_fails_with_its_line(proposed: Scene) -> None:
    head = proposed.commit({"search/synonyms.txt": b"tv, television\ncaf\xe9, bistro\n"})
    proposed.git("update-ref", "refs/pull/9/head", head)

    ran = plan(proposed)

    assert (1, ["invalid"]) == (ran.status, ran.outcomes), ran.log
    assert "file=search/synonyms.txt,line=2" in ran.log


def test_plan_that_breaks_an_expectation_fails_with_its_line(proposed: Scene) -> None:
    expected = {"query": "tv", "matches": ["gramophone"]}
    proposed.configure({**SYNONYMS, "expect": [expected]}, branch="main")
    head = proposed.commit({"search/synonyms.txt": OLD})  # as deployed: only the expectation is new
    proposed.git("update-ref", "refs/pull/9/head", head)

    ran = plan(proposed)

    assert (1, ["invalid"]) == (ran.status, ran.outcomes), ran.log
    assert "file=.github/dictionaries.yml,line=8" in ran.log
    [comment] = proposed.comments(9)
    assert "A search for `tv` does not find `gramophone`" in comment
