"""GitHub, connected as the runner says. Importing this imports requests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.client import GithubClient
from dictionary_deploy.settings import Settings
from dictionary_deploy.waiting import Clock


@contextmanager
def connected(settings: Settings, clock: Clock) -> Iterator[GithubClient]:
    """A client of the run's repository, closed at the end. Raises GithubError without a token."""
    github = settings.github
    if github is None or not settings.github_token:
        raise GithubError(
            "There is no GitHub token.",
            "Leave the input `github-token` at its default, `${{ github.token }}`.",
        )
    client = GithubClient(
        settings.github_token, github.api_url, github.graphql_url, github.repository, clock.sleep, time.time
    )
    try:
        yield client
    finally:
        client.close()
