"""Any machine but GitHub's runner: trigger from the command line, branch from the checkout's git."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import replace

from dictionary_deploy.errors import GithubError
from dictionary_deploy.events.trigger import Trigger, no_branch, outside
from dictionary_deploy.git.head import read_head
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.git.remote import name_at, repository_at
from dictionary_deploy.git.uncommitted import check_committed, check_config_committed
from dictionary_deploy.git.worktree import DictionaryFile
from dictionary_deploy.model import Config, Owner, Standing
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

    def owner(self) -> Owner:
        ci = self._settings.ci
        name = ci.repository or self._settings.github_api.repository
        return Owner(name or name_at(self._history.origin()), ci.repository_id)

    def run_name(self) -> str:
        return f"process {os.getpid()} on {socket.gethostname()}"

    def branch(self) -> str:
        self._trigger_of_checkout("")  # without a checkout, git's own error would come first
        branch = self._settings.branch or self._history.default_branch() or self._settings.ci.default_branch
        if not branch:
            raise no_branch()
        return branch

    def trigger(self, branch: str) -> Trigger:
        trigger = self._trigger_of_checkout(branch)
        if trigger.mode == "plan":
            base = self._history.base(branch, trigger.commit)
            return replace(trigger, base=base, is_on_branch=base == trigger.commit)
        return trigger

    def _trigger_of_checkout(self, branch: str) -> Trigger:
        return outside(self._settings.mode, read_head(self._settings.workspace), branch)

    def reach(self, branch: str, commit: str) -> str:
        return self._history.reach(branch, commit)

    def read(self, commit: str, file: str) -> bytes | None:
        return self._history.read(commit, file)

    def trigger_without_config(self) -> Trigger | None:
        return None

    def check_config(self, config: Config, commit: str) -> None:
        check_config_committed(self._settings.workspace, commit, config.path)

    def check_file(self, file: str, source: DictionaryFile, commit: str) -> None:
        check_committed(self._settings.workspace, commit, file, source.handle, source.content.size)

    def standing(
        self, branch: str, commit: str, files: Sequence[str], others: Sequence[str], *, is_plan: bool
    ) -> Standing:
        del is_plan
        return self._history.standing(branch, commit, files, [commit, *others])

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self._history.has(older, newer)

    def age(self, commit: str) -> float:
        return time.time() - self._history.committed_at(commit)

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
