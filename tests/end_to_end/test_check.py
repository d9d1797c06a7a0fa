"""The daily check: it reports each difference between AWS and the branch with its remedy and duration."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from tests.end_to_end.scene import BUCKET, Ran, Scene

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
FILE = "search/synonyms.txt"
PACKAGE = "product-synonyms"
MOMENT = r"\d{4}-\d\d-\d\dT[\d:.]+Z"
LONG = 60.0


@pytest.fixture
def deployed(scene: Scene) -> Scene:
    """One dictionary, deployed to one of two domains that have its package."""
    package_id = scene.make_package(PACKAGE)
    scene.clock.skip(LONG)
    for domain in ("search-other", "search-prod"):
        scene.client("es").create_elasticsearch_domain(DomainName=domain)
        scene.client("es").associate_package(PackageID=package_id, DomainName=domain)
    scene.configure(SYNONYMS, domains=["search-prod"])
    scene.add_deployed_version(PACKAGE, scene.commit({FILE: "tv, television\n"}), "tv, television\n")
    scene.client("es").associate_package(PackageID=package_id, DomainName="search-prod")
    scene.clock.skip(LONG)
    return scene


def package_id(scene: Scene) -> str:
    [found] = {version["package_id"] for version in scene.aws.versions() if version["package"] == PACKAGE}
    return str(found)


def check(scene: Scene) -> Ran:
    scene.aws.requests.clear()
    ran = scene.run("schedule")
    writes = {"es:UpdatePackage", "es:CreatePackage", "es:AssociatePackage", "s3:PutObject"}
    assert set() == writes & {*scene.operations()}
    return ran


def assert_found(ran: Ran, outcome: str, since: str, remedy: str) -> None:
    """Assert that the dictionary is a finding; log, annotation and summary have its duration and remedy."""
    assert (1, "drifted", [outcome]) == (ran.status, ran.outputs["result"], ran.outcomes), ran.log
    assert re.search(since, ran.dictionaries[0]["message"]), ran.dictionaries[0]["message"]
    assert remedy in ran.log
    assert "::error" in ran.log
    assert re.search(rf"^\| ❌ \| .* \| {remedy}[^|]* \|$", ran.summary, re.MULTILINE), ran.summary


def test_up_to_date_package_passes_and_an_extra_domain_is_noted(deployed: Scene) -> None:
    ran = check(deployed)

    assert (0, "unchanged", "") == (ran.status, ran.outputs["result"], ran.outputs["failure-reason"]), ran.log
    assert "Not updated because not configured: search-other" in ran.log
    assert "To do" not in ran.summary


def test_undeployed_content_is_reported(deployed: Scene) -> None:
    before = deployed.git("rev-parse", "HEAD")
    deployed.commit({FILE: "tv, telly\n"})

    ran = check(deployed)

    assert_found(
        ran, "would-update", rf"Available: v2 \(commit {before}\) since {MOMENT}", "Run mode `deploy`"
    )


def test_undeployed_content_is_a_note_until_its_deploy_should_have_ended(deployed: Scene) -> None:
    deployed.date_next_commit(datetime.now(UTC))
    deployed.commit({FILE: "tv, telly\n"})

    ran = check(deployed)

    assert (0, "planned", ["would-update"]) == (ran.status, ran.outputs["result"], ran.outcomes), ran.log
    assert "A deploy may be in progress: the tip of the branch is" in ran.log
    assert "::error" not in ran.log


def test_manual_version_is_reported_even_if_the_tip_is_young(deployed: Scene) -> None:
    deployed.update_by_hand(package_id(deployed), PACKAGE)
    deployed.clock.skip(LONG)
    deployed.date_next_commit(datetime.now(UTC))
    deployed.commit({FILE: "tv, telly\n"})

    ran = check(deployed)

    assert_found(ran, "would-update", r"Available: v3 \(no commit\)", "Run mode `deploy`")
    assert "Changed outside of git: this version would replace v3" in ran.log


def test_undeployed_content_is_a_note_while_a_run_holds_the_lock(deployed: Scene) -> None:
    deployed.commit({FILE: "tv, telly\n"})
    body = {"run": "run 7", "token": "held", "lease_seconds": 60, "write": "1"}
    deployed.client("s3").put_object(Bucket=BUCKET, Key="dictionaries/.lock", Body=json.dumps(body))

    ran = check(deployed)

    assert (0, ["would-update"]) == (ran.status, ran.outcomes), ran.log
    assert "run 7 holds the lock." in ran.summary


@pytest.mark.parametrize("changed", [FILE, ".github/dictionaries.yml"])
def test_checkout_that_differs_from_the_tip_is_refused(deployed: Scene, changed: str) -> None:
    old = deployed.git("rev-parse", "HEAD")
    tip = deployed.commit({changed: (deployed.repository / changed).read_text() + "\n"})
    deployed.git("checkout", "--quiet", old)
    deployed.aws.requests.clear()

    without_ref = deployed.run("schedule", GITHUB_SHA=old)
    with_ref = deployed.run("schedule", GITHUB_SHA=tip)

    for ran in (without_ref, with_ref):
        assert (1, "not-checked-out") == (ran.status, ran.outputs["failure-reason"]), ran.log
        assert f"the tip of main is {tip}. They differ in {changed}." in ran.log
    assert "Set `ref: main` for actions/checkout. If it is set, the branch has moved on" in without_ref.log
    assert "The branch has moved on: run the check again." in with_ref.log
    assert [] == deployed.operations()


@pytest.mark.parametrize("is_on_branch", [True, False], ids=["an older commit", "another branch"])
def test_checkout_with_the_files_of_the_tip_is_checked(deployed: Scene, *, is_on_branch: bool) -> None:
    if not is_on_branch:
        deployed.git("checkout", "--quiet", "-b", "other")
        deployed.commit({"README.md": "Other\n"})
    checked_out = deployed.git("rev-parse", "HEAD")
    deployed.git("checkout", "--quiet", "main")
    tip = deployed.commit({"README.md": "Shop\n"})
    deployed.git("checkout", "--quiet", checked_out)

    ran = check(deployed)

    assert (0, ["unchanged"]) == (ran.status, ran.outcomes), ran.log
    assert f"check of {tip} on main" in ran.log


def test_failed_copy_is_reported_even_if_the_version_is_right(deployed: Scene) -> None:
    deployed.aws.failures.fail_copy(PACKAGE, error_message="Not allowed")
    deployed.update_by_hand(package_id(deployed), PACKAGE)
    deployed.clock.skip(LONG)

    ran = check(deployed)

    assert_found(
        ran, "unchanged", rf"COPY_FAILED: InternalFailure: Not allowed \(since {MOMENT}\)", "Fix what AWS"
    )
