"""Locate commits and files on the branch: one query for all dictionaries, to GitHub or to git."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dictionary_deploy.clock import Clock
from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.git.history import GitHistory
from dictionary_deploy.github_api import connect
from dictionary_deploy.github_api.commits import Commits
from dictionary_deploy.model import Standing, Succession
from dictionary_deploy.protocols import Branch, Order
from dictionary_deploy.settings import Settings


def branch_of(settings: Settings, clock: Clock, trigger: Trigger) -> Branch:
    """Return the function that queries GitHub, or outside its runner git. It may raise DeployError."""
    commit = trigger.commit

    def query_github(
        here: str, files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]
    ) -> Standing:
        with connect(settings.github_api, settings.github_token, clock) as client:
            return Commits(client).standing(trigger.branch, here, files, others, successions)

    def query_git(
        here: str, files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]
    ) -> Standing:
        history = GitHistory(settings.workspace)
        return history.standing(trigger.branch, here, files, [here, *others], successions)

    query = query_github if settings.github else query_git

    def query_branch(
        files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]
    ) -> Standing:
        if trigger.mode == "plan":
            return standing_after_merge(commit, query, files, others, successions)
        return query(commit, files, others, successions)

    return query_branch


def order_of(settings: Settings, clock: Clock) -> Order:
    """Return the function that compares two commits. It may raise DeployError."""

    def query_github(older: str, newer: str) -> bool:
        with connect(settings.github_api, settings.github_token, clock) as client:
            return Commits(client).has(older, newer)

    return query_github if settings.github else GitHistory(settings.workspace).has


def standing_after_merge(
    commit: str,
    query: Callable[[str, Sequence[str], Sequence[str], Sequence[Succession]], Standing],
    files: Sequence[str],
    others: Sequence[str],
    successions: Sequence[Succession],
) -> Standing:
    """Return the standing after a merge: the files are the tip's, and the commit is the newest."""
    before = query(others[0], (), others, successions) if others else Standing("", {}, {})
    after = {
        other: None if distance is None else distance + 1 for other, distance in before.distances.items()
    }
    return Standing(commit, dict.fromkeys(files, "tip"), {**after, commit: 0}, before.pasts)


@dataclass(slots=True)
class BranchQuery:
    """One query for all dictionaries. If it fails, the dictionaries that need it fail."""

    branch: Branch
    tasks: Sequence[DictionaryTask]
    calls: CallPool
    standing: Standing | None = None
    _error: DeployError | None = None
    _is_pending: bool = False

    def send(self, sender: DictionaryTask) -> None:
        """Send the query as soon as no version history is being read: it is about their commits."""
        if self._error:
            sender.refuse(self._error)
        if self._is_pending or self._error or any(task.calls for task in self.tasks if not task.is_over):
            return
        self._is_pending = True
        files = {file for task in self.tasks for file in (task.wanted.dictionary.file, task.wanted.config)}
        others = {commit for task in self.tasks for commit in task.commits_to_locate}
        successions = {each for task in self.tasks for each in task.successions}

        def on_result(standing: Standing) -> None:
            self.standing, self._is_pending = standing, False

        def on_error(error: DeployError) -> None:
            self._error, self._is_pending = error, False

        self.calls.start(
            (), lambda: self.branch(sorted(files), sorted(others), sorted(successions)), on_result, on_error
        )
