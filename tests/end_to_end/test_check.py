"""The daily check: it reports each difference between AWS and the branch with its remedy and duration."""

from __future__ import annotations

import re

import pytest

from tests.end_to_end.scene import Ran, Scene

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


def test_failed_copy_is_reported_even_if_the_version_is_right(deployed: Scene) -> None:
    deployed.aws.failures.fail_copy(PACKAGE, error_message="Not allowed")
    deployed.update_by_hand(package_id(deployed), PACKAGE)
    deployed.clock.skip(LONG)

    ran = check(deployed)

    assert_found(
        ran, "unchanged", rf"COPY_FAILED: InternalFailure: Not allowed \(since {MOMENT}\)", "Fix what AWS"
    )
