"""Any machine but GitHub's runner: trigger from the command line, branch from the checkout's git."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import replace

from dictionary_deploy.errors import GithubError
from dictionary_deploy.events.trigger import Trigger, outside
from dictionary_deploy.git.head import read_head
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.git.remote import repository_at
from dictionary_deploy.git.uncommitted import check_committed, check_config_committed
from dictionary_deploy.git.worktree import DictionaryFile
from dictionary_deploy.model import Config, Standing
from dictionary_deploy.settings import GithubApi, Settings


class Machine:
    """A developer's machine or another CI system. Comments need the number of a pull request."""

    in_workflow = False
    repository = repository_id = run_url = ""
    server_url = "https://github.com"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._history = GitHistory(settings.workspace)
        self.posts_comments = settings.pull_request is not None

    def run_name(self) -> str:
        return f"process {os.getpid()} on {socket.gethostname()}"

    def trigger(self, config: Config) -> Trigger:
        head = read_head(self._settings.workspace)
        return outside(self._settings.mode, head, config.branch or self._history.default_branch())

    def trigger_without_config(self) -> Trigger | None:
        return None

    def check_config(self, config: Config, commit: str) -> None:
        check_config_committed(self._settings.workspace, commit, config.path)

    def check_file(self, file: str, source: DictionaryFile, commit: str) -> None:
        check_committed(self._settings.workspace, commit, file, source.handle, source.content.size)

    def standing(self, branch: str, commit: str, files: Sequence[str], others: Sequence[str]) -> Standing:
        return self._history.standing(branch, commit, files, [commit, *others])

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self._history.has(older, newer)

    def comment_api(self) -> GithubApi:
        api = self._settings.github_api
        if api.repository:
            return api
        repository = repository_at(self._history.origin(), api.server_url)
        if not repository:
            raise GithubError(
                f"The remote origin is not a repository at {api.server_url}.",
                "Set GITHUB_REPOSITORY to owner/name. For GitHub Enterprise Server, also set"
                " GITHUB_SERVER_URL and GITHUB_API_URL.",
            )
        return replace(api, repository=repository)
