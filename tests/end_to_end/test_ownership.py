"""Packages belong to one repository, one configuration and, of the domains, to one environment."""

from __future__ import annotations

import pytest

from tests.end_to_end.scene import BUCKET, Scene
from tests.end_to_end.terminal import command

FILE = "search/synonyms.txt"
SYNONYMS = {"file": FILE, "package": "product-synonyms", "kind": "synonyms"}
OLD, NEW = "tv, television\n", "tv, telly\n"


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """A package that octo/shop deployed, and a later commit."""
    scene.make_package("product-synonyms")
    scene.configure(SYNONYMS)
    scene.add_deployed_version("product-synonyms", scene.commit({FILE: OLD}), OLD)
    scene.commit({FILE: NEW})
    return scene


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"CI_PROJECT_PATH": "mallory/shop"}, "deployed from another repository, octo/shop (ID 4711)."),
        ({"CI_PROJECT_PATH": ""}, "octo/shop (ID 4711), and this repository is unknown."),
    ],
)
def test_outside_github_another_repository_is_refused(
    shop: Scene, names: dict[str, str], message: str
) -> None:
    planned = command(shop, "plan", "--json", **names)
    deployed = command(shop, "deploy", "--json", **names)
    examined = command(shop, "doctor", **names)

    assert (0, ["would-update"]) == (planned.status, planned.outcomes), planned.err
    assert "was deployed from octo/shop; this repository is" in planned.err
    [entry] = deployed.outputs["dictionaries"]
    assert ("failed", "owned-elsewhere") == (entry["outcome"], entry["reason"])
    assert message in entry["message"]
    assert message in examined.out
    assert 2 == len(shop.messages("product-synonyms"))


def test_outside_github_the_object_names_its_repository(shop: Scene) -> None:
    ids = {"CI_PROJECT_ID": "42", "CI_SERVER_HOST": "gitlab.example.com"}
    moved = shop.commit({".github/dictionaries.yml": config_of(shop) + "take-over: true\n"})

    taken = command(shop, "deploy", "--json", **ids)
    again = command(shop, "deploy", "--json", **ids)

    assert [(0, ["updated"])] * 2 == [(each.status, each.outcomes) for each in (taken, again)], taken.err
    key = f"dictionaries/product-synonyms/{moved}.txt"
    metadata = shop.client("s3").head_object(Bucket=BUCKET, Key=key)["Metadata"]
    assert ("octo/shop", "gitlab.example.com/42", ".github/dictionaries.yml") == (
        metadata["repository"],
        metadata["repository-id"].replace("%2F", "/"),
        metadata["config"],
    )
    assert 3 == len(shop.messages("product-synonyms"))


def test_commit_that_another_repository_deployed_is_taken_over_once(shop: Scene) -> None:
    """A fork has the same commits: the object of this one names the other repository."""
    config = config_of(shop)
    shop.commit({".github/dictionaries.yml": f"{config}take-over: true\n"})
    before = shop.run()
    fork = {"CI_PROJECT_PATH": "octo/fork", "CI_PROJECT_ID": "42", "CI_SERVER_HOST": "gitlab.example.com"}

    taken = [command(shop, "deploy", "--json", **fork) for _ in range(2)]
    shop.commit({".github/dictionaries.yml": config})
    without_key = command(shop, "deploy", "--json", **fork)

    assert ["updated"] == before.outcomes
    assert [(0, ["updated"])] * 2 == [(each.status, each.outcomes) for each in taken], taken[0].err
    assert [True, False] == [each.outputs["changed"] for each in taken]
    assert (0, ["unchanged"]) == (without_key.status, without_key.outcomes), without_key.err
    assert 4 == len(shop.messages("product-synonyms"))


def config_of(scene: Scene) -> str:
    return (scene.repository / ".github/dictionaries.yml").read_text(encoding="utf-8")


def test_two_configurations_for_one_package_are_named(shop: Scene) -> None:
    other = config_of(shop).replace(FILE, "search/other.txt")
    shop.commit({".github/other.yml": other, "search/other.txt": "sofa, couch\n"})
    without_deploy = [command(shop, "validate"), command(shop, "plan"), command(shop, "doctor")]
    first = shop.run()

    second = shop.run(inputs={"config": ".github/other.yml"})

    named = "Package product-synonyms is deployed by two configurations: .github/dictionaries.yml deploys"
    assert [True] * 3 == [named in said.out + said.err for said in without_deploy]

    assert (0, ["updated"]) == (first.status, first.outcomes), first.log
    assert (1, "owned-elsewhere") == (second.status, second.outputs["failure-reason"]), second.log
    assert (
        ".github/dictionaries.yml deploys search/synonyms.txt, .github/other.yml deploys search/other.txt"
        in second.dictionaries[0]["message"]
    )


def test_associated_skips_the_domains_of_production(shop: Scene) -> None:
    """Both environments are one account: `test` must not deploy to what `production` lists."""
    [package_id] = {each["package_id"] for each in shop.aws.versions()}
    for domain in ("search-test", "search-prod"):
        shop.client("es").create_elasticsearch_domain(DomainName=domain)
        shop.clock.skip(60)
        shop.client("es").associate_package(PackageID=package_id, DomainName=domain)
        shop.clock.skip(60)
    shop.configure(
        SYNONYMS,
        domains="associated",
        environments={"test": {}, "production": {"domains": ["search-prod"]}},
    )
    shop.commit({})

    test = shop.run(inputs={"environment": "test"})
    between = versions(shop, package_id)
    production = shop.run(inputs={"environment": "production"})

    assert (0, ["updated"]) == (test.status, test.outcomes), test.log
    assert {"search-test": "v3", "search-prod": "v2"} == between
    assert "Not updated because updated by environment production: search-prod (v2)." in test.summary
    assert (0, ["updated"]) == (production.status, production.outcomes), production.log
    assert {"search-test": "v3", "search-prod": "v3"} == versions(shop, package_id)


def versions(scene: Scene, package_id: str) -> dict[str, str]:
    listed = scene.client("es").list_domains_for_package(PackageID=package_id)["DomainPackageDetailsList"]
    return {each["DomainName"]: each["PackageVersion"] for each in listed}


def test_two_environments_with_associated_warn_without_a_deploy(shop: Scene) -> None:
    shop.configure(SYNONYMS, domains="associated", environments={"test": {}, "production": {}})
    shop.commit({})

    said = [
        command(shop, "validate").err,
        command(shop, "plan", "--environment", "test").err,
        command(shop, "doctor", "--environment", "test").out,
    ]

    assert all("The environments test and production both deploy product-synonyms" in each for each in said)
