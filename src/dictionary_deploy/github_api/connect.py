"""GitHub, connected. Importing this imports requests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dictionary_deploy.errors import GithubError
from dictionary_deploy.github_api.client import GithubClient
from dictionary_deploy.settings import GithubApi
from dictionary_deploy.waiting import Clock


@contextmanager
def connected(api: GithubApi, token: str, clock: Clock) -> Iterator[GithubClient]:
    """A client of the repository, closed at the end. Raises GithubError without a token."""
    if not token:
        raise GithubError(
            "There is no GitHub token.",
            "Leave the input `github-token` at its default, `${{ github.token }}`; outside of GitHub set"
            " GITHUB_TOKEN.",
        )
    client = GithubClient(token, api.api_url, api.graphql_url, api.repository, clock.sleep, time.time)
    try:
        yield client
    finally:
        client.close()
