"""Which domains still need the available version."""

from __future__ import annotations

from dictionary_deploy.model import DomainPackage, Package
from dictionary_deploy.next_step.facts import Attempt, Observed, Wanted
from dictionary_deploy.next_step.steps import Associate, Look, Refuse, Step, Wait


def step_for_domains(wanted: Wanted, observed: Observed, attempt: Attempt, package: Package) -> Step | None:
    """None when every wanted domain has the available version in force."""
    if wanted.dictionary.domains == "none":
        return None
    if observed.domains is None:
        return Look("domains")
    known = {domain.domain: domain for domain in observed.domains}
    names = tuple(known) if wanted.dictionary.domains == "associated" else wanted.dictionary.domains
    behind = [name for name in names if not _has_in_force(known.get(name), package.available)]
    if not behind:
        return None
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    lost = {name: _why_lost(known.get(name), attempt, name) for name in behind}
    under_way = [name for name in behind if not lost[name]]
    unsent = [
        name for name in under_way if name not in attempt.associated and not _is_moving(known.get(name))
    ]
    if unsent:
        return Associate(tuple(unsent))
    if under_way:
        return Wait(f"{package.available} is on its way to {', '.join(under_way)}")
    return Refuse(
        "association-failed",
        f"{package.available} is available, but not in force everywhere. "
        + "; ".join(f"{name}: {why}" for name, why in lost.items()),
        "Mend what AWS names, then rerun: the package itself is up to date.",
    )


def _has_in_force(domain: DomainPackage | None, version: str) -> bool:
    return domain is not None and domain.status == "ACTIVE" and domain.version == version


def _is_moving(domain: DomainPackage | None) -> bool:
    return domain is not None and domain.status in {"ASSOCIATING", "DISSOCIATING"}


def _why_lost(domain: DomainPackage | None, attempt: Attempt, name: str) -> str:
    """Why the domain will not get the version in this run; empty while it may."""
    if name in attempt.lost_domains:
        return attempt.lost_domains[name]
    if domain and name in attempt.associated and domain.status.endswith("_FAILED"):
        return domain.error or domain.status
    return ""
