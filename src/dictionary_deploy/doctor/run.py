"""Run all checks of doctor, and report them with the policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dictionary_deploy.aws.identity import who_am_i
from dictionary_deploy.clock import Clock, Interruption
from dictionary_deploy.config import parse_all, parse_config
from dictionary_deploy.console import Console
from dictionary_deploy.doctor.aws_checks import AwsExamination
from dictionary_deploy.doctor.checks import Check, config_checks
from dictionary_deploy.doctor.github_checks import GithubExamination
from dictionary_deploy.doctor.iam import (
    Policy,
    Repository,
    bucket_policy,
    deploy_claims,
    deploy_policy,
    plan_claims,
    plan_policy,
    trust_policy,
)
from dictionary_deploy.doctor.policies import check_absent, write_policies
from dictionary_deploy.errors import ConfigError, DeployError
from dictionary_deploy.git.worktree import read_config, read_yaml_beside
from dictionary_deploy.host.machine import Machine
from dictionary_deploy.model import Config, Owner
from dictionary_deploy.settings import Settings

ANY_REPOSITORY = Repository("OWNER/REPOSITORY")
"""Placeholder in trust policies for an unknown repository."""
ANY_ROLE = "DEPLOY_ROLE"
"""The placeholder for the deploy role: doctor may run with other credentials."""
NOT_CHECKED = (
    "The permissions to update and associate packages cannot be checked without using them. Compare the role"
    " with the policy for deploys."
)


def examine(settings: Settings, console: Console, clock: Clock, interruption: Interruption) -> int:
    """Run and report all checks; return the exit status. Raises DeployError for an invalid configuration."""
    configs = _configs(settings, console)
    check_absent_policies(settings, [config.environment for config in configs])
    github = GithubExamination(settings, clock)
    shown: list[dict[str, Any]] = []
    with console.group("GitHub"):
        checks = _report(console, github.checks(configs))
    owner = _owner(settings)
    beside = read_yaml_beside(settings.workspace, settings.config)
    with console.group("Configuration"):
        shared = _report(console, config_checks(configs, beside))
    found, stops = [each.members for each in checks], any(each.stops for each in checks)
    for config in configs:
        if interruption:
            console.warning(f"Stopped by {interruption.signal}: the remaining environments were not checked.")
            break
        aws = AwsExamination(config, settings, owner, console.mask)
        with console.group(_title(config, aws.region)):
            checks = _report(console, aws.checks())
            console.info(NOT_CHECKED)
        stops = stops or any(each.stops for each in checks)
        policies = _policies(config, aws, github, settings)
        _report_policies(console, policies)
        _write_policies(config, policies, settings, console)
        shown.append(
            {
                "environment": config.environment,
                "checks": [each.members for each in checks],
                "policies": policies,
            }
        )
    verdict = "Nothing would stop a deploy."
    if stops:
        verdict = "A deploy would fail. Fix the checks that are not ok."
    elif shared or any(check["verdict"] == "not ok" for each in shown for check in each["checks"]):
        verdict = "A deploy would run. See the checks that are not ok."
    console.info(verdict)
    members = {"github": found, "configuration": [each.members for each in shared], "environments": shown}
    values = {"result": "failed" if stops else "ok", **members}
    console.outputs(values)
    console.json(values)
    return 1 if stops or interruption else 0


def write_policies_of_new_config(
    deploy_role: str, settings: Settings, console: Console, clock: Clock
) -> list[str]:
    """Write the policies of a new configuration if `--policies` is set; return the paths.

    `deploy_role` is an ARN.
    """
    written: list[str] = []
    if settings.policies:
        github = GithubExamination(settings, clock)
        configs = _configs(settings, console)
        for _ in github.checks(configs):  # they also find the repository and its default branch
            pass
        for config in configs:
            aws = AwsExamination(config, settings, Owner(), console.mask)
            aws.identity = who_am_i(aws.region, console.mask)
            policies = _policies(config, aws, github, settings)
            policies["bucket"] = bucket_policy(config, aws.where, deploy_role)
            written += _write_policies(config, policies, settings, console)
    return written


def _write_policies(
    config: Config, policies: dict[str, Policy], settings: Settings, console: Console
) -> list[str]:
    """Write the policies as files if `--policies` is set; return the paths."""
    if not settings.policies:
        return []
    paths = write_policies(Path(settings.policies), config.environment, policies)
    for path in paths:
        console.info(f"Wrote {path}.")
    return paths


def check_absent_policies(settings: Settings, environments: Sequence[str]) -> None:
    """Raise DeployError if a policy's file exists."""
    if settings.policies:
        check_absent(Path(settings.policies), environments)


def _owner(settings: Settings) -> Owner:
    """Return the repository as in a deploy."""
    if settings.github:
        return Owner(settings.github.repository, settings.github.repository_id)
    try:
        return Machine(settings).owner()
    except DeployError:  # the check of the checkout has reported it
        return Owner()


def _configs(settings: Settings, console: Console) -> list[Config]:
    """Return the configuration of the selected environment, or of each."""
    data = read_config(settings.workspace, settings.config)
    try:
        if settings.environment:
            return [parse_config(data, settings.config, settings.environment)]
        return list(parse_all(data, settings.config))
    except ConfigError as error:
        for fault in error.faults:
            console.error(str(fault))
        raise DeployError(error.reason, error.message, "Fix it, then run doctor again.") from error


def _title(config: Config, region: str) -> str:
    name = f"{config.environment}: " if config.environment else ""
    return f"{name}s3://{config.bucket}/{config.prefix}, {config.service} in {region or 'no Region'}"


def _report(console: Console, checks: Iterator[Check]) -> list[Check]:
    """Log each check as soon as it is done, because some take long; return all."""
    done = []
    for check in checks:
        done.append(check)
        for line in check.lines:
            console.info(line)
    return done


def _policies(
    config: Config, aws: AwsExamination, github: GithubExamination, settings: Settings
) -> dict[str, Policy]:
    repository = github.repository or ANY_REPOSITORY
    server = settings.github_api.server_url
    branch = settings.branch or github.default_branch or "BRANCH"
    claims = deploy_claims(repository, branch, config.environment)
    return {
        "deploy": deploy_policy(config, aws.where),
        "deploy-trust": trust_policy(aws.where, server, claims),
        "plan": plan_policy(config, aws.where),
        "plan-trust": trust_policy(aws.where, server, plan_claims(repository)),
        "bucket": bucket_policy(config, aws.where, aws.where.role(ANY_ROLE)),
    }


TITLES = {
    "deploy": "The policy for deploys and rollbacks",
    "deploy-trust": "Its trust policy",
    "plan": "The policy for plans and checks",
    "plan-trust": "Its trust policy. This role must not write: a pull request can change the workflow",
    "bucket": f"The bucket policy. Replace {ANY_ROLE} with the deploy role, the only writer",
}
NOTE_ON_ENVIRONMENTS = (
    "The job must set `environment` to the GitHub environment of the same name. Without it, its subject ends"
    " in ref:refs/heads/ and the branch."
)


def _report_policies(console: Console, policies: dict[str, Policy]) -> None:
    for name, policy in policies.items():
        with console.group(f"{TITLES[name]}:"):
            if name == "deploy-trust" and ":environment:" in json.dumps(policy):
                console.info(NOTE_ON_ENVIRONMENTS)
            for line in json.dumps(policy, indent=2).splitlines():
                console.info(line)
