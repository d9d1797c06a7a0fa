"""The questions and their answers: a value for a switch of the local AWS, or another fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.switches import Switches

QUESTIONS: Mapping[str, str] = {
    "copy_seconds": "How long is a package COPYING?",
    "associate_seconds": "How long is a domain ASSOCIATING?",
    "validating": "Is a dictionary ever VALIDATING?",
    "version_while_copying": "Which AvailablePackageVersion shows during a copy?",
    "update_while_copying": "What does UpdatePackage say during a copy?",
    "history_entry": "Does a version enter the history at the call, or when it is available?",
    "history_seconds": "How much later than that does the entry show?",
    "history_order": "Which end of the history comes first?",
    "failed_copy_in_history": "Does a copy that failed leave an entry in the history?",
    "identical_content": "Does a copy of what is available make a version?",
    "unknown_package": "What is an unknown PackageID?",
    "wildcard_filters": "Do filters of DescribePackages know wildcards?",
    "missing_read_right": "Where does it show that the caller may not read the object?",
    "associate_while_copying": "What does AssociatePackage do during a copy?",
    "simultaneous_associations": "How many associations may be under way at once?",
    "change_is_conflict": "What is AssociatePackage on a domain in change?",
    "page_size": "How many entries has a page at most?",
    "supplied_packages": "How many packages of AWS's own does DescribePackages list?",
}
"""By the switch that the answer sets."""

NOT_ASKED: Mapping[str, str] = {
    "domain_quota": "It takes 21 packages on one domain, nearly all that an account may have.",
    "conditional_writes": "A matter of the bucket: `dictionary-deploy doctor` tries it.",
    "list_bucket": "A matter of the role: `dictionary-deploy doctor` tries it.",
    "aes256": "A matter of the bucket's policy: `dictionary-deploy doctor` tries it.",
}
"""The switches that are not probed, and why."""

LEFT_OPEN = (
    "The largest file: it would have to be uploaded and copied, for hours and for money.",
    "How many versions are kept: the number is unknown.",
    "Whether the bucket has to be in the packages' Region: the action demands it in any case.",
    "Whether AssociatePackage ever needs iam:PassRole: the caller's own rights are not taken away.",
)
"""Other undocumented behavior that is not tested here."""


@dataclass(slots=True)
class Answers:
    """The answers so far."""

    values: dict[str, Any] = field(default_factory=dict)
    """Values by switch, without undetermined ones."""
    reasons: dict[str, str] = field(default_factory=dict)
    """By switch, the observation or the reason for its absence."""
    facts: list[str] = field(default_factory=list)
    """Sentences about other behavior."""

    def settle(self, switch: str, value: Any, seen: str = "") -> None:
        self.values[switch], self.reasons[switch] = value, seen

    def leave(self, switch: str, why: str) -> None:
        """Record that the question has no answer."""
        self.reasons.setdefault(switch, why)

    def lines(self) -> Iterator[str]:
        """Return a report for people. It ends with the options that let the local AWS behave the same."""
        defaults = Switches()
        for switch, question in QUESTIONS.items():
            why = self.reasons.get(switch, "It was not asked.")
            if switch not in self.values:
                yield f"?  {switch}: {question} Not settled. {why}"
                continue
            value = self.values[switch]
            mark = "=" if value == getattr(defaults, switch) else "!"
            yield f"{mark}  {switch}={spelled(value)}: {question} {why}".rstrip()
        yield from (f"-  {switch}: {why}" for switch, why in NOT_ASKED.items())
        yield from (f"   {fact}" for fact in self.facts)
        yield from (f"-  {each}" for each in LEFT_OPEN)
        yield ""
        yield "=  as the local AWS has it by default, !  other than that, ?  not settled, -  not asked"
        settled = " ".join(f"--switch {name}={spelled(value)}" for name, value in self.values.items())
        yield f"The local AWS like this one: python -m sandbox {settled}"


def spelled(value: Any) -> str:
    """Return a switch's value for the command line."""
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
