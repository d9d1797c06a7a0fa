"""GitHub's runner: trigger from the event, branch from GitHub's API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dictionary_deploy.clock import Clock
from dictionary_deploy.console import Console
from dictionary_deploy.errors import DeployError, EventError
from dictionary_deploy.events.decide import PULL_REQUESTS, decide
from dictionary_deploy.events.payload import Payload
from dictionary_deploy.events.trigger import Trigger, at_head
from dictionary_deploy.git.head import read_head
from dictionary_deploy.git.worktree import DictionaryFile
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.model import Config, Standing
from dictionary_deploy.settings import GithubApi, GithubContext, Settings

MAX_EVENT_BYTES = 64 * 1024 * 1024
"""The limit for an event's payload; GitHub's own is 25 MB."""


class GithubRunner:
    """A job on GitHub's runner. Files need not be the commit's: an earlier step may have built them."""

    in_workflow = True
    posts_comments = True

    def __init__(self, settings: Settings, github: GithubContext, console: Console, clock: Clock) -> None:
        self._settings, self._github = settings, github
        self._console, self._clock = console, clock
        self.repository, self.repository_id = github.repository, github.repository_id
        self.server_url, self.run_url = github.server_url, github.run_url

    def run_name(self) -> str:
        return self.run_url or "a job of GitHub Actions"

    def trigger(self, config: Config) -> Trigger:
        head = read_head(self._settings.workspace)
        trigger = decide(self._settings.mode, self._github, self._payload(), config.branch)
        if trigger.nothing:
            return trigger
        if head is None:
            self._console.warning(
                "The workspace is not a git checkout: its files may differ from"
                f" {trigger.commit or 'the event'}. Use actions/checkout."
            )
        return at_head(trigger, head)

    def trigger_without_config(self) -> Trigger | None:
        if self._github.event_name not in PULL_REQUESTS:
            return None
        try:
            number = Payload(self._payload()).find("pull_request.number", int)
        except DeployError:
            return None
        return Trigger(self._settings.mode, "", pull_request=number) if number else None

    def check_config(self, config: Config, commit: str) -> None:
        pass

    def check_file(self, file: str, source: DictionaryFile, commit: str) -> None:
        pass

    def standing(self, branch: str, commit: str, files: Sequence[str], others: Sequence[str]) -> Standing:
        with connect(self._github, self._settings.github_token, self._clock) as client:
            return Commits(client).standing(branch, commit, files, others)

    def is_ancestor(self, older: str, newer: str) -> bool:
        with connect(self._github, self._settings.github_token, self._clock) as client:
            return Commits(client).has(older, newer)

    def comment_api(self) -> GithubApi:
        return self._github

    def _payload(self) -> Any:
        """Return the event's payload; `{}` without a file, for example if the runner is in a container."""
        path = self._github.event_path
        if not path or not Path(path).is_file():
            return {}
        with Path(path).open("rb") as file:
            data = file.read(MAX_EVENT_BYTES)
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise EventError(
                "github-failed", f"The event's payload {path} is not JSON: {error}.", "Rerun."
            ) from error
