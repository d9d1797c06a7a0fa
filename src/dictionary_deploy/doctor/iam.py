"""The least-privilege IAM policies, trust policies and bucket policy for a configuration. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dictionary_deploy.model import Config

Policy = dict[str, Any]

VERSION = "2012-10-17"
PACKAGES = ("es:DescribePackages", "es:GetPackageVersionHistory", "es:ListDomainsForPackage")
"""Reads of every mode except validate. In IAM, the package actions and `NAMES` have no resources."""
NAMES = "es:ListDomainNames"
ENGINES = {"es": "es:DescribeElasticsearchDomains", "opensearch": "es:DescribeDomains"}
"""By the API that is called."""
INDEX_READS = {"es:ESHttpGet": ("_settings", "_mapping"), "es:ESHttpPost": ("_analyze",)}
"""Ends of the paths of requests that read indices, by IAM action."""
REFRESHES = (
    "_plugins/_refresh_search_analyzers/*",
    "_opendistro/_refresh_search_analyzers/*",
    "*/_cache/clear",
)
INDEX_WRITES = {"none": (), "refresh": REFRESHES, "reopen": (*REFRESHES, "*/_close", "*/_open")}
"""Paths of the requests that `es:ESHttpPost` must allow besides, by `apply`."""
OBJECT_WRITES = (
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ReplicateObject",
    "s3:ReplicateDelete",
)
"""Actions that replace or remove an object. Deleting the newest version restores the one before it."""
ISSUER_WITH_CLAIMS = "token.actions.githubusercontent.com"
"""The issuer whose claims besides `sub` and `aud` AWS compares: its documentation names no other GitHub."""
UNKNOWN_ID = "REPOSITORY_ID"
"""The placeholder for the ID of a repository that GitHub did not report."""
FIRST_DAY_WITH_IDS = "2026-07-15"
"""GitHub adds the IDs of owner and repository to the subject of repositories created from this day on."""


@dataclass(frozen=True, slots=True)
class Where:
    """An account and a Region, in one of AWS's partitions (`aws`, `aws-cn`, `aws-us-gov`)."""

    account: str
    region: str
    partition: str = "aws"

    def domain(self, name: str) -> str:
        """Return the ARN of a domain; `*` for all."""
        return f"arn:{self.partition}:es:{self.region}:{self.account}:domain/{name}"

    def bucket(self, name: str) -> str:
        return f"arn:{self.partition}:s3:::{name}"

    def role(self, name: str) -> str:
        """Return the ARN of a role; `name` includes its path, if it has one."""
        return f"arn:{self.partition}:iam::{self.account}:role/{name}"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of GitHub. Unknown IDs are empty."""

    name: str
    """`owner/name`."""
    owner_id: str = ""
    id: str = ""
    created_at: str = ""
    """ISO 8601, or empty."""

    @property
    def subject(self) -> str:
        """The beginning of the subject of its tokens. Older repositories that opted in to IDs are unknown."""
        if self.created_at < FIRST_DAY_WITH_IDS or not (self.owner_id and self.id):
            return f"repo:{self.name}"
        owner, _, name = self.name.partition("/")
        return f"repo:{owner}@{self.owner_id}/{name}@{self.id}"


def deploy_policy(config: Config, where: Where) -> Policy:
    """Return the policy of a role for deploy and rollback."""
    writes = ["es:UpdatePackage"]
    if any(dictionary.create for dictionary in config.dictionaries):
        writes.append("es:CreatePackage")
    statements = [_packages(config, writes), *_engines(config, where)]
    if domains := _domains(config):
        statements.insert(1, _statement("Domains", ["es:AssociatePackage"], list(map(where.domain, domains))))
    statements += indices_statements(config, where, writes=True)
    return _policy([*statements, *_bucket(config, where, ["s3:GetObject", "s3:PutObject"])])


def plan_policy(config: Config, where: Where) -> Policy:
    """Return the policy of a role for plan and check, which write nothing."""
    statements = [_packages(config, ()), *_engines(config, where), *indices_statements(config, where)]
    return _policy([*statements, *_bucket(config, where, ["s3:GetObject"])])


def bucket_policy(config: Config, where: Where, role: str) -> Policy:
    """Return the bucket's policy that denies all writes below the prefix except those of `role`, an ARN.

    It grants nothing. `aws:PrincipalArn` has the ARN of the role also in a session of the role. A request
    without it, such as an anonymous one, is denied.
    """
    return _policy(
        [
            {
                "Sid": "OnlyTheDeployRoleWrites",
                "Effect": "Deny",
                "Principal": "*",
                "Action": list(OBJECT_WRITES),
                "Resource": f"{where.bucket(config.bucket)}/{config.prefix}/*",
                "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role}},
            }
        ]
    )


def trust_policy(where: Where, server_url: str, claims: Mapping[str, str]) -> Policy:
    """Return the policy that lets jobs with these claims assume a role.

    The account needs the issuer as identity provider. Where AWS compares only `sub` and `aud`, the policy
    leaves out other claims: a condition on them is never met.
    """
    issuer = issuer_of(server_url)
    if (issuer, where.partition) != (ISSUER_WITH_CLAIMS, "aws"):
        claims = {"sub": claims["sub"]}
    return _policy(
        [
            {
                "Effect": "Allow",
                "Principal": {
                    "Federated": f"arn:{where.partition}:iam::{where.account}:oidc-provider/{issuer}"
                },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{issuer}:aud": "sts.amazonaws.com",
                        **{f"{issuer}:{name}": value for name, value in claims.items()},
                    }
                },
            }
        ]
    )


def deploy_claims(repository: Repository, branch: str, environment: str) -> dict[str, str]:
    """Return the claims of a job on the branch.

    A non-empty `environment` is the GitHub environment that the job names. The subject of such a job names no
    branch, but `ref` does.
    """
    ref = f"refs/heads/{branch}"
    tail = f"environment:{environment}" if environment else f"ref:{ref}"
    claims = {"sub": f"{repository.subject}:{tail}", "repository_id": repository.id or UNKNOWN_ID, "ref": ref}
    return claims | ({"environment": environment} if environment else {})


def plan_claims(repository: Repository) -> dict[str, str]:
    """Return the claims of a job for a pull request. Its `ref` has the number of the pull request."""
    return {"sub": f"{repository.subject}:pull_request", "repository_id": repository.id or UNKNOWN_ID}


def issuer_of(server_url: str) -> str:
    """Return the issuer of a GitHub's tokens: host and path, as in the name of the identity provider."""
    host = urlsplit(server_url).hostname or "github.com"
    if host == "github.com":
        return "token.actions.githubusercontent.com"
    return f"token.actions.{host}" if host.endswith(".ghe.com") else f"{host}/_services/token"


def _domains(config: Config) -> list[str]:
    """Return the domains that may get new versions: the listed names, or all."""
    wanted = [dictionary.domains for dictionary in config.dictionaries]
    if "associated" in wanted:
        return ["*"]
    return sorted({name for domains in wanted if isinstance(domains, tuple) for name in domains})


def _packages(config: Config, writes: Sequence[str]) -> Policy:
    is_named = any(isinstance(dictionary.domains, tuple) for dictionary in config.dictionaries)
    return _statement("Packages", [*PACKAGES, *([NAMES] if is_named else []), *writes], ["*"])


def _engines(config: Config, where: Where) -> list[Policy]:
    """Return the statement for engines, of all domains: one that is not readable would hide all others."""
    return [_statement("Engines", [ENGINES[config.service]], [where.domain("*")])] if _domains(config) else []


def indices_statements(config: Config, where: Where, *, writes: bool = False) -> list[Policy]:
    """Return the statements for the endpoints of domains, if the configuration has `indices`."""
    reading = [dictionary for dictionary in config.dictionaries if dictionary.indices]
    domains = [*map(where.domain, _domains(config))]
    if not (reading and domains):
        return []
    applied = max((dictionary.apply for dictionary in reading), key=[*INDEX_WRITES].index)
    posts = INDEX_WRITES[applied] if writes else ()
    return [
        _statement(
            f"Indices{action.removeprefix('es:ESHttp')}",
            [action],
            [
                f"{domain}/{path}"
                for domain in domains
                for path in (
                    *(f"*/{end}" for end in ends),
                    *(posts if action == "es:ESHttpPost" else ()),
                )
            ],
        )
        for action, ends in INDEX_READS.items()
    ]


def _bucket(config: Config, where: Where, actions: Sequence[str]) -> list[Policy]:
    """Return the statements for the bucket. A bucket with its name in another account does not match them."""
    bucket = where.bucket(config.bucket)
    owner = config.expected_bucket_owner or where.account
    return [
        statement | {"Condition": {"StringEquals": {"aws:ResourceAccount": owner}}}
        for statement in (
            _statement("Objects", actions, [f"{bucket}/{config.prefix}/*"]),
            _statement("WhetherAnObjectExists", ["s3:ListBucket"], [bucket]),
        )
    ]


def _statement(sid: str, actions: Sequence[str], resources: Sequence[str]) -> Policy:
    """Return a statement, with a string instead of a list of one."""
    return {"Sid": sid, "Effect": "Allow", "Action": _short(actions), "Resource": _short(resources)}


def _short(items: Sequence[str]) -> str | list[str]:
    return items[0] if len(items) == 1 else list(items)


def _policy(statements: Sequence[Mapping[str, Any]]) -> Policy:
    return {"Version": VERSION, "Statement": list(statements)}
