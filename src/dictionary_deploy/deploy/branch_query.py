"""Query GitHub or git, once for all dictionaries, for the place of commits and files on the branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    """The one to ask, before anything is written; asking may raise DeployError."""
    commit = trigger.commit

    def ask_github(
        here: str, files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]
    ) -> Standing:
        with _commits(settings, clock) as commits:
            return commits.standing(trigger.branch, here, files, others, successions)

    def ask_git(
        here: str, files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]
    ) -> Standing:
        history = GitHistory(settings.workspace)
        return history.standing(trigger.branch, here, files, [here, *others], successions)

    ask = ask_github if settings.github else ask_git

    def ask_here(files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]) -> Standing:
        if trigger.mode == "plan":
            return foreseen(commit, ask, files, others, successions)
        return ask(commit, files, others, successions)

    return ask_here


def order_of(settings: Settings, clock: Clock) -> Order:
    """The one to ask how two commits stand to each other."""

    def ask_github(older: str, newer: str) -> bool:
        with _commits(settings, clock) as commits:
            return commits.has(older, newer)

    return ask_github if settings.github else GitHistory(settings.workspace).has


@contextmanager
def _commits(settings: Settings, clock: Clock) -> Iterator[Commits]:
    """The repository's commits, as GitHub knows them."""
    with connect(settings.github_api, settings.github_token, clock) as client:
        yield Commits(client)


def foreseen(
    commit: str,
    ask: Callable[[str, Sequence[str], Sequence[str], Sequence[Succession]], Standing],
    files: Sequence[str],
    others: Sequence[str],
    successions: Sequence[Succession],
) -> Standing:
    """After the merge this commit's files are the tip's, and it is newer than all that the branch has."""
    before = ask(others[0], (), others, successions) if others else Standing("", {}, {})
    after = {
        other: None if distance is None else distance + 1 for other, distance in before.distances.items()
    }
    return Standing(commit, dict.fromkeys(files, "tip"), {**after, commit: 0}, before.pasts)


@dataclass(slots=True)
class BranchQuery:
    """One question for all dictionaries, and its answer. Without one, those that need it are refused."""

    branch: Branch
    tasks: Sequence[DictionaryTask]
    calls: CallPool
    standing: Standing | None = None
    _trouble: DeployError | None = None
    _is_asked: bool = False

    def ask(self, asker: DictionaryTask) -> None:
        """Ask, once no history that belongs in the question is still being read."""
        if self._trouble:
            asker.refuse(self._trouble)
        if self._is_asked or self._trouble or any(task.calls for task in self.tasks if not task.is_over):
            return
        self._is_asked = True
        files = {file for task in self.tasks for file in (task.wanted.dictionary.file, task.wanted.config)}
        others = {commit for task in self.tasks for commit in task.asked}
        successions = {each for task in self.tasks for each in task.successions}

        def note(standing: Standing) -> None:
            self.standing, self._is_asked = standing, False

        def fail(error: DeployError) -> None:
            self._trouble, self._is_asked = error, False

        self.calls.start(lambda: self.branch(sorted(files), sorted(others), sorted(successions)), note, fail)
