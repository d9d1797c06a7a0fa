"""What the branch says: whether this content may still replace what is deployed."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.decide.state import Observed, Wanted
from dictionary_deploy.decide.steps import Done, Look, Refuse, Step
from dictionary_deploy.decide.version_history import History
from dictionary_deploy.model import Standing

MOST_STEPS_BACK = 5
"""So many commits before the deployed one are looked at for rollbacks: each may take a question."""

# A commit is newer than those in its past, and older than those that have it in theirs. Of two that were
# merged apart neither is, whatever their dates.


def ask_the_branch(wanted: Wanted, observed: Observed, deployed: str) -> Step | None:
    """None when the branch still says this content. Asked only before something is written.

    `deployed` is the last commit that was deployed, empty when there is none.
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
            "superseded", f"The branch has moved on: at {standing.tip} {wanted.config} is another one."
        )
    if wanted.by_order or place == "untracked":
        return _ask_the_order(wanted, observed, standing, deployed)
    if place == "moved":
        return Done("superseded", f"The branch has moved on: at {standing.tip} the file is another one.")
    return _ask_for_newer(wanted, observed, standing, deployed)


def step_when_deployed_over(wanted: Wanted, observed: Observed, history: History) -> Look | Done | None:
    """What to do about another commit that was deployed over this one: leave it.

    None when this commit is the branch's tip, and either nobody rolled back from it (the branch was forced
    to it) or what was deployed over it has the very same content.
    """
    standing, deployed = observed.standing, history.deployed
    if standing is None or deployed not in standing.distances:
        return Look("standing", deployed)
    if is_tip(wanted, observed):
        left = _left(standing, history)
        if isinstance(left, Look):
            return left
        if wanted.commit not in left:
            return None
        if deployed not in observed.objects:
            return Look("object", deployed)
        stored = observed.objects[deployed]
        if stored and stored.sha256 == wanted.content.sha256:
            return None
    return Done("superseded", f"Commit {deployed} was deployed over this one.")


def is_tip(wanted: Wanted, observed: Observed) -> bool:
    """Whether the commit is known to be the branch's tip: what it leaves undone, no other run does."""
    return observed.standing is not None and observed.standing.files.get(wanted.dictionary.file) == "tip"


def _unknown(file: str) -> Refuse:
    return Refuse(
        "github-failed",
        f"It is not known whether the branch still has {file} as it is here. Nothing was written.",
        "Rerun when GitHub answers again.",
    )


def _off_branch(wanted: Wanted) -> Refuse:
    return Refuse(
        "wrong-branch",
        f"Commit {wanted.commit} is not on the branch that is deployed.",
        "Merge it first: deploys come from the configured branch alone.",
    )


def _ask_for_newer(wanted: Wanted, observed: Observed, standing: Standing, deployed: str) -> Step | None:
    """None when this commit, with the tip's file, is newer than the deployed one, or the branch lost that."""
    if standing.distances.get(deployed) is None:
        return None
    is_newer = _has(observed, standing, wanted.commit, [deployed])
    if is_newer:
        return is_newer if isinstance(is_newer, Look) else None
    return Done("superseded", f"Commit {deployed} is deployed, which is not older than this one.")


def _ask_the_order(wanted: Wanted, observed: Observed, standing: Standing, deployed: str) -> Step | None:
    """None when this commit is the newer one, or nothing was deployed from a commit yet."""
    if not deployed:
        return None
    strangers = [each for each in (deployed, wanted.commit) if standing.distances.get(each) is None]
    if strangers:
        return _not_in_order(
            f"{' and '.join(strangers)} cannot be found on the branch, so that it cannot be told whether the"
            f" deployed commit {deployed} is older than {wanted.commit}."
        )
    is_newer = _has(observed, standing, wanted.commit, [deployed])
    if is_newer:
        return is_newer if isinstance(is_newer, Look) else None
    is_older = _has(observed, standing, deployed, [wanted.commit])
    if is_older:
        newer = Done("superseded", f"The newer commit {deployed} is deployed.")
        return is_older if isinstance(is_older, Look) else newer
    return _not_in_order(
        f"The deployed commit {deployed} and {wanted.commit} were merged apart: neither is the newer one."
    )


def _not_in_order(message: str) -> Refuse:
    remedy = "Deploy from the branch itself: merge the file as it should be, and let the push deploy it."
    return Refuse("wrong-branch", message, remedy)


def ask_held(wanted: Wanted, observed: Observed, history: History) -> Look | Done | None:
    """None unless someone rolled back from this very content."""
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
            return _held(history.base, left, is_gone=stored is None)
    return None


def _rolled_back_from(observed: Observed, standing: Standing, history: History) -> tuple[str, ...] | Look:
    """The commits that someone rolled back from, the last one first.

    A deploy goes only to newer commits, so that a history in which a commit follows one that is not in
    its past tells of a rollback. One may follow another, further back or less far: what counts is each
    commit that is in the past of none that came after it.
    """
    left = _left(standing, history)
    if isinstance(left, Look):
        return left
    past = _has(observed, standing, history.base, left)
    if isinstance(past, Look):
        return past
    # What the deployed commit lacks, none in its past has.
    found = apart = tuple(each for each in left if each not in past)
    for number, later in enumerate(apart, start=1):
        past = _has(observed, standing, later, [each for each in apart[number:] if each in found])
        if isinstance(past, Look):
            return past
        found = tuple(each for each in found if each not in past)
    return found


def _left(standing: Standing, history: History) -> tuple[str, ...] | Look:
    """The other commits before the deployed one, the last one first, each where it was deployed last.

    A commit that the branch has lost ends it: what followed it was deployed because the branch was forced.
    """
    if standing.distances.get(history.base) is None:
        return ()
    found: dict[str, None] = {}
    for left in history.left[:MOST_STEPS_BACK]:
        # What a commit of the branch has in its past is on the branch.
        if (left, history.base) not in standing.pasts and standing.distances.get(left, 0) is None:
            break
        found[left] = None
    found.pop(history.base, None)
    known = standing.distances.keys() | {left for left, later in standing.pasts if later == history.base}
    unknown = [left for left in found if left not in known]
    return Look("standing", unknown[0], tuple(unknown[1:])) if unknown else tuple(found)


def _held(base: str, left: str, *, is_gone: bool) -> Done:
    why = (
        f"the object of {left} is gone, so that nobody can say whether the file changed since"
        " (mode rollback on this commit deploys it)"
        if is_gone
        else f"the file is still the one of {left}"
    )
    return Done("held", f"Someone rolled back to {base}, and {why}: left alone until it changes.")


def ask_about_domains(wanted: Wanted, observed: Observed) -> Look | Refuse | None:
    """None when this commit is on the branch, so that its configuration may choose domains at all."""
    standing = observed.standing
    if standing is None:
        return Look("standing")
    place = standing.files.get(wanted.config, "unknown")
    if place == "off-branch":
        return _off_branch(wanted)
    return _unknown(wanted.config) if place == "unknown" else None


def has_later_config(wanted: Wanted, observed: Observed) -> bool:
    """Whether the branch's tip has another configuration, to whose run the domains are left."""
    if wanted.is_rollback or wanted.by_order or observed.standing is None:
        return False
    return observed.standing.files.get(wanted.config) == "moved"


def _has(
    observed: Observed, standing: Standing, commit: str, others: Sequence[str]
) -> tuple[str, ...] | Look:
    """Those of `others` that are in the past of `commit`; all are on the branch.

    A commit lacks fewer of the branch's commits than any in its past does, and the tip lacks none: what
    follows from that is not asked.
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
