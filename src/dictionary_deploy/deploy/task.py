"""The state of one dictionary during a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dictionary_deploy.decide import (
    Attempt,
    Done,
    History,
    Observed,
    Refuse,
    Step,
    Wanted,
    Write,
    read_history,
)
from dictionary_deploy.errors import DeployError, Explanation, GithubError
from dictionary_deploy.model import Package
from dictionary_deploy.protocols import Source


@dataclass(slots=True)
class DictionaryTask:
    """The state of one dictionary. Only the main thread changes it."""

    wanted: Wanted
    source: Source
    attempt: Attempt
    observed: Observed = field(default_factory=lambda: Observed(now=0.0, package=None))
    """The last reads of this dictionary; the loop adds the time, the branch and the domain names."""
    why_no_domains: str = ""
    """AWS's error, if the domains could not be read."""
    commits: set[str] = field(default_factory=set)
    """Commits to locate on the branch, besides those of the version history."""
    step: Step | None = None
    """The last step that `next_step` returned."""
    is_over: bool = False
    retry_after: float = 0.0
    """Seconds after which the rate limit of GitHub ends that ended this task; 0 if something else did."""
    calls: int = 0
    """Calls in flight."""
    failures: int = 0
    """Calls in a row without a response."""
    refusals: int = 0
    """Writes in a row that were rejected, or had no response, while the package was settled."""
    wakes_at: float | None = None
    """The time of the next read, in the clock's seconds; None while the task does not wait."""
    waits_since: float | None = None
    """The beginning of this wait; None after a new write."""
    last_write: Write | None = None
    activity: str = ""
    """The write in flight or the reason for waiting, for messages."""
    logged: str = ""
    """The last activity in the log."""
    logged_at: float = 0.0

    @property
    def name(self) -> str:
        """The dictionary's file, which identifies the task in the log."""
        return self.wanted.dictionary.file

    @property
    def package(self) -> Package | None:
        """The package as last read."""
        return self.observed.package

    @property
    def package_name(self) -> str:
        """The package's name; if it is configured by ID, known only after the first read."""
        return self.package.name if self.package else self.wanted.dictionary.package

    @property
    def history(self) -> History | None:
        """The version history as it concerns this commit; None without a package."""
        return (
            read_history(self.package, self.observed.versions, self.wanted.commit) if self.package else None
        )

    @property
    def commits_to_locate(self) -> set[str]:
        """The commits to locate on the branch, such as the deployed one.

        All are in one query, so that all dictionaries are decided by the same response.
        """
        return (self.commits | ({self.history.base} if self.history else set())) - {""}

    @property
    def newest(self) -> int:
        """The highest version number in the history, 0 without one."""
        return self.observed.versions[-1].number if self.observed.versions else 0

    def observe(self, **reads: Any) -> None:
        """Replace members of `observed`."""
        self.observed = replace(self.observed, **reads)

    def may_have_written(self, now: float) -> bool:
        """Return True if a version may still appear: its write had no clear response and is not overdue."""
        sent = self.attempt.updated or self.attempt.created
        if sent is None or sent.answered or sent.is_overdue(now):
            return False
        return self.history is None or (self.attempt.updated is not None and not self.history.is_deployed)

    def end(self, step: Done | Refuse) -> None:
        """End the task; further ends are ignored."""
        if not self.is_over:
            self.step, self.is_over = step, True

    def refuse(self, error: DeployError) -> None:
        """End the task with the error's explanation."""
        if isinstance(error, GithubError) and not self.is_over:
            self.retry_after = error.retry_after
        self.end(Refuse.of(error))

    def lose_package(self, was: Package) -> None:
        """End the task: someone deleted its package."""
        self.observe(package=None, domains=None)
        self.end(
            Refuse(
                "package-not-found",
                f"Package {was.name} ({was.id}) was deleted during the run.",
                "Create it again, or set `create: true`.",
            )
        )

    def lose_domains(self, lost: Mapping[str, Explanation]) -> None:
        """Do not change these domains for the rest of the run; the values explain why."""
        self.attempt = replace(self.attempt, lost_domains={**self.attempt.lost_domains, **lost})


def retrying_after(error: DeployError) -> str:
    """Return the activity of a task whose call failed and is retried."""
    return f"retrying after: {error.message.removesuffix('.')}"
