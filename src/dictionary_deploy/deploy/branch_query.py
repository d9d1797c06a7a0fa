"""Locate commits and files on the branch: one query for all dictionaries, to GitHub or to git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dictionary_deploy.deploy.pool import CallPool
from dictionary_deploy.deploy.task import DictionaryTask
from dictionary_deploy.errors import DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.host import Host
from dictionary_deploy.model import Standing
from dictionary_deploy.protocols import Branch


def branch_of(host: Host, trigger: Trigger) -> Branch:
    """Return the function that queries the branch. It may raise DeployError."""
    is_plan = trigger.mode == "plan"

    def query(files: Sequence[str], others: Sequence[str]) -> Standing:
        return host.standing(trigger.branch, trigger.commit, files, others, is_plan=is_plan)

    def query_for_plan(files: Sequence[str], others: Sequence[str]) -> Standing:
        before = query(files, others) if others else Standing("", {}, {})
        return standing_after_merge(trigger.commit, files, before)

    return query_for_plan if is_plan else query


def standing_after_merge(commit: str, files: Sequence[str], before: Standing) -> Standing:
    """Return the standing after a merge: the files are the tip's, and the commit is the newest."""
    after = {
        other: None if distance is None else distance + 1 for other, distance in before.distances.items()
    }
    return Standing(commit, dict.fromkeys(files, "tip"), {**after, commit: 0}, before.own_blobs)


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
        """Send the query once no version history is being read: it contains their commits."""
        if self._error:
            sender.refuse(self._error)
        if self._is_pending or self._error or any(task.calls for task in self.tasks if not task.is_over):
            return
        self._is_pending = True
        files = {file for task in self.tasks for file in (task.wanted.dictionary.file, task.wanted.config)}
        others = {commit for task in self.tasks for commit in task.commits_to_locate}

        def on_result(standing: Standing) -> None:
            self.standing, self._is_pending = standing, False

        def on_error(error: DeployError) -> None:
            self._error, self._is_pending = error, False

        self.calls.start((), lambda: self.branch(sorted(files), sorted(others)), on_result, on_error)
