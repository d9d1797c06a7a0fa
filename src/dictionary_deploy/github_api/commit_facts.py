"""Author, subject and pull request of a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from github.Repository import Repository

    from dictionary_deploy.github_api.client import GithubClient


def author_and_subject(client: GithubClient, commit: str) -> tuple[str, str]:
    """Return the author's name and the first line of the message. Raises GithubError."""

    def read(repository: Repository) -> tuple[str, str]:
        found = repository.get_commit(commit).commit
        return found.author.name, found.message.partition("\n")[0]

    return client.request(f"GET commits/{commit}", read)


def pull_request_of(client: GithubClient, commit: str) -> int | None:
    """Return the number of the first pull request that has the commit. Raises GithubError."""

    def read(repository: Repository) -> int | None:
        return next((each.number for each in repository.get_commit(commit).get_pulls()), None)

    return client.request(f"GET commits/{commit}/pulls", read)
