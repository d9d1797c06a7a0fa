"""The only place that decides what may be written to AWS.

`next_step` is called again after every read. A first run, a rerun, a killed run and a lost response are
therefore the same case: read, then take the next step. It decides from the wanted content, the observed
state, and the calls of this process, so that a history that lags never makes it send a call twice.
`plan` and `check` call it without acting on the result.
"""

from __future__ import annotations

from dictionary_deploy.clock import SETTLE_SECONDS
from dictionary_deploy.decide.branch import step_by_branch, step_when_replaced
from dictionary_deploy.decide.domains import (
    dissociation_note,
    missing_domains,
    refuse_lost,
    step_for_domains,
    step_for_domains_only,
)
from dictionary_deploy.decide.evidence import evidence_of, exchanged_before_copy, step_after_copy
from dictionary_deploy.decide.holds import is_held, step_to_record, step_when_changed, step_when_held
from dictionary_deploy.decide.messages import (
    content_mismatch,
    copy_failed,
    drift_outcome,
    package_not_found,
    quota_exceeded,
    replaced_in_flight,
    short,
)
from dictionary_deploy.decide.ownership import is_foreign, is_taken_over, refuse_foreign
from dictionary_deploy.decide.state import Attempt, Observed, Review, Sent, Wanted
from dictionary_deploy.decide.steps import (
    Associate,
    Create,
    Done,
    Look,
    Record,
    Refuse,
    Step,
    Update,
    Upload,
    Wait,
    Write,
)
from dictionary_deploy.decide.version_history import History, read_history
from dictionary_deploy.model import (
    DELETED_STATUSES,
    FAILED_STATUSES,
    PACKAGES_PER_REGION,
    Package,
    StoredObject,
)

__all__ = [
    "Associate",
    "Attempt",
    "Create",
    "Done",
    "History",
    "Look",
    "Observed",
    "Record",
    "Refuse",
    "Review",
    "Sent",
    "Step",
    "Update",
    "Upload",
    "Wait",
    "Wanted",
    "Write",
    "dissociation_note",
    "missing_domains",
    "next_step",
    "read_history",
    "refuse_lost",
]

MAX_LOOK_AGE_SECONDS = 10.0
"""Maximum age in seconds of the read of the uploaded object before UpdatePackage."""

MAX_SENDS = 3
"""Times that a call without a clear response is sent in one run."""


def next_step(wanted: Wanted, observed: Observed, attempt: Attempt) -> Step:
    """Return the next step for one dictionary. Pure: the same arguments give the same step."""
    package = observed.package
    if package is None:
        return _step_without_package(wanted, observed, attempt)
    if package.status in DELETED_STATUSES:
        return Refuse(
            "package-not-found",
            f"Package {package.name} is {package.status}.",
            "Finish its deletion in the console, or set `package` to another one. Then rerun.",
        )
    history = read_history(package, observed.versions, wanted.commit)
    if package.available and history.available is None:
        return Wait(f"{package.available} is not in the version history yet")
    if observed.holds is None:
        return Look("holds")
    if changed := step_when_changed(wanted, observed, package, history):
        return changed
    # The expectations may have changed without the file.
    if wanted.is_plan and wanted.dictionary.expect and (refused := _step_by_review(observed)):
        return refused
    sent = attempt.updated
    is_from_before = sent is not None and history.available_number <= sent.seen
    if history.is_deployed and not is_from_before:
        return _step_when_deployed(wanted, observed, attempt, package, history)
    if sent:
        return _step_after_update(wanted, observed, attempt, sent, package, history)
    return _step_before_update(wanted, observed, attempt, package, history)


def _step_without_package(wanted: Wanted, observed: Observed, attempt: Attempt) -> Step:
    name, sent = wanted.dictionary.package, attempt.created
    if not wanted.dictionary.create or wanted.is_rollback:
        return package_not_found(wanted, observed.others)
    if sent and not sent.is_overdue(observed.now):
        return Wait("the new package is not listed yet")
    if attempt.creates >= MAX_SENDS or (sent and sent.answered):
        return Refuse(
            "update-failed",
            f"CreatePackage was sent, but package {name} is not listed.",
            "Rerun. If it happens again, check the AWS Health Dashboard.",
        )
    if wanted.is_plan and len(observed.others) + observed.creates_before >= PACKAGES_PER_REGION:
        write: Step = quota_exceeded(wanted, observed)
    else:
        write = Create() if attempt.uploaded else Upload(may_replace=True)
    return step_by_branch(wanted, observed, "") or _step_by_review(observed) or write


def _step_when_deployed(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History
) -> Step:
    """The available version was made from this commit: compare its content, then the domains."""
    if wanted.commit not in observed.objects:
        return Look("object", wanted.commit)
    stored = observed.objects[wanted.commit]
    if stored and stored.sha256 != wanted.content.sha256:
        return content_mismatch(wanted, package, stored)
    is_older = attempt.uploaded and history.available_number <= attempt.uploaded_over
    is_ours = evidence_of(observed, history.available) is not None and not is_taken_over(wanted, stored)
    if attempt.updated is None and (is_older or not is_ours):
        return _step_before_update(wanted, observed, attempt, package, history)
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    if attempt.updated and (copied := step_after_copy(wanted, observed, attempt.updated, history.available)):
        return copied
    is_first = history.is_adopted and history.available_number == 2  # noqa: PLR2004 CreatePackage made the first
    may_be_ours = wanted.dictionary.create and is_first
    is_created = may_be_ours and (bool(attempt.created) or _is_older(stored, package))
    return (
        refuse_foreign(wanted, stored)
        or step_to_record(wanted, observed, package, history)
        or step_for_domains(wanted, observed, attempt, package)
        or Done(
            "created" if is_created else "updated",
            f"Version {package.available} was made from this commit and is available.",
        )
    )


def _is_older(stored: StoredObject | None, package: Package) -> bool:
    """Return True if the object is older than the package: an earlier run created the package from it."""
    return stored is not None and "" < stored.modified_at <= str(package.details.get("CreatedAt", ""))


def _step_before_update(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History
) -> Step:
    """Another version is available, and this process has not sent an update."""
    if history.is_replaced and not wanted.is_rollback:
        replaced = step_when_replaced(wanted, observed, history)
        if replaced and not is_held(wanted, observed, package):
            return replaced
    if not attempt.uploaded and (wait := _wait_for_another_run(observed, attempt, package, history)):
        return wait
    is_by_hand = bool(history.base) and not history.deployed
    if is_by_hand and history.base == wanted.commit and not wanted.is_rollback:
        return drift_outcome(history, package)
    return (
        _step_by_deployed_object(wanted, observed, attempt, package, history)
        or step_by_branch(wanted, observed, history.base)
        or _step_when_held(wanted, observed, attempt, package, history)
        or _step_by_review(observed)
        or _write(wanted, observed, attempt, package, history)
    )


def _step_by_deployed_object(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History
) -> Step | None:
    """Return None if the last deployed commit has other content, or its content is unverified."""
    if not history.base:
        return None
    if history.base not in observed.objects:
        return Look("object", history.base)
    stored = observed.objects[history.base]
    if foreign := refuse_foreign(wanted, stored):
        return foreign
    live = evidence_of(observed, history.base_version)
    # Content of another owner is deployed once more: the new object names the new owner.
    if history.is_deployed or live is None or is_foreign(wanted, live):
        return None
    if live.sha256 != wanted.content.sha256:
        return None
    if history.deployed:
        return (
            step_to_record(wanted, observed, package, history)
            or step_for_domains(wanted, observed, attempt, package)
            or Done("unchanged", f"Same content as {package.available} (commit {short(history.base)}).")
        )
    return None if wanted.is_rollback else drift_outcome(history, package)


def _step_when_held(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History
) -> Step | None:
    """If someone rolled back, the domains get the version that they rolled back to."""
    held = step_when_held(wanted, observed, package)
    if isinstance(held, Done) and history.deployed:
        return step_for_domains_only(wanted, observed, attempt, package, held)
    return held


def _wait_for_another_run(
    observed: Observed, attempt: Attempt, package: Package, history: History
) -> Wait | None:
    """Wait for a version in progress, perhaps of a killed run: the next step depends on its result."""
    newest = observed.versions[-1].number if observed.versions else 0
    is_young = observed.now - attempt.began < SETTLE_SECONDS
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    if newest > history.available_number and package.status == "AVAILABLE" and is_young:
        return Wait(f"a version after {package.available} is in the history but not available yet")
    return None


def _write(wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, history: History) -> Step:
    stored = observed.objects.get(wanted.commit)
    relabel = is_taken_over(wanted, stored)
    if not attempt.uploaded or stored is None or relabel:
        return Upload(may_replace=history.ours is None, relabel=relabel)
    if observed.now - attempt.looked_at > MAX_LOOK_AGE_SECONDS:
        return Look("object", wanted.commit)
    if stored.sha256 != wanted.content.sha256:
        return exchanged_before_copy(stored)
    if foreign := refuse_foreign(wanted, stored):
        return foreign
    if record := step_to_record(wanted, observed, package, history):
        return record
    if not package.is_settled:
        return Wait(f"the package is {package.status} with another version")
    return Update()


def _step_after_update(
    wanted: Wanted, observed: Observed, attempt: Attempt, sent: Sent, package: Package, history: History
) -> Step:
    """This process has sent an update, and its version is not available, or not yet."""
    mine = [each for each in observed.versions if each.commit == wanted.commit and each.number > sent.seen]
    ours = mine[-1] if mine else None
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    if ours and history.available and history.available.number > ours.number:
        return replaced_in_flight(ours, history.available)
    if package.status in FAILED_STATUSES or package.error:
        is_overdue = sent.is_overdue(observed.now) and (sent.answered or ours)
        if is_overdue or package.details.get("LastUpdatedAt", "") != sent.updated_at:
            return copy_failed(package)
        if not sent.is_overdue(observed.now):
            return Wait(f"the package is still {package.status} from an earlier version")
    if ours or not sent.is_overdue(observed.now):
        return Wait("the new version is not available yet")
    if not sent.answered and attempt.updates < MAX_SENDS:
        return _write(wanted, observed, attempt, package, history)
    if (
        sent.answered
        and history.available
        and evidence_of(observed, history.available) is None
        and history.available_number <= sent.seen
    ):
        return (
            step_after_copy(wanted, observed, sent, history.available)
            or step_for_domains(wanted, observed, attempt, package)
            or Done(
                "unchanged",
                "AWS accepted the update without a new version: the same content is already available.",
            )
        )
    return Refuse(
        "update-failed",
        f"UpdatePackage was sent{'' if sent.answered else ' without a clear response'},"
        " but no version of this commit is listed.",
        "Rerun. If it happens again, check the package's version history and the AWS Health Dashboard.",
    )


def _step_by_review(observed: Observed) -> Step | None:
    """Return None if the content may be deployed."""
    if observed.review is None:
        return Look("review")
    return observed.review.veto
