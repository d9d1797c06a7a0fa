"""Who says where the commit stands on the branch: GitHub or git. A plan is about the time after the merge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dictionary_deploy.git_history import GitHistory
from dictionary_deploy.model import Standing, Succession
from dictionary_deploy.ports import Branch, Order
from dictionary_deploy.settings import Settings
from dictionary_deploy.trigger import Trigger
from dictionary_deploy.waiting import Clock

if TYPE_CHECKING:
    from dictionary_deploy.github_api.commits import Commits


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
    from dictionary_deploy.github_api.commits import Commits  # noqa: PLC0415 only who asks pays for requests
    from dictionary_deploy.github_api.connect import connected  # noqa: PLC0415 as above

    with connected(settings.github_api, settings.github_token, clock) as client:
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
