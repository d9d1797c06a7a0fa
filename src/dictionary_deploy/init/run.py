"""Read the account and the repository, and write the files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dictionary_deploy.aws.clients import make_clients
from dictionary_deploy.aws.domains import AwsDomains
from dictionary_deploy.aws.identity import who_am_i
from dictionary_deploy.aws.packages import AwsPackages
from dictionary_deploy.config import parse_config
from dictionary_deploy.console import Console
from dictionary_deploy.errors import AwsError, DeployError
from dictionary_deploy.events.trigger import no_branch
from dictionary_deploy.git.command import Git
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.init.choose import Choice, choose
from dictionary_deploy.init.texts import config_text, workflow_text
from dictionary_deploy.model import PACKAGE_ID
from dictionary_deploy.settings import Settings

WORKFLOW_PATH = ".github/workflows/dictionaries.yml"
DEFAULT_CONFIG = ".github/dictionaries.yml"
DEPLOY_ROLE, PLAN_ROLE = "dictionaries-deploy", "dictionaries-plan"


@dataclass(frozen=True, slots=True)
class Written:
    """The result of `initialize`."""

    deploy_role: str
    """The ARN of the role in the workflow."""
    next_steps: Sequence[str]
    values: Mapping[str, Any]
    """The outputs for `--json`: the files that were written, the bucket and the dictionaries."""


def initialize(settings: Settings, console: Console) -> Written:
    """Write the configuration and the workflow. Raises DeployError.

    Nothing is written if one of the files exists.
    """
    paths = (settings.config, WORKFLOW_PATH)
    if outside := [path for path in paths if not _is_inside(settings.workspace, path)]:
        raise DeployError(
            "invalid-config",
            f"{', '.join(outside)} is outside the repository, also by way of a link. Nothing was written.",
            "Set a path in the repository, or replace the link with a folder.",
        )
    # Also a link without a target.
    if existing := [path for path in paths if os.path.lexists(settings.workspace / path)]:
        exist, files = ("exists", "the file") if len(existing) == 1 else ("exist", "the files")
        raise DeployError(
            "invalid-config",
            f"{' and '.join(existing)} {exist}. `init` never overwrites a file, and wrote nothing.",
            f"Run `dictionary-deploy doctor` to check the setup, or remove {files}.",
        )
    branch, default = _branches(settings)
    identity = who_am_i(_region(settings), console.mask)
    packages, domains = _account(settings, console)
    choices = choose(_files(settings.workspace), packages)
    bucket = settings.bucket or f"search-dictionaries-{identity.account}-{_region(settings)}"
    roles = f"arn:{identity.partition}:iam::{identity.account}:role/"
    deploy_role = settings.role or f"{roles}{DEPLOY_ROLE}"
    config = config_text(bucket, branch, choices, domains)
    parse_config(config.encode(), settings.config, "")
    workflow = workflow_text(
        branch,
        _region(settings),
        deploy_role,
        settings.plan_role or f"{roles}{PLAN_ROLE}",
        **({} if settings.config == DEFAULT_CONFIG else {"config": settings.config}),
        **({} if branch == default else {"branch": branch}),
    )
    _write(settings.workspace, {settings.config: config, WORKFLOW_PATH: workflow})
    for path in paths:
        console.info(f"Wrote {path}.")
    values = {"written": [*paths], "bucket": bucket, "dictionaries": [each.file for each in choices]}
    return Written(deploy_role, _next_steps(choices, settings.workspace), values)


def _is_inside(workspace: Path, path: str) -> bool:
    """Return True if the folder of a file is in the workspace after links are followed."""
    return (workspace / path).parent.resolve().is_relative_to(workspace.resolve())


def _region(settings: Settings) -> str:
    if not settings.region:
        raise DeployError("no-credentials", "No AWS Region is set.", "Set AWS_REGION.")
    return settings.region


def _branches(settings: Settings) -> tuple[str, str]:
    """Return the branch to deploy and the default branch."""
    history = GitHistory(settings.workspace)
    current = Git(settings.workspace)("symbolic-ref", "--short", "--quiet", "HEAD", no=1).strip()
    default = history.default_branch() or settings.ci.default_branch or current
    branch = settings.branch or default
    if not branch:
        raise no_branch()
    return branch, default


def _files(workspace: Path) -> list[str]:
    """Return the files of the repository, also new ones, except ignored ones."""
    names = Git(workspace)("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return sorted({*filter(None, names.split("\0"))})


def _account(settings: Settings, console: Console) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of the account's own dictionaries and of its domains."""
    clients = make_clients("es", _region(settings), mask=console.mask)
    packages = [
        package.name
        for package in AwsPackages(clients.reads, clients.writes).all()
        if PACKAGE_ID.fullmatch(package.id) and package.details.get("PackageType") == "TXT-DICTIONARY"
    ]
    try:
        return sorted(packages), AwsDomains(clients.reads, "es").names()
    except AwsError as error:
        console.warning(f"The domains are unknown. {error}")
        return sorted(packages), ()


def _write(workspace: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        target = workspace / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise DeployError(
                "invalid-config",
                f"{path} cannot be written: {error.strerror}.",
                "Fix the permissions of its folder.",
            ) from error


def _next_steps(choices: list[Choice], workspace: Path) -> list[str]:
    steps = []
    for choice in choices:
        if not choice.exists:
            if _is_inside(workspace, choice.file):
                with suppress(OSError):  # such as a file in place of the folder: the user sees it in time
                    (workspace / choice.file).parent.mkdir(parents=True, exist_ok=True)
            steps.append(f"Add the file {choice.file} for the package {choice.package}, or remove its entry.")
    steps.append(
        "Create the bucket and the two roles, unless they exist. `dictionary-deploy doctor` checks the bucket"
        " and prints the policies of the roles."
    )
    steps.append("Commit both files on a branch and open a pull request: its plan is the first test.")
    return [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
