"""A checkout with a merged pull request, and the services to deploy it to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.account import REGION, Account
from sandbox.repository import Repository
from sandbox.runner import push_event, read_comments, start_services

PULL_REQUEST = 7
REPOSITORY = "octo/search"
BUCKET = "octo-search-dictionaries"
PACKAGE = "product-synonyms"
CONFIG = f"""\
bucket: {BUCKET}
domains: none
branch: main
region: {REGION}
dictionaries:
  - file: search/synonyms.txt
    package: {PACKAGE}
    kind: synonyms
"""


@dataclass(frozen=True)
class Services:
    """The local AWS and the local GitHub."""

    account: Account
    github: str

    def comments(self) -> list[dict[str, Any]]:
        """Return the comments on pull request 7."""
        return read_comments(self.github, REPOSITORY, PULL_REQUEST)

    def endpoints(self) -> dict[str, str]:
        """Return the variables with the URLs of the services."""
        return {
            "AWS_ENDPOINT_URL": self.account.url,
            "GITHUB_API_URL": self.github,
            "GITHUB_GRAPHQL_URL": f"{self.github}/graphql",
        }

    def environ(self) -> dict[str, str]:
        """Return the URLs and the variables that configure-aws-credentials sets."""
        return {**self.endpoints(), **self.account.environ}


def make_workspace(path: Path, files: dict[str, str] | None = None, config: str = CONFIG) -> Repository:
    """Create the repository; `files` are in its first commit, `config` in the merged pull request."""
    workspace = Repository(path)
    workspace.init()
    workspace.commit({**(files or {}), "search/synonyms.txt": "tv, television\n"}, "First words")
    changed = {".github/dictionaries.yml": config, "search/synonyms.txt": "tv, television\nsofa, couch\n"}
    workspace.merge(changed, PULL_REQUEST)
    return workspace


def payload(workspace: Repository) -> dict[str, Any]:
    """Return the payload of the push of the checked out commit."""
    return push_event(REPOSITORY, workspace.head)


@contextmanager
def serve(workspace: Repository) -> Iterator[Services]:
    """Run the services while the block runs."""
    with start_services(workspace.path, "--copy-seconds", "1") as urls:
        yield Services(Account(urls["AWS_ENDPOINT_URL"]), urls["GITHUB_API_URL"])
