"""`dictionary-deploy doctor`: its findings with all permissions and with few, and its exit status."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.github.resources import Place
from tests.end_to_end.scene import BUCKET, REPOSITORY, TOKEN, Scene
from tests.end_to_end.terminal import Said, command

SYNONYMS = {"file": "search/synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}
WRITES = frozenset({"es:CreatePackage", "es:UpdatePackage", "es:AssociatePackage"})


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """A package on a domain, a commit that was never deployed to it, and pull request 7."""
    package_id = scene.make_package("product-synonyms")
    scene.client("es").create_elasticsearch_domain(DomainName="search-prod")
    scene.clock.skip(60)
    scene.client("es").associate_package(PackageID=package_id, DomainName="search-prod")
    scene.clock.skip(60)
    scene.configure(SYNONYMS, domains="associated", branch="main")
    scene.commit({"search/synonyms.txt": "tv, television\n"})
    scene.merge({"search/synonyms.txt": "tv, television\nlaptop, notebook\n"}, 7)
    scene.aws.requests.clear()
    return scene


def doctor(scene: Scene, *arguments: str, **environ: str) -> Said:
    github = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": scene.github_url, "GITHUB_REPOSITORY": REPOSITORY}
    return command(scene, "doctor", *arguments, **{**github, **environ})


def outputs(said: Said) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said.out)
    return found


def verdicts(said: Said) -> dict[str, str]:
    """Return the verdict by subject."""
    found = outputs(said)
    checks = [*found["github"], *(check for each in found["environments"] for check in each["checks"])]
    return {check["subject"]: check["verdict"] for check in checks}


def keys(scene: Scene) -> list[str]:
    listed = scene.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [each["Key"] for each in listed if each["Key"].startswith("dictionaries/")]


def test_doctor_with_a_working_setup_passes_and_cleans_up(shop: Scene) -> None:
    said = doctor(shop, "--pull-request", "7", "--json")

    assert {"ok"} == set(verdicts(said).values()), said.err
    assert (0, "ok") == (said.status, outputs(said)["result"])
    assert set() == WRITES.intersection(shop.operations())
    assert [] == keys(shop)
    assert [] == shop.comments(7)


def test_doctor_prints_the_setup_and_its_policies(shop: Scene) -> None:
    said = doctor(shop)

    for each in (
        "arn:aws:sts::123456789012:user/moto in account 123456789012",
        "eu-west-1, from the environment",
        "product-synonyms (F100000001) is AVAILABLE, v1 is available",
        "The first deploy adopts the package",
        "domain search-prod for product-synonyms: v1 is ACTIVE",
        "search-prod (Elasticsearch 7.10) reloads `synonyms_path",
        "The policy for deploys and rollbacks:",
        f'"Resource": "arn:aws:s3:::{BUCKET}/dictionaries/*"',
        f'"token.actions.githubusercontent.com:sub": "repo:{REPOSITORY}:ref:refs/heads/main"',
        f'"token.actions.githubusercontent.com:sub": "repo:{REPOSITORY}:pull_request"',
        '"token.actions.githubusercontent.com:ref": "refs/heads/main"',
        f'"token.actions.githubusercontent.com:repository_id": "{Place("", REPOSITORY).id}"',
        '"aws:ResourceAccount": "123456789012"',
        "The bucket policy. Replace DEPLOY_ROLE with the deploy role, the only writer:",
        '"aws:PrincipalArn": "arn:aws:iam::123456789012:role/DEPLOY_ROLE"',
        "Nothing would stop a deploy.",
    ):
        assert each in said.out
    assert (0, "") == (said.status, said.err)


def test_plan_role_gets_the_missing_deploy_permissions(shop: Scene) -> None:
    """The role lacks them, and doctor reports that it suffices for plans."""
    shop.aws.failures.fail_operation("s3:PutObject", "AccessDenied", times=99)

    said = doctor(shop, "--json")

    found = verdicts(said)
    assert 1 == said.status
    assert "not ok" == found[f"writing to s3://{BUCKET}/dictionaries/"]
    assert "ok" == found[f"reading from s3://{BUCKET}/dictionaries/"]
    assert "ok" == found["package product-synonyms"]
    assert "Grant s3:PutObject on arn:aws:s3:::acme-dictionaries/dictionaries/*" in said.err


def test_role_without_delete_passes_and_names_the_leftovers(shop: Scene) -> None:
    shop.aws.failures.fail_operation("s3:DeleteObject", "AccessDenied", times=99)

    first, again = doctor(shop), doctor(shop)

    assert (0, 0) == (first.status, again.status), first.out
    assert f"s3://{BUCKET}/dictionaries/.doctor remains" in first.out
    assert ["dictionaries/.doctor"] == keys(shop)


@pytest.mark.parametrize(
    ("operation", "subject", "verdict", "status"),
    [
        ("es:DescribePackages", "packages", "not ok", 1),
        ("es:GetPackageVersionHistory", "version of product-synonyms", "not ok", 1),
        ("es:ListDomainsForPackage", "domains of product-synonyms", "not ok", 1),
        ("es:DescribeElasticsearchDomains", "engines", "unknown", 0),
    ],
)
def test_missing_permission_is_named_and_other_checks_continue(
    shop: Scene, operation: str, subject: str, verdict: str, status: int
) -> None:
    shop.aws.failures.fail_operation(operation, "AccessDeniedException", times=99)

    said = doctor(shop, "--json")

    found = verdicts(said)
    assert (status, verdict) == (said.status, found[subject]), said.err
    assert f"Grant {operation}" in said.err
    assert "does not reload dictionaries" not in said.err
    assert "ok" == found[f"writing to s3://{BUCKET}/dictionaries/"]


def test_doctor_without_credentials_still_prints_policies(shop: Scene) -> None:
    said = doctor(shop, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true")

    assert 1 == said.status
    assert "not ok          credentials: No usable AWS credentials" in said.out
    assert '"Resource": "arn:aws:es:eu-west-1:ACCOUNT:domain/*"' in said.out


def test_doctor_without_a_response_from_aws_is_inconclusive(shop: Scene) -> None:
    said = doctor(shop, "--json", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")

    assert (1, "unknown") == (said.status, verdicts(said)["credentials"])


def test_read_only_token_cannot_comment_and_does_not_fail(shop: Scene) -> None:
    said = doctor(shop, "--pull-request", "7", "--json", GITHUB_TOKEN="read-only")

    assert (0, "not ok") == (said.status, verdicts(said)["comments"])


def test_invalid_token_outside_github_does_not_fail(shop: Scene) -> None:
    said = doctor(shop, "--json", GITHUB_TOKEN="expired")

    assert (0, "not ok") == (said.status, verdicts(said)["GitHub token"])


def test_missing_token_in_the_runner_fails(shop: Scene) -> None:
    ran = shop.run(inputs={"github-token": "expired"}, arguments=["doctor"])

    assert (1, "failed") == (ran.status, ran.outputs["result"]), ran.log
    assert "not ok          GitHub token" in ran.log


def test_doctor_checks_all_environments_or_the_given_one(shop: Scene) -> None:
    environments = {"test": {}, "production": {"bucket": "acme-production"}}
    shop.configure(SYNONYMS, domains="associated", branch="main", environments=environments)

    every = doctor(shop, "--json")
    one = doctor(shop, "--json", "--environment", "test")

    assert (1, ["test", "production"]) == (
        every.status,
        [each["environment"] for each in outputs(every)["environments"]],
    )
    assert (0, ["test"]) == (one.status, [each["environment"] for each in outputs(one)["environments"]])
    assert f"repo:{REPOSITORY}:environment:production" in every.out
    assert "bucket acme-production" in every.err


def test_configuration_errors_are_all_reported(shop: Scene) -> None:
    shop.configure({**SYNONYMS, "kind": "synonym", "domains": ["X"]}, domains="associated")

    said = doctor(shop)

    assert 1 == said.status
    assert "Did you mean 'synonyms'?" in said.err
    assert "cannot be 'X'" in said.err
    assert "Fix it, then run doctor again." in said.err
