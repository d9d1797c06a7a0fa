"""From the end of a dictionary's way to its result: what the report says of it. Pure.

What is said of the past comes from AWS's history and the commit, not from what this process did,
so that a rerun reports what the run reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from dictionary_deploy.decide import (
    Associate,
    Done,
    Observed,
    Refuse,
    Review,
    Step,
    Wait,
    Wanted,
    Write,
    missing_domains,
    read_history,
    refuse_lost,
)
from dictionary_deploy.errors import Explanation, Reason
from dictionary_deploy.model import CHANGES, NO_COMMIT, Dictionary, Mode, Outcome, Result

WRITING_MODES: frozenset[Mode] = frozenset({"deploy", "rollback"})

WHEN_LEFT_ALONE: Mapping[Outcome, str] = {
    "superseded": "Nothing, when the run of the branch's tip is well. Mode `rollback` on this commit deploys"
    " it all the same.",
    "held": "To deploy it again, merge a change of the file, or run mode `rollback` on this commit.",
}
"""What to do about a dictionary that is left alone, where the sentence about it does not say so."""

NOT_OURS: frozenset[str] = frozenset({"content-mismatch", "owned-elsewhere"})
"""Refusals because the version that carries the commit is not this content's."""


def conclude(
    wanted: Wanted,
    observed: Observed,
    step: Step | None,
    *,
    mode: Mode,
    moved_domains: bool,
    url: Callable[[str], str],
) -> Result:
    """The result of a dictionary whose last step is `step`; without writes it is one that was not taken.

    `moved_domains`: whether this run moved a domain. `url` makes an object's `s3://` URL of its key.
    """
    outcome, message, reason, remedy = _outcome(wanted, observed, step, mode, moved_domains=moved_domains)
    history = read_history(observed.package, observed.versions, wanted.commit) if observed.package else None
    previous = history.previous if history else None
    is_deployed = bool(history and history.is_deployed)
    is_made = is_deployed and mode in WRITING_MODES and reason not in NOT_OURS
    stored = observed.objects.get(wanted.commit) or observed.objects.get(history.base if history else "")
    return Result(
        dictionary=wanted.dictionary,
        outcome=outcome,
        message=message,
        planned=mode == "plan" or (isinstance(step, Wait | Write) and not _is_left(step)),
        reason=reason,
        remedy=remedy or (WHEN_LEFT_ALONE.get(outcome, "") if mode != "check" else ""),
        changed=outcome in CHANGES or _is_left(step) or moved_domains or is_made,
        adopted=bool(outcome == "updated" and history and history.is_adopted and previous),
        is_deployed=is_deployed,
        commit="" if wanted.commit == NO_COMMIT else wanted.commit,
        previous_commit=(previous.commit or "") if previous else "",
        last_commit=history.compared if history else "",
        replaced=previous if previous and not previous.commit and outcome == "updated" else None,
        object=url(stored.key) if stored else "",
        sha256=wanted.content.sha256,
        package=observed.package,
        domains=observed.domains,
        diff=observed.review.diff if observed.review else None,
        problems=observed.review.problems if observed.review else (),
    )


def _is_left(step: Step | None) -> bool:
    """Whether the file is left alone, and only the domains are to get what is available."""
    return isinstance(step, Associate | Wait) and step.left is not None


def conclude_unreadable(dictionary: Dictionary, commit: str, why: Explanation) -> Result:
    """The result of a dictionary whose file cannot be used at all."""
    return Result(
        dictionary=dictionary,
        outcome="invalid",
        message=why.message,
        reason=why.reason,
        remedy=why.remedy,
        commit=commit,
    )


def _outcome(
    wanted: Wanted, observed: Observed, step: Step | None, mode: Mode, *, moved_domains: bool
) -> tuple[Outcome, str, Reason | Literal[""], str]:
    if isinstance(step, Write) and (missing := missing_domains(wanted, observed)):
        step = refuse_lost("Not every domain would get the version.", missing)
    if isinstance(step, Refuse):
        outcome: Outcome = "invalid" if step.reason == "invalid-dictionary" else "failed"
        return outcome, step.message, step.reason, step.remedy + _existing_domains(observed, step.reason)
    if isinstance(step, Done):
        if step.outcome in CHANGES and mode not in WRITING_MODES:
            return "unchanged", step.message, "", ""  # it was so before: these modes change nothing
        if step.outcome == "unchanged" and moved_domains:
            return "applied", f"{step.message} Domains that were behind got it.", "", ""
        return step.outcome, step.message, "", ""
    if isinstance(step, Associate | Wait):
        return *_outcome_at_domains(step), "", ""
    if observed.package is None:
        return "created", "The package would be created.", "", ""
    return "updated", "A new version would be made from this file.", "", ""


def _outcome_at_domains(step: Associate | Wait) -> tuple[Outcome, str]:
    told = (
        f"Not over yet: {step.why}."
        if isinstance(step, Wait)
        else f"The available version would go to {', '.join(step.domains)}."
    )
    return (step.left.outcome, f"{step.left.message} {told}") if step.left else ("applied", told)


def _existing_domains(observed: Observed, reason: Reason) -> str:
    """The end of a remedy for a domain that is not there: those that are, when AWS told."""
    if reason != "domain-not-found" or not isinstance(observed.domain_names, tuple):
        return ""
    return f" There are: {', '.join(observed.domain_names) or 'none'}."


def conclude_validated(dictionary: Dictionary, review: Review) -> Result:
    """The result of a dictionary of which nothing is asked but whether it is valid."""
    if review.veto:
        return replace(conclude_unreadable(dictionary, "", review.veto), problems=review.problems)
    return Result(dictionary, "unchanged", "The file is valid.", problems=review.problems)
