"""Decide by the recorded rollbacks if a file is held, and update the record.

Someone rolled back from a file of the branch: deploys leave it alone until it changes there. The file at the
branch's tip decides. Runs that go by the order of commits, and files that git does not track, compare the
content instead.
"""

from __future__ import annotations

from dictionary_deploy.decide.branch import is_tip, step_by_branch
from dictionary_deploy.decide.messages import short
from dictionary_deploy.decide.state import Observed, Wanted
from dictionary_deploy.decide.steps import Done, Look, Record, Step
from dictionary_deploy.decide.version_history import History
from dictionary_deploy.model import Package, Place, Rollback

MAX_AGE_SECONDS = 86_400.0
"""Seconds after which a run rewrites the record, so that no expiry rule removes it."""


def step_when_changed(
    wanted: Wanted, observed: Observed, package: Package, history: History
) -> Look | Record | None:
    """Return the step that ends a hold because the file has changed; None if no hold ends."""
    rollback = _rollback(observed, package)
    if rollback is None or wanted.is_rollback:
        return None
    by_branch = step_by_branch(wanted, observed, history.base)
    if isinstance(by_branch, Look):
        return by_branch
    is_superseded = by_branch is not None or (history.is_replaced and not is_tip(wanted, observed))
    return None if is_superseded or _is_recorded(wanted, observed, rollback) else Record(None)


def is_held(wanted: Wanted, observed: Observed, package: Package) -> bool:
    """Return True if this file was rolled back. The branch was read before."""
    rollback = _rollback(observed, package)
    return rollback is not None and not wanted.is_rollback and _is_recorded(wanted, observed, rollback)


def step_when_held(wanted: Wanted, observed: Observed, package: Package) -> Record | Done | None:
    """Return None unless this file was rolled back."""
    rollback = _rollback(observed, package)
    if rollback is None or observed.holds is None or not is_held(wanted, observed, package):
        return None
    if observed.holds.age_seconds > MAX_AGE_SECONDS:
        return Record(rollback)
    source = f" from commit {short(rollback.from_commit)}" if rollback.from_commit else ""
    run = f" by {rollback.run} at {rollback.at}" if rollback.run else ""
    happened = f"Rolled back{source} to commit {short(rollback.to_commit)}{run}."
    return Done("held", f"{happened} Deploys skip the file until it changes.")


def step_to_record(wanted: Wanted, observed: Observed, package: Package, history: History) -> Step | None:
    """Return the step that records this rollback; None once it is recorded, and in other modes.

    A rollback to the tip's own file holds nothing: it removes the record.
    """
    if not wanted.is_rollback:
        return None
    if by_branch := step_by_branch(wanted, observed, ""):
        return by_branch
    rollback, blob = _rollback(observed, package), _blob(wanted, observed)
    if _place(wanted, observed) in {"tip", "same"}:
        return Record(None) if rollback else None
    if rollback and (rollback.to_commit, rollback.file_at_tip) == (wanted.commit, blob):
        return None
    if rollback and rollback.file_at_tip == blob and rollback.from_sha256 != wanted.content.sha256:
        # A second rollback: no deploy has seen another file since the first.
        return Record(Rollback(blob, rollback.from_sha256, rollback.from_commit, wanted.commit))
    left = history.compared if history.base == wanted.commit else history.base
    if left and left not in observed.objects:
        return Look("object", left)
    stored = observed.objects.get(left)
    return Record(Rollback(blob, stored.sha256 if stored else "", left, wanted.commit))


def is_rolled_back(wanted: Wanted, observed: Observed) -> bool:
    """Return True if this run rolls the file back: deploys hold it until it changes on the branch."""
    return wanted.is_rollback and _place(wanted, observed) not in {"tip", "same", "unknown", "off-branch"}


def _rollback(observed: Observed, package: Package) -> Rollback | None:
    return observed.holds.rollbacks.get(package.id) if observed.holds else None


def _place(wanted: Wanted, observed: Observed) -> Place:
    return observed.standing.files.get(wanted.dictionary.file, "unknown") if observed.standing else "unknown"


def _blob(wanted: Wanted, observed: Observed) -> str:
    return observed.standing.blobs.get(wanted.dictionary.file, "") if observed.standing else ""


def _is_recorded(wanted: Wanted, observed: Observed, rollback: Rollback) -> bool:
    """Return True if this file, or its content, was rolled back."""
    blob = _blob(wanted, observed)
    if wanted.by_order or not blob:
        return rollback.from_sha256 in {"", wanted.content.sha256}
    return blob == rollback.file_at_tip
