"""The repository itself: its IDs and default branch, and whether the token may comment."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from dictionary_deploy.errors import GithubError

if TYPE_CHECKING:
    from github.Repository import Repository

    from dictionary_deploy.github_api.client import GithubClient


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """The repository's facts from GitHub; IDs are decimal, `created_at` is ISO 8601."""

    id: str
    owner_id: str
    default_branch: str
    created_at: str


def read_facts(client: GithubClient) -> RepositoryFacts:
    """Return the facts about the client's repository. Raises GithubError if the token may not read it."""

    def read(repository: Repository) -> RepositoryFacts:
        # The first attribute that is read sends the request.
        return RepositoryFacts(
            str(repository.id),
            str(repository.owner.id or ""),
            repository.default_branch or "",
            repository.created_at.isoformat(),
        )

    return client.request("GET repository", read)


def check_may_comment(client: GithubClient, number: int) -> None:
    """Raise GithubError if the token may not comment on pull request `number`. Writes nothing.

    GitHub checks the token first, and then rejects the comment because it is empty.
    """
    try:
        client.request(
            f"POST issues/{number}/comments",
            lambda repository: repository.get_issue(number).create_comment(""),
            repeatable=False,
        )
    except GithubError as error:
        if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
            raise
