"""The text of the configuration and of the workflow. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from dictionary_deploy.init.choose import Choice

SCHEMA = (
    "https://raw.githubusercontent.com/dictionary-deploy/deploy-search-dictionaries/v1/src/dictionary_deploy/"
    "dictionaries.schema.json"
)

WORKFLOW = """\
name: Search dictionaries

on:
  push:
    branches: [{branch}]
  pull_request: # without `branches`: a pull request that leaves the branch gets a note
    types: [opened, synchronize, reopened, edited]

permissions:
  contents: read
  id-token: write # to assume the role
  pull-requests: write # to comment

concurrency:
  group: search-dictionaries-${{{{ github.ref }}}}
  cancel-in-progress: false

jobs:
  dictionaries:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with:
          persist-credentials: false
      - uses: aws-actions/configure-aws-credentials@v6
        if: {not_for_forks} # not for forks
        with:
          aws-region: {region}
          role-to-assume: {role}
      - uses: dictionary-deploy/deploy-search-dictionaries@v1
"""
"""The workflow of the quick start. A test compares them."""

SAME_REPOSITORY = "github.event.pull_request.head.repo.id == github.event.repository.id"
NOT_FOR_FORKS = f"github.event_name != 'pull_request' || {SAME_REPOSITORY}"
"""The condition of the sign-in step: a fork's token cannot assume the role."""


def config_text(bucket: str, branch: str, choices: Sequence[Choice], domains: Sequence[str]) -> str:
    """Return the configuration. `domains` are those of the account."""
    lines = [
        f"# yaml-language-server: $schema={SCHEMA}",
        f"bucket: {bucket}",
        "domains: associated # update every domain that is associated with the package",
        f"branch: {_scalar(branch)} # fail if the workflow deploys another branch",
        "dictionaries:",
    ]
    for choice in choices:
        lines += [
            f"  - file: {_scalar(choice.file)}",
            f"    package: {_scalar(choice.package)}",
            f"    kind: {choice.kind}",
        ]
        if choice.creates:
            lines.append("    create: true # the first deploy creates the package")
            if len(domains) == 1:
                lines.append(f"    domains: [{_scalar(domains[0])}]")
            else:
                names = ", ".join(domains) or "search-prod"
                lines.append(f"    # domains: [{names}] # a new package is on no domain until you list some")
    return "\n".join([*lines, ""])


def workflow_text(branch: str, region: str, deploy_role: str, plan_role: str, /, **inputs: str) -> str:
    """Return the workflow. `inputs` are those of the action that have another value than their default."""
    common, plan = _without_common_start(deploy_role, plan_role)
    role = f"{common}${{{{ github.event_name == 'pull_request' && '{plan[1]}' || '{plan[0]}' }}}}"
    text = WORKFLOW.format(branch=_scalar(branch), region=region, role=role, not_for_forks=NOT_FOR_FORKS)
    lines = (f"          {name}: {_scalar(value)}\n" for name, value in inputs.items())
    return f"{text}        with:\n{''.join(lines)}" if inputs else text


def _without_common_start(one: str, other: str) -> tuple[str, tuple[str, str]]:
    """Return the common start of two ARNs up to the last slash, and their ends."""
    start, _, _ = one.rpartition("/")
    if start and other.startswith(f"{start}/"):
        size = len(start) + 1
        return one[:size], (one[size:], other[size:])
    return "", (one, other)


def _scalar(value: str) -> str:
    """Return a YAML scalar, quoted unless it is plain. JSON's strings are YAML's."""
    is_plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", value) and value.lower() not in RESERVED
    return value if is_plain else json.dumps(value, ensure_ascii=False)


RESERVED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
