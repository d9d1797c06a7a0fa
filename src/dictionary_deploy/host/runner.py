"""GitHub's runner: trigger from the event, branch from GitHub's API."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dictionary_deploy.clock import Clock
from dictionary_deploy.console import Console
from dictionary_deploy.errors import DeployError, EventError
from dictionary_deploy.events.decide import PULL_REQUESTS, decide, default_branch
from dictionary_deploy.events.payload import Payload
from dictionary_deploy.events.trigger import Trigger, at_head, no_branch
from dictionary_deploy.git.head import below_workspace, find_checkout_below, read_head
from dictionary_deploy.git.worktree import DictionaryFile
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.github_api.repository import read_facts
from dictionary_deploy.model import Config, Owner, Standing
from dictionary_deploy.settings import GithubApi, GithubContext, Settings

if TYPE_CHECKING:
    from dictionary_deploy.github_api.client import GithubClient

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

    def owner(self) -> Owner:
        return Owner(self.repository, self.repository_id)

    def run_name(self) -> str:
        return self.run_url or "a job of GitHub Actions"

    def branch(self) -> str:
        branch = self._settings.branch or default_branch(self._payload)
        if not branch:
            with connect(self._github, self._settings.github_token, self._clock) as client:
                branch = read_facts(client).default_branch
        if not branch:
            raise no_branch()
        return branch

    def trigger(self, branch: str) -> Trigger:
        head, settings = read_head(self._settings.workspace), self._settings
        if head is None and (folder := find_checkout_below(settings.workspace)):
            raise below_workspace(folder)
        payload = self._payload
        try:
            trigger = decide(settings.mode, self._github, payload, branch, settings.pull_request)
        except EventError as error:
            raise without_event_file(error, self._github.event_path) from error
        is_default = settings.branch in ("", default_branch(payload))
        if (trigger.nothing or trigger.mode == "plan") and not is_default:
            # A typo in the input must not look like a run with nothing to do.
            with connect(self._github, settings.github_token, self._clock) as client:
                Commits(client).tip(branch)
        if trigger.nothing:
            return trigger
        if head is None:
            self._console.warning(
                "The workspace is not a git checkout: its files may differ from"
                f" {trigger.commit or 'the event'}. Use actions/checkout."
            )
        return at_head(trigger, head, self._github.event_name)

    def reach(self, branch: str, commit: str) -> str:
        with connect(self._github, self._settings.github_token, self._clock) as client:
            return Commits(client).reach(branch, commit, is_pushed=self._is_pushed(branch, commit))

    def read(self, commit: str, file: str) -> bytes | None:
        with connect(self._github, self._settings.github_token, self._clock) as client:
            return Commits(client).content(commit, file)

    def trigger_without_config(self) -> Trigger | None:
        if self._github.event_name not in PULL_REQUESTS:
            return None
        try:
            number = Payload(self._payload).find("pull_request.number", int)
        except DeployError:
            return None
        return Trigger(self._settings.mode, "", pull_request=number) if number else None

    def check_config(self, config: Config, commit: str) -> None:
        pass

    def check_file(self, file: str, source: DictionaryFile, commit: str) -> None:
        pass

    def standing(
        self, branch: str, commit: str, files: Sequence[str], others: Sequence[str], *, is_plan: bool
    ) -> Standing:
        with self._connect_under_lock() as client:
            commits = Commits(client)
            if is_plan:
                return commits.standing(branch, commit, files, others)
            is_pushed = self._is_pushed(branch, commit)
            return commits.settled_standing(branch, commit, files, others, is_pushed=is_pushed)

    def is_ancestor(self, older: str, newer: str) -> bool:
        with self._connect_under_lock() as client:
            return Commits(client).has(older, newer)

    def age(self, commit: str) -> float:
        with connect(self._github, self._settings.github_token, self._clock) as client:
            return time.time() - Commits(client).committed_at(commit)

    def comment_api(self) -> GithubApi:
        return self._github

    def _connect_under_lock(self) -> AbstractContextManager[GithubClient]:
        """Connect for a query that does not wait for the end of a rate limit.

        The run waits for it by itself, after it has released the lock.
        """
        return connect(self._github, self._settings.github_token, self._clock, lambda: 0.0)

    def _is_pushed(self, branch: str, commit: str) -> bool:
        """Return True if the event is the push of the commit to the branch."""
        github = self._github
        pushed = ("push", f"refs/heads/{branch}", commit)
        return (github.event_name, github.ref, github.sha) == pushed

    @cached_property
    def _payload(self) -> Any:
        """The event's payload; `{}` without a file, for example if the runner is in a container."""
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


def without_event_file(error: EventError, path: str) -> EventError:
    """Return the error with its cause, if a member is missing since the runner did not mount the file."""
    if error.reason != "github-failed" or (path and Path(path).is_file()):
        return error
    missing = f"there is no file {path}" if path else "GITHUB_EVENT_PATH is not set"
    return EventError(
        error.reason,
        f"{error.message} The event is unknown: {missing}.",
        "Mount the file of GITHUB_EVENT_PATH in the container. On Kubernetes, update the runner's hooks.",
    )
