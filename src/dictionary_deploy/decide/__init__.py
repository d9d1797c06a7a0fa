"""The one place that knows what may be written to AWS.

`next_step` is asked again after every look, so that a first run, a rerun, a run that was killed
and an answer that never came are the same case: look, then take the next step. It decides from
what the repository wants, what was observed, and what this process has sent so far (so that a
history that lags never makes it send twice). `plan` and `check` ask it and do not act.
"""

from __future__ import annotations

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide.branch import (
    MOST_STEPS_BACK,
    ask_held,
    ask_the_branch,
    is_tip,
    step_when_deployed_over,
)
from dictionary_deploy.decide.domains import missing_domains, refuse_lost, step_for_domains, step_when_left
from dictionary_deploy.decide.messages import (
    content_mismatch,
    copy_failed,
    drifted,
    package_not_found,
    refuse_foreign,
)
from dictionary_deploy.decide.state import Attempt, Observed, Review, Sent, Wanted
from dictionary_deploy.decide.steps import (
    Associate,
    Create,
    Done,
    Look,
    Refuse,
    Step,
    Update,
    Upload,
    Wait,
    Write,
)
from dictionary_deploy.decide.version_history import History, read_history
from dictionary_deploy.model import DELETED_STATUSES, FAILED_STATUSES, Package, StoredObject

__all__ = [
    "MOST_STEPS_BACK",
    "Associate",
    "Attempt",
    "Create",
    "Done",
    "History",
    "Look",
    "Observed",
    "Refuse",
    "Review",
    "Sent",
    "Step",
    "Update",
    "Upload",
    "Wait",
    "Wanted",
    "Write",
    "missing_domains",
    "next_step",
    "read_history",
    "refuse_lost",
]

MOST_SENDS = 3
"""How often a call without a clear answer is sent in one run."""


def next_step(wanted: Wanted, observed: Observed, attempt: Attempt) -> Step:
    """The next step for one dictionary. Pure: the same arguments give the same step."""
    package = observed.package
    if package is None:
        return _step_without_package(wanted, observed, attempt)
    if package.status in DELETED_STATUSES:
        return Refuse(
            "package-not-found",
            f"The package {package.name} is in status {package.status}.",
            "Finish its deletion in the console or name another package, then rerun.",
        )
    history = read_history(package, observed.versions, wanted.commit)
    if package.available and history.available is None:
        return Wait(f"the version history does not show {package.available} yet")
    if history.is_deployed:
        return _step_when_deployed(wanted, observed, attempt, package, history)
    if attempt.updated:
        return _step_after_update(wanted, observed, attempt, attempt.updated, package, history)
    return _step_before_update(wanted, observed, attempt, package, history)


def _step_without_package(wanted: Wanted, observed: Observed, attempt: Attempt) -> Step:
    name, sent = wanted.dictionary.package, attempt.created
    if not wanted.dictionary.create:
        return package_not_found(wanted, observed.others)
    if sent and not sent.is_overdue(observed.now):
        return Wait("the new package does not show yet")
    if attempt.creates >= MOST_SENDS or (sent and sent.answered):
        return Refuse(
            "update-failed",
            f"CreatePackage was sent, but no package {name} shows.",
            "Rerun; when it happens again, look at AWS's health dashboard.",
        )
    write = Create() if attempt.uploaded else Upload(may_replace=True)
    return ask_the_branch(wanted, observed, "") or _ask_review(observed) or write


def _step_when_deployed(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History
) -> Step:
    """The available version carries this commit: has it this content, and do the domains have it?"""
    if wanted.commit not in observed.objects:
        return Look("object", wanted.commit)
    stored = observed.objects[wanted.commit]
    if stored and stored.sha256 != wanted.content.sha256:
        return content_mismatch(wanted, package, stored)
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    is_first = history.is_adopted and history.available_number == 2  # noqa: PLR2004 CreatePackage made the first
    may_be_ours = wanted.dictionary.create and is_first
    is_created = may_be_ours and (bool(attempt.created) or _is_older(stored, package))
    return (
        refuse_foreign(wanted, stored)
        or step_for_domains(wanted, observed, attempt, package)
        or Done(
            "created" if is_created else "updated",
            f"Version {package.available} carries this commit and is available.",
        )
    )


def _is_older(stored: StoredObject | None, package: Package) -> bool:
    """Whether the object was there before the package, which then was made from it by an earlier run."""
    return stored is not None and "" < stored.modified_at <= str(package.details.get("CreatedAt", ""))


def _step_before_update(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History
) -> Step:
    """Another version is available, and this process has sent none."""
    ours = history.ours.number if history.ours else 0
    is_over_ours = history.deployed and 0 < ours < history.available_number and not wanted.is_rollback
    if is_over_ours and (over := step_when_deployed_over(wanted, observed, history)):
        return step_when_left(wanted, observed, attempt, package, over) if is_tip(wanted, observed) else over
    if not attempt.uploaded and (wait := _wait_for_another_run(observed, attempt, package, history)):
        return wait
    if history.base == wanted.commit and not wanted.is_rollback:
        return drifted(history, package)
    if history.base:
        if history.base not in observed.objects:
            return Look("object", history.base)
        stored = observed.objects[history.base]
        foreign = refuse_foreign(wanted, stored)
        if foreign:
            return foreign
        if stored and stored.sha256 == wanted.content.sha256:
            if history.deployed:
                done = Done("unchanged", f"{package.available} has this very content, of {history.base}.")
                return step_for_domains(wanted, observed, attempt, package) or done
            if not wanted.is_rollback:
                return drifted(history, package)
    return (
        ask_the_branch(wanted, observed, history.base)
        or _step_when_held(wanted, observed, attempt, package, history)
        or _ask_review(observed)
        or _write(attempt, package, history)
    )


def _step_when_held(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History
) -> Step | None:
    """The version that someone rolled back to is what the domains should have."""
    held = ask_held(wanted, observed, history)
    if held and history.deployed:
        return step_when_left(wanted, observed, attempt, package, held)
    return held


def _wait_for_another_run(
    observed: Observed, attempt: Attempt, package: Package, history: History
) -> Wait | None:
    """A version on its way may be of a run that was killed: what to do depends on what comes of it."""
    newest = observed.versions[-1].number if observed.versions else 0
    is_young = observed.now - attempt.began < SETTLE_SECONDS
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    if newest > history.available_number and package.status == "AVAILABLE" and is_young:
        return Wait(f"a version after {package.available} is in the history, but not available yet")
    return None


def _write(attempt: Attempt, package: Package, history: History) -> Step:
    if not attempt.uploaded:
        return Upload(may_replace=history.ours is None)
    if not package.is_settled:
        return Wait(f"the package is {package.status} with another version")
    return Update()


def _step_after_update(
    wanted: Wanted, observed: Observed, attempt: Attempt, sent: Sent, package: Package, history: History
) -> Step:
    """This process has sent an update, and the available version is not it, or not yet."""
    ours = history.ours if history.ours and history.ours.number > sent.seen else None
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    if ours and history.available_number > ours.number:
        return Done(
            "superseded", f"Version {package.available} came over {ours.name}, which is this commit's."
        )
    if package.status in FAILED_STATUSES or package.error:
        is_overdue = sent.is_overdue(observed.now) and (sent.answered or ours)
        if is_overdue or package.details.get("LastUpdatedAt", "") != sent.updated_at:
            return copy_failed(package)
        if not sent.is_overdue(observed.now):
            return Wait(f"the package still shows {package.status} from before")
    if ours or not sent.is_overdue(observed.now):
        return Wait("the new version is not available yet")
    if not sent.answered and attempt.updates < MOST_SENDS:
        return Update()
    known = history.deployed and observed.objects.get(history.deployed)
    if sent.answered and not known and history.available_number <= sent.seen:
        return step_for_domains(wanted, observed, attempt, package) or Done(
            "unchanged", "AWS took the update and made no new version: this very content is available."
        )
    return Refuse(
        "update-failed",
        f"UpdatePackage was sent{'' if sent.answered else ', without a clear answer,'} and no version that"
        " carries this commit shows.",
        "Rerun; when it happens again, look at the package's version history and AWS's health dashboard.",
    )


def _ask_review(observed: Observed) -> Step | None:
    """None when the content may be deployed."""
    if observed.review is None:
        return Look("review")
    return observed.review.veto
