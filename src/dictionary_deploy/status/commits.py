"""Find author, subject and pull request of a commit, in the checkout's git, else at GitHub."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from dictionary_deploy.clock import Clock
from dictionary_deploy.errors import DeployError
from dictionary_deploy.git.command import Git
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.git.remote import repository_at
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commit_facts import author_and_subject, pull_request_of
from dictionary_deploy.report.status import CommitFacts
from dictionary_deploy.settings import Settings

if TYPE_CHECKING:
    from dictionary_deploy.github_api.client import GithubClient

MERGES = re.compile(r"Merge pull request #([0-9]+) from|\(#([0-9]+)\)$")
"""The subjects that GitHub gives to merge commits and to squashed ones."""


class CommitFinder:
    """Finds author, subject and pull request of commits. Unknown values are empty."""

    def __init__(self, settings: Settings, clock: Clock, stack: ExitStack) -> None:
        self._git = Git(settings.workspace)
        self._api = settings.github_api
        if not self._api.repository:
            self._api = replace(self._api, repository=_repository(settings))
        self._client: GithubClient | None = None
        if settings.github_token and self._api.repository:
            self._client = stack.enter_context(connect(self._api, settings.github_token, clock))
        self._found: dict[str, CommitFacts] = {}

    def find(self, commit: str) -> CommitFacts:
        """Return the facts about a commit, cached."""
        if commit not in self._found:
            self._found[commit] = self._find(commit)
        return self._found[commit]

    def _find(self, commit: str) -> CommitFacts:
        author, subject = self._in_git(commit) or self._at_github(commit)
        merged = MERGES.search(subject)
        number = int(merged[1] or merged[2]) if merged else self._pull_request(commit)
        url = ""
        if self._api.repository:
            page = f"pull/{number}" if number else f"commit/{commit}"
            url = f"{self._api.server_url}/{self._api.repository}/{page}"
        return CommitFacts(author, subject, number, url)

    def _in_git(self, commit: str) -> tuple[str, str] | None:
        try:
            output = self._git("show", "--no-patch", "--format=%an%x00%s", commit, "--")
        except DeployError:
            return None
        author, _, subject = output.rstrip("\n").partition("\0")
        return author, subject

    def _at_github(self, commit: str) -> tuple[str, str]:
        try:
            return author_and_subject(self._client, commit) if self._client else ("", "")
        except DeployError:
            return "", ""

    def _pull_request(self, commit: str) -> int | None:
        try:
            return pull_request_of(self._client, commit) if self._client else None
        except DeployError:
            return None


def _repository(settings: Settings) -> str:
    try:
        return repository_at(GitHistory(settings.workspace).origin(), settings.github_api.server_url)
    except DeployError:
        return ""
