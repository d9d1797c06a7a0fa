"""One run deploys the changes of several pull requests: each of them is notified."""

from __future__ import annotations

import re

import pytest

from tests.end_to_end.scene import Scene

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords"}


@pytest.fixture
def deployed(scene: Scene) -> Scene:
    """Two dictionaries, deployed from a commit without a pull request."""
    scene.make_package("product-synonyms")
    scene.make_package("stopwords")
    scene.configure(SYNONYMS, STOPWORDS)
    head = scene.commit({"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\n"})
    scene.add_deployed_version("product-synonyms", head, "tv, television\n")
    scene.add_deployed_version("stopwords", head, "the\n")
    return scene


@pytest.fixture
def merged(deployed: Scene) -> Scene:
    """Pull requests 7, 8 and 9, merged before a run started: 7 and 9 change the same file."""
    deployed.merge({"search/synonyms.txt": "tv, television\npc, computer\n"}, 7)
    deployed.merge({"search/stopwords.txt": "the\na\n"}, 8)
    deployed.merge({"search/synonyms.txt": "tv, television\npc, computer\nlaptop, notebook\n"}, 9)
    return deployed


def comments(scene: Scene, *numbers: int) -> list[list[str]]:
    """Return the comments of each pull request, without the URL of the run."""
    return [[re.sub(r"/runs/\d+", "", body) for body in scene.comments(number)] for number in numbers]


def test_pull_requests_that_went_live_get_one_comment_each(merged: Scene) -> None:
    ran = merged.run()

    told = comments(merged, 7, 8, 9)
    head = merged.git("rev-parse", "HEAD")
    assert ["updated", "updated"] == ran.outcomes, ran.log
    assert [1, 1, 1] == [len(bodies) for bodies in told]
    assert [True, True, True] == [head in body for [body] in told]
    assert "/pull/9#" in ran.outputs["comment-url"]
    assert merged.comments(9) == merged.comments(7) == merged.comments(8)
    together = "This run deployed the changes of several pull requests: #9, #8, #7."
    assert together in ran.log
    assert together in re.sub(r"<span>&#35;</span>", "#", merged.comments(7)[0])


def test_rerun_changes_nothing(merged: Scene) -> None:
    first = merged.run()
    told = comments(merged, 7, 8, 9)
    versions = [merged.messages(name) for name in ("product-synonyms", "stopwords")]

    again = merged.run()

    assert {**first.outputs, "changed": "false"} == again.outputs, again.log
    assert told == comments(merged, 7, 8, 9)
    assert versions == [merged.messages(name) for name in ("product-synonyms", "stopwords")]


def test_deploy_does_not_notify_changes_that_were_live(merged: Scene) -> None:
    merged.run()
    told = [merged.comments(number) for number in (7, 8, 9)]
    merged.merge({"search/synonyms.txt": "tv, television\n"}, 10)

    ran = merged.run()

    assert ["updated", "unchanged"] == ran.outcomes, ran.log
    assert told == [merged.comments(number) for number in (7, 8, 9)]
    assert 1 == len(merged.comments(10))


def test_pull_request_of_other_files_is_not_notified(merged: Scene) -> None:
    merged.merge({"README": "nothing to do with dictionaries"}, 10)
    merged.merge({"search/stopwords.txt": "the\nan\n"}, 11)

    ran = merged.run()

    assert ["updated", "updated"] == ran.outcomes, ran.log
    assert [1, 1, 1, 0, 1] == [len(merged.comments(number)) for number in (7, 8, 9, 10, 11)]


def test_pull_request_without_dictionaries_can_deploy_others(merged: Scene) -> None:
    """The run of a later pull request deploys the changes of earlier ones and notifies them."""
    merged.merge({"README": "nothing to do with dictionaries"}, 10)

    ran = merged.run()

    assert ["updated", "updated"] == ran.outcomes, ran.log
    assert [1, 1, 1, 1] == [len(merged.comments(number)) for number in (7, 8, 9, 10)]


def test_change_that_is_not_live_is_not_notified(merged: Scene) -> None:
    merged.aws.failures.fail_copy("stopwords", error_message="Try again")

    failed = merged.run()
    before = [len(merged.comments(number)) for number in (7, 8, 9)]
    again = merged.run()

    assert ["updated", "failed"] == failed.outcomes, failed.log
    assert [1, 0, 1] == before
    assert ["updated", "updated"] == again.outcomes, again.log
    assert [1, 1, 1] == [len(merged.comments(number)) for number in (7, 8, 9)]


def test_change_reverted_before_it_went_live_is_not_notified(deployed: Scene) -> None:
    deployed.merge({"search/synonyms.txt": "tv, television\npc, computer\n"}, 7)
    deployed.merge({"search/synonyms.txt": "tv, television\n"}, 8)
    deployed.merge({"search/stopwords.txt": "the\na\n"}, 9)

    ran = deployed.run()

    assert ["unchanged", "updated"] == ran.outcomes, ran.log
    assert [0, 0, 1] == [len(deployed.comments(number)) for number in (7, 8, 9)]


def test_change_whose_deploy_failed_is_notified_when_live(deployed: Scene) -> None:
    deployed.merge({"search/synonyms.txt": "tv, television\npc, computer\n"}, 7)
    deployed.aws.failures.fail_copy("product-synonyms", error_message="Try again")
    assert ["failed", "unchanged"] == deployed.run().outcomes
    deployed.merge({"search/synonyms.txt": "tv, television\nlaptop, notebook\n"}, 8)

    ran = deployed.run()

    assert ["updated", "unchanged"] == ran.outcomes, ran.log
    assert 1 == len(deployed.comments(7))
    assert deployed.comments(8) == deployed.comments(7)


def test_rollback_notifies_its_own_and_the_rolled_back_pull_request(merged: Scene) -> None:
    merged.run()
    merged.git("checkout", "--quiet", "HEAD^")
    commit = merged.git("rev-parse", "HEAD")[:12]
    before = merged.comments(7)

    ran = merged.run("workflow_dispatch", inputs={"mode": "rollback"})

    assert "rolled back the changes of pull request #9: search/synonyms.txt has the content" in ran.log
    assert f"of commit {commit} again (v4)" in ran.log
    own, [undone] = merged.comments(8), merged.comments(9)
    assert [undone] == own
    assert "1 of 2 dictionaries rolled back" in undone
    assert before == merged.comments(7)


def test_rollback_to_the_tip_undoes_nothing(merged: Scene) -> None:
    merged.run()
    merged.git("checkout", "--quiet", "HEAD^")
    merged.run("workflow_dispatch", inputs={"mode": "rollback"})
    merged.git("checkout", "--quiet", "main")

    ran = merged.run("workflow_dispatch", inputs={"mode": "rollback"})

    assert "rolled back the changes" not in ran.log
    assert "Deploys skip" not in ran.log
    assert "updated" in ran.outcomes
