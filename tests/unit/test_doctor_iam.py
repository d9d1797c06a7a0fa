from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dictionary_deploy.doctor.iam import (
    Policy,
    Repository,
    Where,
    bucket_policy,
    deploy_claims,
    deploy_policy,
    issuer_of,
    plan_claims,
    plan_policy,
    trust_policy,
)
from dictionary_deploy.model import Config, Dictionary, Domains, Service

ROOT = Path(__file__).parents[2]
WHERE = Where("123456789012", "eu-west-1")
WRITES = {"es:UpdatePackage", "es:CreatePackage", "es:AssociatePackage", "s3:PutObject"}
OF_DOCTOR = {"s3:DeleteObject"}
"""What doctor tries and no deploy needs."""


def config(*domains: Domains, service: Service = "es", create: bool = False) -> Config:
    """A configuration with a dictionary for each of `domains`."""
    dictionaries = tuple(
        Dictionary(f"{number}.txt", f"package-{number}", "text", each, create=create)
        for number, each in enumerate(domains)
    )
    return Config("d.yml", "acme", "search/d", "main", service, None, None, dictionaries)


def actions(policy: Policy) -> set[str]:
    found = [statement["Action"] for statement in policy["Statement"]]
    return {each for action in found for each in ([action] if isinstance(action, str) else action)}


def resource(policy: Policy, action: str) -> Any:
    """What the policy allows the action on."""
    [found] = [each["Resource"] for each in policy["Statement"] if action in actions({"Statement": [each]})]
    return found


def test_policies_allow_exactly_the_calls_of_the_code() -> None:
    sources = (ROOT / "src" / "dictionary_deploy" / "aws").glob("*.py")
    constants = {
        str(node.value)
        for source in sources
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    called = {constant for constant in constants if re.fullmatch(r"(es|s3):[A-Z]\w+", constant)}
    everything = config(("search-prod",), create=True)
    deploy = actions(deploy_policy(everything, WHERE)) | actions(
        deploy_policy(replace(everything, service="opensearch"), WHERE)
    )
    plan = actions(plan_policy(everything, WHERE)) | actions(
        plan_policy(replace(everything, service="opensearch"), WHERE)
    )

    assert called - OF_DOCTOR == deploy
    assert deploy - WRITES == plan


@pytest.mark.parametrize("policy_of", [deploy_policy, plan_policy])
@pytest.mark.parametrize(
    ("service", "there", "not_there"),
    [
        ("es", "es:DescribeElasticsearchDomains", "es:DescribeDomains"),
        ("opensearch", "es:DescribeDomains", "es:DescribeElasticsearchDomains"),
    ],
)
def test_engine_action_follows_the_service(
    policy_of: Any, service: Service, there: str, not_there: str
) -> None:
    allowed = actions(policy_of(config("associated", service=service), WHERE))

    assert there in allowed
    assert not_there not in allowed


def test_create_is_allowed_only_if_configured() -> None:
    assert "es:CreatePackage" in actions(deploy_policy(config("none", create=True), WHERE))
    assert "es:CreatePackage" not in actions(deploy_policy(config("none"), WHERE))


def test_domains_none_needs_no_permission_for_domains() -> None:
    expected = {
        "es:DescribePackages",
        "es:GetPackageVersionHistory",
        "es:ListDomainsForPackage",
        "es:UpdatePackage",
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
    }

    assert expected == actions(deploy_policy(config("none"), WHERE))


def test_listed_domains_are_the_only_resources() -> None:
    policy = deploy_policy(config(("b", "a"), ("b",), "none"), WHERE)

    arns = [f"arn:aws:es:eu-west-1:123456789012:domain/{name}" for name in "ab"]
    assert arns == resource(policy, "es:AssociatePackage")
    assert "es:ListDomainNames" in actions(policy)


def test_associated_allows_all_domains() -> None:
    policy = deploy_policy(config("associated", ("a",)), WHERE)

    assert "arn:aws:es:eu-west-1:123456789012:domain/*" == resource(policy, "es:AssociatePackage")


def test_domain_names_are_read_only_for_listed_domains() -> None:
    assert "es:ListDomainNames" not in actions(plan_policy(config("associated"), WHERE))


def test_objects_are_below_the_prefix() -> None:
    policy = plan_policy(config("none"), Where("1", "cn-north-1", "aws-cn"))

    assert "arn:aws-cn:s3:::acme/search/d/*" == resource(policy, "s3:GetObject")
    assert "arn:aws-cn:s3:::acme" == resource(policy, "s3:ListBucket")


@pytest.mark.parametrize(("owner", "account"), [(None, "123456789012"), ("210987654321", "210987654321")])
@pytest.mark.parametrize("policy_of", [deploy_policy, plan_policy])
def test_bucket_of_this_name_in_another_account_is_not_used(
    policy_of: Any, owner: str | None, account: str
) -> None:
    policy = policy_of(replace(config("none"), expected_bucket_owner=owner), WHERE)

    of_s3 = [each for each in policy["Statement"] if each["Resource"] != "*"]
    assert [{"StringEquals": {"aws:ResourceAccount": account}}] * 2 == [each["Condition"] for each in of_s3]


def test_bucket_policy_denies_writes_to_all_but_the_role() -> None:
    expected = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyTheDeployRoleWrites",
                "Effect": "Deny",
                "Principal": "*",
                "Action": [
                    "s3:PutObject",
                    "s3:DeleteObject",
                    "s3:DeleteObjectVersion",
                    "s3:ReplicateObject",
                    "s3:ReplicateDelete",
                ],
                "Resource": "arn:aws:s3:::acme/search/d/*",
                "Condition": {
                    "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/search/deploy"}
                },
            }
        ],
    }

    assert expected == bucket_policy(config("none"), WHERE, WHERE.role("search/deploy"))


def test_bucket_policy_covers_every_object_that_deploys_write() -> None:
    bucket = bucket_policy(config("none"), WHERE, WHERE.role("deploy"))

    assert resource(deploy_policy(config("none"), WHERE), "s3:PutObject") == resource(bucket, "s3:PutObject")
    assert {each for each in WRITES | OF_DOCTOR if each.startswith("s3:")} <= actions(bucket)


def conditions(policy: Policy) -> dict[str, str]:
    """Return the claims that a trust policy compares, by the full name of the condition key."""
    [statement] = policy["Statement"]
    found: dict[str, str] = statement["Condition"]["StringEquals"]
    return found


def test_trust_policy_has_the_claims_of_one_issuer() -> None:
    expected = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {
                    "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
                },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                        "token.actions.githubusercontent.com:sub": "repo:acme/shop:pull_request",
                        "token.actions.githubusercontent.com:repository_id": "2",
                    }
                },
            }
        ],
    }

    claims = plan_claims(Repository("acme/shop", "1", "2"))
    assert expected == trust_policy(WHERE, "https://github.com", claims)


@pytest.mark.parametrize(
    ("where", "server_url", "issuer"),
    [
        (WHERE, "https://git.acme.example", "git.acme.example/_services/token"),
        (WHERE, "https://acme.ghe.com", "token.actions.acme.ghe.com"),
        (Where("1", "cn-north-1", "aws-cn"), "https://github.com", "token.actions.githubusercontent.com"),
    ],
)
def test_claims_that_aws_does_not_compare_are_omitted(where: Where, server_url: str, issuer: str) -> None:
    policy = trust_policy(where, server_url, deploy_claims(Repository("acme/shop", "1", "2"), "main", "prod"))

    expected = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "repo:acme/shop:environment:prod"}
    assert expected == conditions(policy)


@pytest.mark.parametrize(
    ("server_url", "issuer"),
    [
        ("https://github.com", "token.actions.githubusercontent.com"),
        ("https://acme.ghe.com", "token.actions.acme.ghe.com"),
        ("https://git.acme.example", "git.acme.example/_services/token"),
        ("nonsense", "token.actions.githubusercontent.com"),
    ],
)
def test_issuer_follows_the_server_url(server_url: str, issuer: str) -> None:
    assert issuer == issuer_of(server_url)


@pytest.mark.parametrize(
    ("repository", "subject"),
    [
        (Repository("acme/shop"), "repo:acme/shop"),
        (Repository("acme/shop", "1", "2", "2026-07-14T23:59:59Z"), "repo:acme/shop"),
        (Repository("acme/shop", "1", "2", "2026-07-15T00:00:00Z"), "repo:acme@1/shop@2"),
        (Repository("acme/shop", "", "2", "2026-07-15T00:00:00Z"), "repo:acme/shop"),
    ],
)
def test_subject_of_newer_repositories_has_ids(repository: Repository, subject: str) -> None:
    assert f"{subject}:ref:refs/heads/main" == deploy_claims(repository, "main", "")["sub"]


def test_deploy_role_trusts_the_branch_of_one_repository() -> None:
    expected = {
        "sub": "repo:acme/shop:ref:refs/heads/main",
        "repository_id": "2",
        "ref": "refs/heads/main",
    }

    assert expected == deploy_claims(Repository("acme/shop", "1", "2"), "main", "")


def test_job_with_an_environment_must_be_on_the_branch() -> None:
    expected = {
        "sub": "repo:acme/shop:environment:prod",
        "repository_id": "2",
        "ref": "refs/heads/main",
        "environment": "prod",
    }

    assert expected == deploy_claims(Repository("acme/shop", "1", "2"), "main", "prod")


@pytest.mark.parametrize(
    "claims", [plan_claims(Repository("a/b")), deploy_claims(Repository("a/b"), "main", "")]
)
def test_unknown_repository_id_is_a_word_in_capitals(claims: dict[str, str]) -> None:
    assert "REPOSITORY_ID" == claims["repository_id"]


# ---------------------------------------------------------------- indices


def test_endpoints_are_read_only_with_indices() -> None:
    plain = config(("search-eu",), ("search-us",))
    dictionaries = tuple(replace(each, indices=("shop-*",)) for each in plain.dictionaries)
    reading = replace(plain, dictionaries=dictionaries)

    for policy in (deploy_policy, plan_policy):
        assert {"es:ESHttpGet", "es:ESHttpPost"} == actions(policy(reading, WHERE)) - actions(
            policy(plain, WHERE)
        )
    domains = [f"arn:aws:es:eu-west-1:123456789012:domain/{name}" for name in ("search-eu", "search-us")]
    found = plan_policy(reading, WHERE)
    assert [f"{domain}/*/_analyze" for domain in domains] == resource(found, "es:ESHttpPost")
    expected = [f"{domain}/*/{end}" for domain in domains for end in ("_settings", "_mapping")]
    assert expected == resource(found, "es:ESHttpGet")


def test_only_the_deploy_role_refreshes() -> None:
    plain = config(("search-eu",))
    applying = replace(
        plain, dictionaries=(replace(plain.dictionaries[0], indices=("shop",), apply="refresh"),)
    )

    refresh = "arn:aws:es:eu-west-1:123456789012:domain/search-eu/_plugins/_refresh_search_analyzers/*"
    assert refresh in resource(deploy_policy(applying, WHERE), "es:ESHttpPost")
    assert refresh not in resource(plan_policy(applying, WHERE), "es:ESHttpPost")


def test_role_closes_indices_only_with_apply_reopen() -> None:
    plain = config(("search-eu",), ("search-us",))
    dictionaries = (
        replace(plain.dictionaries[0], indices=("shop",), apply="reopen"),
        replace(plain.dictionaries[1], indices=("shop",), apply="refresh"),
    )
    ends = {
        path.rpartition("/")[2]
        for path in resource(deploy_policy(replace(plain, dictionaries=dictionaries), WHERE), "es:ESHttpPost")
    }

    assert {"_analyze", "*", "clear", "_close", "_open"} == ends


def test_no_domain_means_no_endpoint() -> None:
    plain = config("none")
    reading = replace(plain, dictionaries=(replace(plain.dictionaries[0], indices=("shop",)),))

    assert plan_policy(plain, WHERE) == plan_policy(reading, WHERE)
