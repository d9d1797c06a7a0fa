"""Decide by the branch if this content may replace the deployed content."""

from __future__ import annotations

from dictionary_deploy.decide.messages import short
from dictionary_deploy.decide.state import Observed, Wanted
from dictionary_deploy.decide.steps import Done, Look, Refuse, Step
from dictionary_deploy.decide.version_history import History
from dictionary_deploy.model import Standing

# A commit is newer than its ancestors and older than its descendants. Of two commits on separate side
# branches neither is newer, whatever their dates.


def step_by_branch(wanted: Wanted, observed: Observed, deployed: str) -> Step | None:
    """Return None if this content may be written according to the branch.

    `deployed` is the last commit that was deployed, or empty.
    """
    deployed = "" if deployed == wanted.commit else deployed
    standing = observed.standing
    if standing is None or (deployed and deployed not in standing.distances):
        return Look("standing", deployed)
    file = wanted.dictionary.file
    place = standing.files.get(file, "unknown")
    own = standing.distances.get(wanted.commit)
    if place == "unknown":
        return _unknown(file)
    if place == "off-branch" or ((wanted.is_rollback or wanted.by_order) and own is None):
        return _off_branch(wanted)
    if wanted.is_rollback or place == "tip":
        return None
    if has_later_config(wanted, observed):
        return Done(
            "superseded", f"{wanted.config} differs at the branch's tip (commit {short(standing.tip)})."
        )
    if place == "untracked" and standing.blobs.get(file) and not wanted.by_order:
        return Done("superseded", f"The branch's tip (commit {short(standing.tip)}) has the file in git.")
    if wanted.by_order or place == "untracked":
        return _step_by_order(wanted, observed, standing, deployed)
    if place == "moved":
        return Done("superseded", f"The file differs at the branch's tip (commit {short(standing.tip)}).")
    return _step_if_newer(wanted, observed, standing, deployed)


def step_when_replaced(wanted: Wanted, observed: Observed, history: History) -> Look | Done | None:
    """Return the step that keeps another commit, deployed after this one; None if this one is the tip."""
    if observed.standing is None:
        return Look("standing", history.deployed)
    if is_tip(wanted, observed):
        return None  # after a forced push or a rollback
    return Done("superseded", f"Commit {short(history.deployed)} was deployed after this one.")


def is_tip(wanted: Wanted, observed: Observed) -> bool:
    """Return True if the commit is the branch's tip: no other run completes its work."""
    return observed.standing is not None and observed.standing.files.get(wanted.dictionary.file) == "tip"


def _unknown(file: str) -> Refuse:
    return Refuse(
        "github-failed",
        f"It is unknown whether {file} has changed on the branch. Nothing was written.",
        "Rerun when GitHub responds.",
    )


def _off_branch(wanted: Wanted) -> Refuse:
    return Refuse(
        "wrong-branch",
        f"Commit {short(wanted.commit)} is not on the deployed branch.",
        "Merge it first. If another branch is to be deployed, set the input `branch`.",
    )


def _step_if_newer(wanted: Wanted, observed: Observed, standing: Standing, deployed: str) -> Step | None:
    """Return None if this commit is newer than the deployed one, or that is not on the branch."""
    if standing.distances.get(deployed) is None:
        return None
    is_newer = _is_ancestor(observed, standing, deployed, wanted.commit)
    if is_newer:
        return is_newer if isinstance(is_newer, Look) else None
    return Done("superseded", f"The deployed commit {short(deployed)} is not older than this one.")


def _step_by_order(wanted: Wanted, observed: Observed, standing: Standing, deployed: str) -> Step | None:
    """Return None if this commit is the newer one, or the first to be deployed."""
    if not deployed:
        return None
    missing = [short(each) for each in (deployed, wanted.commit) if standing.distances.get(each) is None]
    if missing:
        return _not_in_order(
            f"Not on the branch: {' and '.join(missing)}. It is unknown whether the deployed commit"
            f" {short(deployed)} is older than {short(wanted.commit)}."
        )
    is_newer = _is_ancestor(observed, standing, deployed, wanted.commit)
    if is_newer:
        return is_newer if isinstance(is_newer, Look) else None
    is_older = _is_ancestor(observed, standing, wanted.commit, deployed)
    if is_older:
        newer = Done("superseded", f"The newer commit {short(deployed)} is deployed.")
        return is_older if isinstance(is_older, Look) else newer
    return _not_in_order(
        f"The deployed commit {short(deployed)} and {short(wanted.commit)} are on separate side branches:"
        " neither is newer."
    )


def _not_in_order(message: str) -> Refuse:
    remedy = "Merge the file to the branch: the push deploys it."
    return Refuse("wrong-branch", message, remedy)


def step_by_config(wanted: Wanted, observed: Observed) -> Look | Refuse | None:
    """Return None if this commit is on the branch: only then its configuration may choose domains."""
    standing = observed.standing
    if standing is None:
        return Look("standing")
    place = standing.files.get(wanted.config, "unknown")
    if place == "off-branch":
        return _off_branch(wanted)
    return _unknown(wanted.config) if place == "unknown" else None


def has_later_config(wanted: Wanted, observed: Observed) -> bool:
    """Return True if the tip has another configuration: its run updates the domains."""
    if wanted.is_rollback or wanted.by_order or observed.standing is None:
        return False
    return observed.standing.files.get(wanted.config) == "moved"


def _is_ancestor(observed: Observed, standing: Standing, older: str, newer: str) -> bool | Look:
    """Return True if the first commit is an ancestor of the second; both are on the branch.

    A commit lacks fewer of the branch's commits than its ancestors, and the tip lacks none. Relations that
    follow from these numbers take no query.
    """
    lacks = {each: standing.distances.get(each) or 0 for each in (older, newer)}
    if lacks[older] <= lacks[newer] or lacks[newer] == 0:
        return lacks[older] > lacks[newer]
    known = observed.order.get((older, newer))
    return Look("order", newer, older) if known is None else known
