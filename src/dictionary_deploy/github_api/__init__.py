"""GitHub's API: where a commit stands on a branch, and the comments on its pull requests.

Nothing else imports PyGithub. `client` and `http_limits` import it, and `connect` imports them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from dictionary_deploy.clock import MAX_GITHUB_WAIT_SECONDS, Clock
from dictionary_deploy.settings import GithubApi

if TYPE_CHECKING:
    from dictionary_deploy.github_api.client import GithubClient


def connect(
    api: GithubApi,
    token: str,
    clock: Clock,
    max_wait: Callable[[], float] = lambda: MAX_GITHUB_WAIT_SECONDS,
) -> AbstractContextManager[GithubClient]:
    """Connect to the repository; close the client at the end. Raises GithubError without a token.

    `max_wait` returns the longest wait for the end of a rate limit.
    """
    # PyGithub takes as long to import as a third of a short run: only runs that talk to GitHub pay for it.
    from dictionary_deploy.github_api.client import open_client  # noqa: PLC0415

    return open_client(api, token, clock, max_wait)


def preload() -> None:
    """Import the client while the run waits for something else."""
    import dictionary_deploy.github_api.client  # noqa: F401, PLC0415 as above
