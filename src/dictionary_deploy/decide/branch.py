"""Decide by the branch if this content may replace the deployed content."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.decide.messages import short
from dictionary_deploy.decide.state import Observed, Wanted
from dictionary_deploy.decide.steps import Done, Look, Refuse, Step
from dictionary_deploy.decide.version_history import History
from dictionary_deploy.model import Standing

MAX_STEPS_BACK = 5
"""Commits before the deployed one that are checked for rollbacks: each may take a query."""

# A commit is newer than its ancestors and older than its descendants. Of two commits on separate side
# branches neither is newer, whatever their dates.


def step_by_branch(wanted: Wanted, observed: Observed, deployed: str) -> Step | None:
    """Return None if this content may be written according to the branch.

    `deployed` is the last commit that was deployed, or empty.
    """
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
    if wanted.by_order or place == "untracked":
        return _step_by_order(wanted, observed, standing, deployed)
    if place == "moved":
        return Done("superseded", f"The file differs at the branch's tip (commit {short(standing.tip)}).")
    return _step_if_newer(wanted, observed, standing, deployed)


def step_when_deployed_over(wanted: Wanted, observed: Observed, history: History) -> Look | Done | None:
    """Return the step that keeps another commit, deployed after this one.

    None if this commit is the branch's tip, and either the branch was forced to it (there was no rollback) or
    the content deployed after it is the same.
    """
    standing, deployed = observed.standing, history.deployed
    if standing is None or deployed not in standing.distances:
        return Look("standing", deployed)
    if is_tip(wanted, observed):
        left = _earlier_commits(standing, history)
        if isinstance(left, Look):
            return left
        if wanted.commit not in left:
            return None
        if deployed not in observed.objects:
            return Look("object", deployed)
        stored = observed.objects[deployed]
        if stored and stored.sha256 == wanted.content.sha256:
            return None
    return Done("superseded", f"Commit {short(deployed)} was deployed after this one.")


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
        "Merge it first. Only the configured branch is deployed.",
    )


def _step_if_newer(wanted: Wanted, observed: Observed, standing: Standing, deployed: str) -> Step | None:
    """Return None if this commit is newer than the deployed one, or that is not on the branch."""
    if standing.distances.get(deployed) is None:
        return None
    is_newer = _ancestors(observed, standing, wanted.commit, [deployed])
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
    is_newer = _ancestors(observed, standing, wanted.commit, [deployed])
    if is_newer:
        return is_newer if isinstance(is_newer, Look) else None
    is_older = _ancestors(observed, standing, deployed, [wanted.commit])
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


def step_when_rolled_back(wanted: Wanted, observed: Observed, history: History) -> Look | Done | None:
    """Return None unless someone rolled back from this content."""
    standing = observed.standing
    if wanted.is_rollback or standing is None:
        return None
    commits = _rolled_back_from(observed, standing, history)
    if isinstance(commits, Look):
        return commits
    for left in commits:
        if left not in observed.objects:
            return Look("object", left)
        stored = observed.objects[left]
        if stored is None or stored.sha256 == wanted.content.sha256:
            return _held_step(history.base, left, is_gone=stored is None)
    return None


def _rolled_back_from(observed: Observed, standing: Standing, history: History) -> tuple[str, ...] | Look:
    """Return the commits that someone rolled back from, the last one first.

    A deploy goes only to newer commits. A commit after one that is not its ancestor is therefore a rollback.
    Rollbacks may follow each other, to older or newer commits: the result has each commit that is no ancestor
    of a later one.
    """
    left = _earlier_commits(standing, history)
    if isinstance(left, Look):
        return left
    past = _ancestors(observed, standing, history.base, left)
    if isinstance(past, Look):
        return past
    # A commit that is no ancestor of the deployed one is no ancestor of its ancestors.
    found = apart = tuple(each for each in left if each not in past)
    for number, later in enumerate(apart, start=1):
        past = _ancestors(observed, standing, later, [each for each in apart[number:] if each in found])
        if isinstance(past, Look):
            return past
        found = tuple(each for each in found if each not in past)
    return found


def _earlier_commits(standing: Standing, history: History) -> tuple[str, ...] | Look:
    """Return the other commits before the deployed one, the last one first, each at its last deploy.

    A commit that is no longer on the branch ends the list: the branch was forced after it.
    """
    if standing.distances.get(history.base) is None:
        return ()
    found: dict[str, None] = {}
    for left in history.left[:MAX_STEPS_BACK]:
        # Ancestors of a commit on the branch are on the branch.
        if (left, history.base) not in standing.pasts and standing.distances.get(left, 0) is None:
            break
        found[left] = None
    found.pop(history.base, None)
    known = standing.distances.keys() | {left for left, later in standing.pasts if later == history.base}
    unknown = [left for left in found if left not in known]
    return Look("standing", unknown[0], tuple(unknown[1:])) if unknown else tuple(found)


def _held_step(base: str, left: str, *, is_gone: bool) -> Done:
    why = (
        f"the object of commit {short(left)} is missing: it is unknown whether the file has changed since"
        if is_gone
        else f"the file is the same as in commit {short(left)}"
    )
    return Done(
        "held",
        f"Someone rolled back to commit {short(base)}, and {why}. The file is not deployed until it changes.",
    )


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


def _ancestors(
    observed: Observed, standing: Standing, commit: str, others: Sequence[str]
) -> tuple[str, ...] | Look:
    """Return those of `others` that are ancestors of `commit`; all are on the branch.

    A commit lacks fewer of the branch's commits than its ancestors, and the tip lacks none. Relations that
    follow from these numbers take no query.
    """
    known = {each for each in others if (each, commit) in standing.pasts}
    lacks = {each: standing.distances.get(each) or 0 for each in (commit, *others)}
    older = [each for each in others if each not in known and lacks[each] > lacks[commit]]
    if lacks[commit] > 0:
        unknown = tuple(each for each in older if (each, commit) not in observed.order)
        if unknown:
            return Look("order", commit, unknown)
        older = [each for each in older if observed.order[each, commit]]
    return tuple(each for each in others if each in known or each in older)
