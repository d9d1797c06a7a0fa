"""Who answers where the commit stands on the branch: GitHub, git, or nobody, since a plan is about later."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.git_history import GitHistory
from dictionary_deploy.model import Standing
from dictionary_deploy.ports import Branch
from dictionary_deploy.settings import Settings
from dictionary_deploy.trigger import Trigger
from dictionary_deploy.waiting import Clock


def branch_of(settings: Settings, clock: Clock, trigger: Trigger) -> Branch:
    """The one to ask, before anything is written; asking may raise DeployError."""
    commit = trigger.commit

    def assume(files: Sequence[str], others: Sequence[str]) -> Standing:
        """After the merge this commit's files are the tip's."""
        return Standing(commit, dict.fromkeys(files, "tip"), {**dict.fromkeys(others), commit: 0})

    def ask_github(files: Sequence[str], others: Sequence[str]) -> Standing:
        from dictionary_deploy.github_api.commits import Commits  # noqa: PLC0415 only who asks pays for PyGithub
        from dictionary_deploy.github_api.connect import connected  # noqa: PLC0415 as above

        with connected(settings, clock) as client:
            return Commits(client).standing(trigger.branch, commit, files, others)

    def ask_git(files: Sequence[str], others: Sequence[str]) -> Standing:
        return GitHistory(settings.workspace).standing(trigger.branch, commit, files, [commit, *others])

    if trigger.mode == "plan":
        return assume
    return ask_github if settings.github else ask_git
