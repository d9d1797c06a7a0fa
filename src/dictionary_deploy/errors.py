"""Every expected failure, with its reason and its remedy.

    DeployError                     any expected failure; never shown as a traceback
    ├── ConfigError                 the configuration: every fault of the file, each with its line
    ├── EventError                  the event, the commit or the checkout cannot be deployed
    ├── ContentError                a dictionary's file cannot be read or is not valid
    ├── AwsError                    AWS rejected a call
    │   └── UnclearError             a call to AWS may have taken effect: read before it is sent again
    ├── LockError                   another run holds the lock, or the lock cannot be used
    │   └── LostLockError            another run has taken the lock over from this one
    ├── SearchError                 a domain's endpoint rejected a request, or did not respond
    └── GithubError                 GitHub rejected a request, or did not respond

Each has an `Explanation`. Its sentences are plain text: the code that prints them escapes them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

Reason = Literal[
    "invalid-config",
    "invalid-dictionary",
    "no-credentials",
    "access-denied",
    "package-not-found",
    "package-lookup-failed",
    "domain-not-found",
    "limit-exceeded",
    "owned-elsewhere",
    "content-mismatch",
    "not-checked-out",
    "wrong-branch",
    "locked",
    "upload-failed",
    "update-failed",
    "copy-failed",
    "validation-failed",
    "association-failed",
    "drifted",
    "timed-out",
    "interrupted",
    "engine-refused",
    "apply-failed",
    "expectation-failed",
    "github-failed",
    "internal",
]
REASONS: tuple[Reason, ...] = get_args(Reason)


def inline_code(value: str) -> str:
    """Return the value as Markdown's inline code for a message; backticks in it do not end the code."""
    if not value.strip():
        return "` `"  # two empty values would be the ends of one code
    longest = max(map(len, re.findall("`+", value)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {value} {fence}" if longest else f"`{value}`"


def plain_text(value: str) -> str:
    """Return text from outside for a message: its backticks do not begin or end code."""
    return value.replace("`", "'")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The cause of a failure. `message` and `remedy` are sentences: the problem, and how to fix it."""

    reason: Reason
    message: str
    remedy: str = ""

    @classmethod
    def of(cls, other: Explanation | DeployError) -> Self:
        """Return the same explanation as an instance of this class."""
        return cls(other.reason, other.message, other.remedy)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class DeployError(Exception):
    """An expected failure. `at_terminal` replaces the remedy outside a workflow."""

    def __init__(self, reason: Reason, message: str, remedy: str = "", *, at_terminal: str = "") -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message
        self.remedy = remedy
        self.at_terminal = at_terminal or remedy

    def explain(self, *, in_workflow: bool) -> Explanation:
        """Return the explanation with the remedy for a workflow or for a terminal."""
        return Explanation(self.reason, self.message, self.remedy if in_workflow else self.at_terminal)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a user's file: where it is (lines and columns from 1) and how to fix it."""

    file: str
    line: int
    message: str
    remedy: str = ""
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.remedy}".strip()


MAX_FAULTS = 100
"""Faults of a configuration that are reported: a file can have one per line."""


def _first_of_each(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """Return MAX_FAULTS faults in order, with the first of each message before the second of any."""
    seen: Counter[str] = Counter()
    turns = []
    for fault in faults:
        seen[fault.message] += 1
        turns.append(seen[fault.message])
    chosen = sorted(range(len(faults)), key=turns.__getitem__)[:MAX_FAULTS]
    return tuple(faults[place] for place in sorted(chosen))


class ConfigError(DeployError):
    """The configuration cannot be used; `faults` has at most MAX_FAULTS mistakes in the file's order."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        count, first = len(faults), str(faults[0])
        stop = "" if first.endswith((".", "?")) else "."
        more = f" Only {MAX_FAULTS} are shown." if count > MAX_FAULTS else ""
        super().__init__(
            "invalid-config",
            f"The configuration has {count} fault{'s' if count != 1 else ''}: {first}{stop}",
            f"Fix all faults: each has an annotation at its line.{more}" if count > 1 else "",
            at_terminal=f"Fix each at its line.{more}" if count > 1 else "",
        )
        self.faults = _first_of_each(faults)


class EventError(DeployError):
    """This event, commit or checkout cannot be deployed."""


class ContentError(DeployError):
    """The file of a dictionary cannot be used; `line` is the line of the mistake, if there is one."""

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        line: int = 1,
        at_terminal: str = "",
        is_missing: bool = False,
    ) -> None:
        super().__init__("invalid-dictionary", message, remedy, at_terminal=at_terminal)
        self.line = line
        self.is_missing = is_missing


class AwsError(DeployError):
    """AWS rejected the call, which changed nothing. `code` is AWS's error code."""

    def __init__(self, reason: Reason, message: str, remedy: str = "", *, code: str = "") -> None:
        super().__init__(reason, message, remedy)
        self.code = code


class UnclearError(AwsError):
    """No clear response (timeout, reset, 5xx, malformed): the call may have taken effect."""


class LockError(DeployError):
    """The lock is held by another run until the deadline, or the bucket does not support locks."""


class LostLockError(LockError):
    """Another run has taken the lock over from this one."""

    def __init__(self) -> None:
        super().__init__(
            "locked",
            "Another run took over the lock because this run did not renew it in time.",
            "Rerun: the new run picks up where this one left off.",
        )


class GithubError(DeployError):
    """GitHub rejected the request or did not respond. `status` is the HTTP status, 0 without a response.

    `retry_after` is the number of seconds after which a rate limit ends; 0 without one.
    """

    def __init__(self, message: str, remedy: str = "", *, status: int = 0, retry_after: float = 0.0) -> None:
        super().__init__("github-failed", message, remedy)
        self.status = status
        self.retry_after = retry_after


class SearchError(DeployError):
    """A domain's endpoint rejected a request or did not respond. `status` is 0 without a response.

    If a read fails, the report has a warning.
    """

    def __init__(self, message: str, remedy: str = "", *, status: int = 0) -> None:
        super().__init__("access-denied", message, remedy)
        self.status = status


def is_throttled(error: DeployError) -> bool:
    """Return True if AWS throttled the call: it had no effect, and the same call succeeds later."""
    return isinstance(error, AwsError) and error.code == "Throttling"


ISSUES = "https://github.com/dictionary-deploy/deploy-search-dictionaries/issues"


def unexpected_error(error: Exception) -> DeployError:
    """Return the error for an unexpected exception: a bug in this program."""
    text = " ".join(str(error).split())
    return DeployError(
        "internal",
        f"Unexpected error: {type(error).__name__}{f': {text}' if text else ''}.",
        f"A rerun is safe. To report the error, attach the log of a run with debug logging: {ISSUES}",
    )
