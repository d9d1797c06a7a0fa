"""What the branch says: whether this content may still replace what is deployed."""

from __future__ import annotations

from dictionary_deploy.model import Standing
from dictionary_deploy.next_step.facts import Observed, Wanted
from dictionary_deploy.next_step.lineage import Lineage
from dictionary_deploy.next_step.steps import Done, Look, Refuse, Step


def ask_the_branch(wanted: Wanted, observed: Observed, deployed: str) -> Step | None:
    """None when the branch still says this content. Asked only before something is written.

    `deployed` is the commit of the available version, empty when it was not made from one.
    """
    standing = observed.standing
    if standing is None:
        return Look("standing")
    file = wanted.dictionary.file
    place = standing.files.get(file, "unknown")
    own = standing.distances.get(wanted.commit)
    if place == "unknown":
        return Refuse(
            "github-failed",
            f"It is not known whether the branch still has {file} as it is here. Nothing was written.",
            "Rerun when GitHub answers again.",
        )
    if place == "off-branch" or ((wanted.is_rollback or wanted.by_order) and own is None):
        return Refuse(
            "wrong-branch",
            f"Commit {wanted.commit} is not on the branch that is deployed.",
            "Merge it first: deploys come from the configured branch alone.",
        )
    if wanted.is_rollback or place == "tip":
        return None
    if wanted.by_order or place == "untracked":
        return _ask_the_order(wanted, standing, deployed)
    if place == "moved":
        return Done("superseded", f"The branch has moved on: at {standing.tip} the file is another one.")
    if _is_newer(standing, deployed, wanted.commit):
        return Done("superseded", f"The newer commit {deployed} is deployed.")
    return None


def _ask_the_order(wanted: Wanted, standing: Standing, deployed: str) -> Step | None:
    """None when this commit is the newer one, or nothing was deployed from a commit yet."""
    if not deployed:
        return None
    if standing.distances.get(deployed) is None or standing.distances.get(wanted.commit) is None:
        return Refuse(
            "wrong-branch",
            f"The deployed commit {deployed} is not on the branch, so that it cannot be told whether it is"
            f" older than {wanted.commit}.",
            "Deploy from the branch itself: merge the file as it should be, and let the push deploy it.",
        )
    if _is_newer(standing, deployed, wanted.commit):
        return Done("superseded", f"The newer commit {deployed} is deployed.")
    return None


def ask_held(wanted: Wanted, observed: Observed, lineage: Lineage) -> Step | None:
    """None unless someone rolled back from this very content.

    A deploy never goes from newer to older, so that a history in which an older commit follows a
    newer one tells of a rollback.
    """
    standing = observed.standing
    if wanted.is_rollback or standing is None or not lineage.left or not lineage.deployed:
        return None
    if not _is_newer(standing, lineage.left, lineage.deployed):
        return None
    if lineage.left not in observed.objects:
        return Look("object", lineage.left)
    stored = observed.objects[lineage.left]
    if stored and stored.sha256 != wanted.content.sha256:
        return None
    why = (
        f"the file is still the one of {lineage.left}"
        if stored
        else f"the object of {lineage.left} is gone, so that nobody can say whether the file changed since"
    )
    return Done("held", f"Someone rolled back to {lineage.deployed}, and {why}: left alone until it changes.")


def _is_newer(standing: Standing, commit: str, other: str) -> bool:
    """Whether `commit` is known to be newer than `other`: it lacks fewer of the branch's commits."""
    mine, theirs = standing.distances.get(commit), standing.distances.get(other)
    return mine is not None and theirs is not None and mine < theirs
