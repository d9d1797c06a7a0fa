"""Turn the last step of a dictionary into its result for the report. Pure.

The past comes from AWS's history and the commit, not from the calls of this process. A rerun therefore
reports the same as the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from dictionary_deploy.decide import (
    Associate,
    Attempt,
    Done,
    History,
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
from dictionary_deploy.decide.evidence import warnings_of
from dictionary_deploy.decide.holds import is_rolled_back
from dictionary_deploy.decide.messages import short
from dictionary_deploy.errors import Explanation, Reason
from dictionary_deploy.model import CHANGES, NO_COMMIT, Dictionary, Mode, Outcome, Result

WRITING_MODES: frozenset[Mode] = frozenset({"deploy", "rollback"})

REMEDIES: Mapping[Outcome, str] = {
    "superseded": "Nothing to do if the latest run on the branch succeeded. To deploy this commit anyway, run"
    " mode `rollback` on it.",
    "drifted": "To replace it, merge a change to the file, or run mode `rollback` on this commit.",
    "held": "To deploy it again, merge a change to the file, or run mode `rollback` on this commit.",
}
"""Remedies for a dictionary that is not deployed, if the step has none."""

ROLL_BACK_AGAIN = "Check the version that replaced it, then run the rollback again."


def conclude(
    wanted: Wanted,
    observed: Observed,
    step: Step | None,
    *,
    mode: Mode,
    attempt: Attempt,
    url: Callable[[str], str],
    note: str = "",
) -> Result:
    """Return the result of a dictionary whose last step is `step`; a run without writes did not take it.

    `attempt` has the calls of this run. `url` returns the `s3://` URL of an object's key. `note` ends the
    message.
    """
    moved_domains = bool(attempt.associated)
    outcome, message, reason, remedy = _outcome(wanted, observed, step, mode, moved_domains=moved_domains)
    history = read_history(observed.package, observed.versions, wanted.commit) if observed.package else None
    previous = history.previous if history else None
    is_changed = moved_domains or _made_version(attempt, history)
    compared = _compared_with(observed.review, history) if outcome == "invalid" else ""
    stored = observed.objects.get(wanted.commit) or observed.objects.get(history.base if history else "")
    return Result(
        dictionary=wanted.dictionary,
        outcome=outcome,
        message=" ".join(filter(None, (message, compared, note))),
        planned=mode == "plan" or (isinstance(step, Wait | Write) and not _is_left(step)),
        reason=reason,
        remedy=remedy or (REMEDIES.get(outcome, "") if mode != "check" else ""),
        changed=is_changed if mode in WRITING_MODES else isinstance(step, Write),
        adopted=bool(outcome == "updated" and history and history.is_adopted and previous),
        is_deployed=bool(history and history.is_deployed),
        is_rolled_back=outcome in CHANGES | {"unchanged"} and is_rolled_back(wanted, observed),
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
        warnings=warnings_of(wanted, observed, history) if history else (),
    )


def _compared_with(review: Review | None, history: History | None) -> str:
    """Return a sentence if the file was refused for lost entries of a version that is not live."""
    previous = history.previous if history else None
    if not (review and review.diff and history and previous) or previous.commit or not history.compared:
        return ""
    has_error = any(problem.severity == "error" for problem in review.problems)
    if has_error or not review.diff.entries.total:
        return ""
    return (
        f"Its entries are compared with commit {short(history.compared)}, the last one deployed:"
        f" {previous.name} was not made from a commit."
    )


def _made_version(attempt: Attempt, history: History | None) -> bool:
    """Return True if a call of this run made a version that was available at some time."""
    if history is None:
        return False
    ours, sent = history.ours, attempt.updated
    is_updated = bool(sent and ours and sent.seen < ours.number <= history.available_number)
    return is_updated or bool(attempt.created and history.available)


def _is_left(step: Step | None) -> bool:
    """Return True if the file is not deployed and only the domains get the available version."""
    return isinstance(step, Associate | Wait) and step.file_result is not None


def outcome_of(reason: Reason) -> Outcome:
    """Return the outcome of a dictionary that fails for this reason."""
    return "invalid" if reason == "invalid-dictionary" else "failed"


def conclude_unreadable(dictionary: Dictionary, commit: str, why: Explanation) -> Result:
    """Return the result of a dictionary whose file cannot be used, or was not validated in time."""
    return Result(
        dictionary=dictionary,
        outcome=outcome_of(why.reason),
        message=why.message,
        reason=why.reason,
        remedy=why.remedy,
        commit=commit,
    )


def _outcome(
    wanted: Wanted, observed: Observed, step: Step | None, mode: Mode, *, moved_domains: bool
) -> tuple[Outcome, str, Reason | Literal[""], str]:
    if isinstance(step, Write) and (missing := missing_domains(wanted, observed)):
        step = refuse_lost("Not all domains would get the version.", missing)
    if isinstance(step, Refuse):
        remedy = step.remedy + _existing_domains(observed, step.reason)
        return outcome_of(step.reason), step.message, step.reason, remedy
    if isinstance(step, Done):
        if step.outcome == "superseded" and mode == "rollback":
            return "failed", f"Nothing was rolled back. {step.message}", "update-failed", ROLL_BACK_AGAIN
        if step.outcome in CHANGES and mode not in WRITING_MODES:
            return "unchanged", step.message, "", ""  # it was so before: these modes change nothing
        if step.outcome == "unchanged" and moved_domains:
            return "applied", f"{step.message} Domains that were behind were updated.", "", ""
        return step.outcome, step.message, "", step.remedy if mode != "check" else ""
    if isinstance(step, Associate | Wait):
        return *_outcome_at_domains(step), "", ""
    if observed.package is None:
        return "created", "The package would be created.", "", ""
    return "updated", "A new version would be created from this file.", "", ""


def _outcome_at_domains(step: Associate | Wait) -> tuple[Outcome, str]:
    message = (
        f"In progress: {step.why}."
        if isinstance(step, Wait)
        else f"The available version would be associated with {', '.join(step.domains)}."
    )
    return (
        (step.file_result.outcome, f"{step.file_result.message} {message}")
        if step.file_result
        else ("applied", message)
    )


def _existing_domains(observed: Observed, reason: Reason) -> str:
    """Return the end of a remedy for a missing domain: the existing ones, if known."""
    if reason != "domain-not-found" or not isinstance(observed.domain_names, tuple):
        return ""
    return f" Existing domains: {', '.join(observed.domain_names) or 'none'}."


def conclude_validated(dictionary: Dictionary, review: Review) -> Result:
    """Return the result of a dictionary in mode `validate`."""
    if review.veto:
        return replace(conclude_unreadable(dictionary, "", review.veto), problems=review.problems)
    return Result(dictionary, "unchanged", "The file is valid.", problems=review.problems)
