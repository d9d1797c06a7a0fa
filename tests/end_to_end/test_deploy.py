"""A merge to main, end to end: the real program, real HTTP, a local AWS and a local GitHub."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.end_to_end.scene import BUCKET, REPOSITORY, REPOSITORY_ID, Scene

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
STOPWORDS = {"file": "search/stopwords.txt", "package": "stopwords", "kind": "stopwords"}


@pytest.fixture
def merged(scene: Scene) -> Scene:
    """Two deployed dictionaries, then pull request 7 that changes one of two files."""
    scene.make_package("product-synonyms")
    scene.make_package("stopwords")
    scene.configure(SYNONYMS, STOPWORDS)
    head = scene.commit({"search/synonyms.txt": "tv, television\n", "search/stopwords.txt": "the\na\n"})
    scene.add_deployed_version("product-synonyms", head, "tv, television\n")
    scene.add_deployed_version("stopwords", head, "the\na\n")
    scene.merge({"search/synonyms.txt": "tv, television\nlaptop, notebook\n"}, 7)
    return scene


def ids(scene: Scene) -> dict[str, str]:
    listed = scene.client("es").describe_packages()["PackageDetailsList"]
    return {package["PackageName"]: package["PackageID"] for package in listed}


def test_merge_creates_a_version_with_its_commit(merged: Scene) -> None:
    ran = merged.run()

    head = merged.git("rev-parse", "HEAD")
    assert 0 == ran.status, ran.log
    assert ["updated", "unchanged"] == ran.outcomes
    assert head == merged.history(ids(merged)["product-synonyms"])[-1]
    assert 2 == len(merged.history(ids(merged)["stopwords"]))
    assert b"tv, television\nlaptop, notebook\n" == merged.content("product-synonyms", head)


def test_object_is_encrypted_with_checksum_and_source(merged: Scene) -> None:
    merged.run()

    head = merged.git("rev-parse", "HEAD")
    content = (merged.repository / "search/synonyms.txt").read_bytes()
    stored = merged.client("s3").head_object(Bucket=BUCKET, Key=f"dictionaries/product-synonyms/{head}.txt")
    assert "AES256" == stored["ServerSideEncryption"]
    assert {
        "sha256": hashlib.sha256(content).hexdigest(),
        "commit": head,
        "file": "search/synonyms.txt",
        "repository": REPOSITORY,
        "repository-id": str(REPOSITORY_ID),
        "config": ".github/dictionaries.yml",
    } == stored["Metadata"]


def test_comment_has_every_member_of_the_api(merged: Scene) -> None:
    ran = merged.run()

    [comment] = merged.comments(7)
    listed = merged.client("es").describe_packages()["PackageDetailsList"]
    [details] = [package for package in listed if package["PackageName"] == "product-synonyms"]
    assert [] == [member for member in details if member not in comment]
    assert merged.git("rev-parse", "HEAD") in comment
    assert "+ laptop, notebook" in comment
    assert ran.outputs["comment-url"]


def test_outputs_are_those_of_the_contract(merged: Scene) -> None:
    ran = merged.run()

    synonyms, stopwords = ran.dictionaries
    head, before = merged.git("rev-parse", "HEAD"), merged.git("rev-parse", "HEAD^")
    assert "updated" == ran.outputs["result"]
    assert "true" == ran.outputs["changed"]
    assert "" == ran.outputs["failure-reason"]
    assert (head, before) == (synonyms["commit"], synonyms["previous_commit"])
    assert f"s3://{BUCKET}/dictionaries/product-synonyms/{head}.txt" == synonyms["object"]
    assert {"added": 2, "removed": 0, "changed": 0, "total": 4}.items() <= synonyms["entries"].items()
    assert "AVAILABLE" == synonyms["package_details"]["PackageStatus"]
    assert "v3" == synonyms["package_details"]["AvailablePackageVersion"]
    assert not synonyms["adopted"]
    assert "unchanged" == stopwords["outcome"]


def test_rerun_adds_no_version_and_reports_the_same(merged: Scene) -> None:
    first = merged.run()
    comment = merged.comments(7)
    history = merged.history(ids(merged)["product-synonyms"])

    again = merged.run()

    assert 0 == again.status, again.log
    assert history == merged.history(ids(merged)["product-synonyms"])
    assert first.dictionaries == again.dictionaries
    assert {**first.outputs, "changed": "false"} == again.outputs
    assert "true" == first.outputs["changed"]
    assert comment[0].replace("/runs/1", "") == merged.comments(7)[0].replace("/runs/2", "")
    assert 1 == len(merged.comments(7))


def test_nine_of_ten_are_deployed_when_one_is_refused(scene: Scene) -> None:
    names = [f"words-{number}" for number in range(10)]
    for name in names:
        scene.make_package(name)
    scene.configure(*({"file": f"{name}.txt", "package": name, "kind": "stopwords"} for name in names))
    scene.commit({f"{name}.txt": "" if name == "words-4" else f"{name}\n" for name in names})

    ran = scene.run()

    assert ["updated"] * 4 + ["invalid"] + ["updated"] * 5 == ran.outcomes, ran.log


def test_older_commit_deploys_no_file_that_changed_since(merged: Scene) -> None:
    old = merged.git("rev-parse", "HEAD^")
    merged.run()
    history = merged.history(ids(merged)["product-synonyms"])
    newer = merged.commit({"search/synonyms.txt": "pc, computer\n"})
    merged.git("checkout", "--quiet", f"{newer}^")

    ran = merged.run(payload=merged.push_payload())
    merged.git("checkout", "--quiet", old)
    older = merged.run(payload=merged.push_payload())

    assert 0 == ran.status, ran.log
    assert ["superseded", "updated"] == older.outcomes, older.log
    assert history == merged.history(ids(merged)["product-synonyms"])


def test_rerun_does_not_restore_reverted_content(merged: Scene) -> None:
    merged.run()
    reverted = merged.git("rev-parse", "HEAD")
    merged.git("revert", "--no-edit", "-m", "1", "HEAD")
    assert ["updated", "unchanged"] == merged.run().outcomes
    history = merged.history(ids(merged)["product-synonyms"])
    merged.git("checkout", "--quiet", reverted)

    ran = merged.run(payload=merged.push_payload())

    assert 0 == ran.status, ran.log
    assert "superseded" == ran.outcomes[0]
    assert history == merged.history(ids(merged)["product-synonyms"])


def test_console_version_is_kept_while_the_file_is_unchanged(merged: Scene) -> None:
    merged.run()
    merged.update_by_hand(ids(merged)["product-synonyms"], "product-synonyms")
    merged.aws.switches = merged.aws.switches.override({"copy_seconds": 0})
    merged.merge({"search/stopwords.txt": "the\nan\n"}, 8)

    ran = merged.run()

    assert ["drifted", "updated"] == ran.outcomes, ran.log
    assert 0 == ran.status
    assert "from the console" in ran.dictionaries[0]["message"]


def test_package_of_another_repository_is_kept(merged: Scene) -> None:
    ran = merged.run(GITHUB_REPOSITORY_ID="999")

    assert 1 == ran.status
    assert ["failed", "failed"] == ran.outcomes
    assert "owned-elsewhere" == ran.outputs["failure-reason"]


def test_push_to_another_branch_does_nothing(merged: Scene) -> None:
    ran = merged.run(payload=merged.push_payload(ref="refs/heads/topic"), GITHUB_REF="refs/heads/topic")

    assert (0, "nothing") == (ran.status, ran.outputs["result"]), ran.log
    assert re.fullmatch(r"Nothing to do\. The push is to .+\. Deploys come from main\.\n", ran.summary)


def test_checkout_of_another_commit_error_names_the_ref(merged: Scene) -> None:
    payload, environ = merged.push_payload(), {"GITHUB_SHA": merged.git("rev-parse", "HEAD")}
    merged.git("checkout", "--quiet", "HEAD^")

    ran = merged.run(payload=payload, **environ)

    assert 1 == ran.status
    assert "not-checked-out" == ran.outputs["failure-reason"]
    assert "ref: ${{ github.sha }}" in ran.log


def test_unreadable_files_do_not_call_aws(scene: Scene) -> None:
    scene.configure(SYNONYMS)
    scene.commit({})
    asked = len(scene.operations())

    ran = scene.run()

    assert ["invalid"] == ran.outcomes
    assert asked == len(scene.operations())
