"""The demo: the plan of a pull request, then its merge and deploy. `python -m sandbox.demo`

Everything is real but the two services, which are local: git, HTTP, and `entrypoint.py` in a process of
its own, given what GitHub's runner gives it. Exits with the action's exit status.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.account import Account
from sandbox.aws.app import LocalAws
from sandbox.aws.switches import Switches
from sandbox.display import LOG_HEADING, print_heading, print_now, print_report
from sandbox.github.app import create_app
from sandbox.runner import OpenPullRequest, Runner, Step, read_comments
from sandbox.sample.history import BRANCH, PULL_REQUEST, SAMPLE, begin, merge_pull_request, open_pull_request
from sandbox.server import serve

REPOSITORY = "octo/shop"
BUCKET = "octo-search-dictionaries"
USER_DICTIONARY = "japanese-words"
PACKAGES = {
    "product-synonyms": "synonyms.txt",
    "stopwords": "stopwords.txt",
    USER_DICTIONARY: "user_dictionary.csv",
}
DOMAINS = {"search-prod": "OpenSearch_2.11", "search-blog": "Elasticsearch_7.4"}
"""The domains that have every package, with their engines."""
COPY_SECONDS = 1.0
PAUSE_SECONDS = 0.1
NO_COMMIT = "0" * 40


def main() -> int:
    """Deploy the sample, show the plan and the deploy of a change; return the action's exit status."""
    _forget_settings()
    with TemporaryDirectory(prefix="dictionary-demo-") as scratch:
        workspace = Path(scratch, "workspace")
        aws_app = LocalAws(Switches(copy_seconds=COPY_SECONDS))
        with serve(aws_app) as aws, serve(create_app(workspace)) as github:
            account = Account(aws)
            environ = {
                **account.environ,
                "GITHUB_API_URL": github,
                "GITHUB_GRAPHQL_URL": f"{github}/graphql",
            }
            runner = Runner(workspace, Path(scratch, "runner"), REPOSITORY, environ)
            return _demonstrate(runner, account, github)


def _forget_settings() -> None:
    """Remove the machine's settings for AWS and proxies, which would override loopback."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]


def _demonstrate(runner: Runner, account: Account, github: str) -> int:
    print_now(f"The local AWS is at {account.url}, the local GitHub at {github}.")
    ids = _create_packages(account)
    _associate(account, ids)
    named = ", ".join(f"{name} ({package_id})" for name, package_id in ids.items())
    print_now(f"The demo created the bucket {BUCKET} and the packages {named},")
    print_now(f"and associated the packages with the domains {' and '.join(DOMAINS)}.")

    first = begin(runner.workspace, ids[USER_DICTIONARY])
    print_now(f"The first commit, {first}, is pushed. Its deploy takes a few seconds; the log is not shown.")
    log: list[str] = []
    began = time.monotonic()
    step = runner.push(NO_COMMIT, first, log.append)
    if step.status:
        print("\n".join(log))
        return step.status
    print_now(f"Deployed in {time.monotonic() - began:.1f} s: {_outcomes(step)}.")

    if status := _plan(runner, github, first):
        return status
    return _deploy(runner, github, first)


def _plan(runner: Runner, github: str, base: str) -> int:
    """Open the pull request and show its plan; return the exit status."""
    head = open_pull_request(runner.workspace)
    print_now(f"Pull request {PULL_REQUEST} is opened with {head}. That starts the plan:")
    log: list[str] = []
    step = runner.pull_request(OpenPullRequest(PULL_REQUEST, head, base, BRANCH), log.append)
    if step.status:
        print("\n".join(log))
        return step.status
    print_heading(f"Plan: the comment on pull request {PULL_REQUEST} before its merge")
    print("\n\n".join(_comments(github)))
    return 0


def _deploy(runner: Runner, github: str, before: str) -> int:
    """Merge the pull request and show its deploy; return the exit status."""
    merge = merge_pull_request(runner.workspace)
    print_now(f"\nPull request {PULL_REQUEST} is merged as {merge}. That push starts the deploy:")
    print_heading(LOG_HEADING)
    step = runner.push(before, merge, print_now)
    title = f"Comment on pull request {PULL_REQUEST}: the report replaces the plan"
    print_report({title: _comments(github)}, step)
    print_heading("Outputs")
    _print_outputs(step.outputs)
    print_heading("Next")
    print("docs/command.md#without-aws goes from an empty repository to a rollback on the same services.")
    print("README.md has the setup for your own repository.")
    sample = os.path.relpath(SAMPLE)
    print(f"docs/comment-light.png is the comment as GitHub shows it, {sample} has the files of this demo.")
    return step.status


def _comments(github: str) -> list[str]:
    """Return the texts of the comments on the pull request."""
    return [each["body"].rstrip() for each in read_comments(github, REPOSITORY, PULL_REQUEST)]


def _create_packages(account: Account) -> dict[str, str]:
    """Create the bucket and a package for each dictionary; return the packages' IDs by name."""
    account.create_bucket(BUCKET)
    files = SAMPLE / "repository" / "search"
    for domain, engine in DOMAINS.items():
        account.client("opensearch").create_domain(DomainName=domain, EngineVersion=engine)
    return {
        name: account.create_package(name, BUCKET, (files / file).read_bytes())
        for name, file in PACKAGES.items()
    }


def _associate(account: Account, ids: Mapping[str, str]) -> None:
    """Associate every package with every domain, once AWS has copied it."""
    es = account.client("opensearch")
    filters = [{"Name": "PackageID", "Value": [*ids.values()]}]
    while any(
        package["PackageStatus"] == "COPYING"
        for package in es.describe_packages(Filters=filters)["PackageDetailsList"]
    ):
        time.sleep(PAUSE_SECONDS)
    for package_id in ids.values():
        for domain in DOMAINS:
            es.associate_package(PackageID=package_id, DomainName=domain)


def _outcomes(step: Step) -> str:
    return ", ".join(f"{entry['file']} {entry['outcome']}" for entry in step.dictionaries)


def _print_outputs(outputs: Mapping[str, str]) -> None:
    for name, value in outputs.items():
        shown = (
            json.dumps(json.loads(value), indent=2, ensure_ascii=False) if name == "dictionaries" else value
        )
        print(f"{name}={shown}")


if __name__ == "__main__":
    sys.exit(main())
