"""The host of a run: GitHub's runner, or any other machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.git.worktree import DictionaryFile
from dictionary_deploy.model import Config, Owner, Standing
from dictionary_deploy.settings import GithubApi


class Host(Protocol):
    """The differences between hosts. Methods may raise DeployError."""

    in_workflow: bool
    """True in GitHub's runner: it has a step summary, and remedies are about the workflow."""
    repository: str
    """`owner/name`, or empty."""
    repository_id: str
    server_url: str
    run_url: str
    """The page of the run, or empty."""
    posts_comments: bool
    """True if the report may be a comment on a pull request."""

    def owner(self) -> Owner:
        """Return the repository as the owner of the packages that it deploys."""
        ...

    def run_name(self) -> str:
        """Return the name that other runs log while they wait for this run's lock."""
        ...

    def branch(self) -> str:
        """Return the deployed branch: the input, else the repository's default branch."""
        ...

    def trigger(self, branch: str) -> Trigger:
        """Return the trigger from the event or the command line. The checkout must be of its commit.

        Raises DeployError also if the branch does not exist, unless `reach` is to be called.
        """
        ...

    def reach(self, branch: str, commit: str) -> str:
        """Return the branch's tip. Raises DeployError unless `commit` is reachable from it."""
        ...

    def read(self, commit: str, file: str) -> bytes | None:
        """Return a file at a commit of the branch; None if git does not track it there."""
        ...

    def trigger_without_config(self) -> Trigger | None:
        """Return the event's pull request, for the comment about an invalid configuration."""
        ...

    def check_config(self, config: Config, commit: str) -> None:
        """Raise DeployError if the configuration is not the commit's."""
        ...

    def check_file(self, file: str, source: DictionaryFile, commit: str) -> None:
        """Raise ContentError if the file is not the commit's, another DeployError if that is unknown."""
        ...

    def standing(
        self, branch: str, commit: str, files: Sequence[str], others: Sequence[str], *, is_plan: bool
    ) -> Standing:
        """Locate the commit, its files and other commits on the branch. A plan's commit may be nowhere."""
        ...

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Return True if `older` is an ancestor of `newer`."""
        ...

    def age(self, commit: str) -> float:
        """Return the seconds since the commit's committer date."""
        ...

    def comment_api(self) -> GithubApi:
        """Return the API and the repository for comments."""
        ...
