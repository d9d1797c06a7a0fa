"""Decide which domains need the available version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dictionary_deploy.decide.branch import has_later_config, step_by_config
from dictionary_deploy.decide.state import Attempt, Observed, Wanted
from dictionary_deploy.decide.steps import Associate, Done, Look, Refuse, Step, Wait
from dictionary_deploy.errors import Explanation
from dictionary_deploy.model import DomainPackage, Package


def step_for_domains(wanted: Wanted, observed: Observed, attempt: Attempt, package: Package) -> Step | None:
    """Return None if the available version is active on every wanted domain, or another run updates them."""
    if wanted.dictionary.domains == "none":
        return None
    if observed.domains is None:
        return Look("domains")
    known = {domain.domain: domain for domain in observed.domains}
    gone = _dissociated_domains(observed, attempt)
    omitted = {*gone, *(domain for domain, _ in wanted.dictionary.left_out)}
    names = wanted.dictionary.domains
    if names == "associated":
        names = tuple(name for name in {**known, **attempt.associated} if name not in omitted)
    behind = [name for name in names if not _is_active(known.get(name), package.available)]
    if not behind:
        return None
    if not package.is_settled:
        return Wait(f"the package is {package.status}")
    lost = {name: loss for name in behind if (loss := _loss(name, known.get(name), observed, attempt))}
    under_way = [name for name in behind if name not in lost]
    unsent = [
        name
        for name in under_way
        if (name not in attempt.associated and not _is_moving(known.get(name))) or name in gone
    ]
    if unsent:
        left_to_tip = has_later_config(wanted, observed)
        return None if left_to_tip else step_by_config(wanted, observed) or Associate(tuple(unsent))
    if under_way:
        return Wait(f"{package.available} is being associated with {', '.join(under_way)}")
    return refuse_lost(f"{package.available} is available, but not active on all domains.", lost)


def step_for_domains_only(
    wanted: Wanted, observed: Observed, attempt: Attempt, package: Package, file_result: Done
) -> Step:
    """Same as `step_for_domains` for a file that is not deployed: the domains get the available version."""
    step = step_for_domains(wanted, observed, attempt, package)
    return (
        replace(step, file_result=file_result) if isinstance(step, Associate | Wait) else step or file_result
    )


def refuse_lost(fact: str, lost: Mapping[str, Explanation]) -> Refuse:
    """Return why domains did not get the version. The message begins with `fact`."""
    reasons = {loss.reason for loss in lost.values()}
    remedy = "Fix what AWS reports, then rerun. The package itself is up to date."
    if reasons == {"domain-not-found"}:
        remedy = "Fix `domains` in the configuration, or the account and Region of the run."
    return Refuse(
        reasons.pop() if len(reasons) == 1 else "association-failed",
        f"{fact} " + "; ".join(f"{name}: {loss}" for name, loss in lost.items()),
        remedy,
    )


def missing_domains(wanted: Wanted, observed: Observed) -> dict[str, Explanation]:
    """Return the configured domains that do not exist, as far as known."""
    names, existing = wanted.dictionary.domains, observed.domain_names
    if isinstance(names, str) or not isinstance(existing, tuple):
        return {}
    # A domain that is being created may be missing in the list, but not among the associations.
    known = {*existing, *(domain.domain for domain in observed.domains or ())}
    return {
        name: Explanation("domain-not-found", "no domain has this name.")
        for name in names
        if name not in known
    }


def dissociation_note(wanted: Wanted, observed: Observed, attempt: Attempt) -> str:
    """Return a sentence about domains dissociated during this run; empty without any."""
    if wanted.dictionary.domains == "associated":
        gone, reaction = _dissociated_domains(observed, attempt), ""
    else:
        gone, reaction = attempt.reassociated, "; associated again"
    return f"Someone dissociated {', '.join(sorted(gone))} during the run{reaction}." if gone else ""


def _dissociated_domains(observed: Observed, attempt: Attempt) -> frozenset[str]:
    """Return the domains with an accepted association that is no longer listed."""
    if observed.domains is None:
        return frozenset()
    listed = {domain.domain for domain in observed.domains}
    return frozenset(
        name
        for name, sent in attempt.associated.items()
        if name not in listed and sent.is_overdue(observed.now)
    )


def _is_active(domain: DomainPackage | None, version: str) -> bool:
    return domain is not None and domain.status == "ACTIVE" and domain.version == version


def _is_moving(domain: DomainPackage | None) -> bool:
    return domain is not None and domain.status in {"ASSOCIATING", "DISSOCIATING"}


def _loss(
    name: str, domain: DomainPackage | None, observed: Observed, attempt: Attempt
) -> Explanation | None:
    """Return why the domain will not get the version in this run; None while it may."""
    sent = attempt.associated.get(name)
    if name in attempt.reassociated & _dissociated_domains(observed, attempt):
        return Explanation("association-failed", "someone dissociated it twice during the run.")
    if not sent or not domain or not domain.status.endswith("_FAILED"):
        return attempt.lost_domains.get(name)
    if sent.explains(str(domain.details.get("LastUpdated", "")), observed.now):
        return Explanation("association-failed", domain.error or domain.status)
    return None
