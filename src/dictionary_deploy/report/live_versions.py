"""Which version is in force where: the truth table, and what it comes to in a plain sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dictionary_deploy.model import CHANGES, DomainPackage, Result
from dictionary_deploy.report.reloading import reloads, when_used

GOOD, BAD, ATTENTION, PLANNED, ASIDE = "✅", "❌", "⚠️", "📝", "⏸️"

MOST_NAMES = 5
"""So many domains a sentence names; the table has them all."""


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One line of the truth table: which version is in force where, and whether that is the available one."""

    mark: str
    where: str
    name: str
    version: str
    status: str

    @property
    def is_behind(self) -> bool:
        """Whether it is a domain that ought to have the available version and has it not."""
        return self.where == "domain" and self.mark in {ATTENTION, BAD}


def truth(result: Result) -> tuple[TruthRow, ...]:
    """Return the package's version, then the version in force on each domain; nothing when unknown.

    A domain that the configuration names and AWS did not is a row of its own: the dictionary is not
    live everywhere while one is missing. One that the configuration leaves out is nobody's fault.
    """
    package = result.package
    if package is None:
        return ()
    is_good = package.status == "AVAILABLE"
    sign = GOOD if is_good else BAD if package.is_settled else ATTENTION
    status = f"{package.status}: {package.error}" if package.error else package.status
    domains = result.domains or ()
    named = _named(result)
    missing = [name for name in named or () if name not in {each.domain for each in domains}]
    return (
        TruthRow(sign, "package", package.name, package.available, status),
        *(_domain_row(each, package.available, named) for each in domains),
        *(
            TruthRow(ATTENTION, "domain", name, "", "no association seen")
            for name in missing
            if result.domains is not None
        ),
    )


def _named(result: Result) -> tuple[str, ...] | None:
    """Return the domains that the configuration names one by one, None when it does not."""
    return result.dictionary.domains if isinstance(result.dictionary.domains, tuple) else None


def _domain_row(domain: DomainPackage, available: str, named: tuple[str, ...] | None) -> TruthRow:
    is_live = domain.status == "ACTIVE" and domain.version == available
    is_aside = named is not None and domain.domain not in named
    behind = ASIDE if is_aside else BAD if domain.status.endswith("_FAILED") else ATTENTION
    status = f"{domain.status}: {domain.error}" if domain.error else domain.status
    status = f"{status}, not configured" if is_aside else status
    return TruthRow(GOOD if is_live else behind, "domain", domain.domain, domain.version, status)


def is_behind(result: Result) -> bool:
    """Return whether anything that ought to have the available version has it not."""
    return any(row.mark in {ATTENTION, BAD} for row in truth(result))


def live(result: Result) -> str:
    """Return in a sentence or two where the available version is in force; empty when no package is known."""
    package = result.package
    if package is None:
        return ""
    if result.reason == "locked":
        seen = package.available or "no version"
        return (
            f"When this run lost the lock, {seen} was available: the run that has it now says what is live."
        )
    is_not_this = result.outcome in {"failed", "invalid"} and not result.is_deployed
    # What is live is not what was to be deployed: nobody may take the one for the other.
    begin = "Now: " if result.planned else "Still: " if is_not_this else ""
    version = package.available
    if not version:
        return f"{begin}no version is available yet." if begin else "No version is available yet."
    return f"{begin}{version} is {_where(result)}"


def _where(result: Result) -> str:
    if result.domains is None:
        untold = _untold(result)
        why = result.why_no_domains or ("" if untold else "The domains were not looked at.")
        return " ".join(filter(None, ("available; where it is live is not known.", why, untold)))
    rows = truth(result)[1:]
    if not rows:
        alone = _untold(result) or (
            "The package is associated with no domain: name one under `domains`, and it is associated."
        )
        return f"available, not applied. {alone}"
    counted = [row for row in rows if row.mark != ASIDE]
    behind = [row for row in counted if row.is_behind]
    count = len(counted)
    in_force = count - len(behind)
    aside = _left_aside(rows)
    if not behind and counted:
        everywhere = "on every configured domain" if aside else "everywhere"
        return f"live {everywhere} (on {count} {_domains(count)}){_once_reopened(result)}.{aside}"
    rest = f"; not on {_list(behind)}"
    if not in_force:
        none = f": live on none of {count} {_domains(count)}{rest}" if counted else ""
        return f"available, not applied{none}.{_told(result)}{aside}"
    some = f"live on {in_force} of {count} {_domains(count)}{_once_reopened(result)}"
    return f"{some}{rest}.{_told(result)}{aside}"


def _once_reopened(result: Result) -> str:
    """Return on which domains somebody has something to do before search uses what they have."""
    if result.planned or result.outcome not in CHANGES:
        return ""
    if result.dictionary.kind == "sudachi":
        return ", from the next blue/green deployment of a domain on"
    rows = [row for row in truth(result)[1:] if row.mark == GOOD]
    old = [row.name for row in rows if row.name in result.engines and not reloads(result.engines[row.name])]
    whose = "its" if len(old) == 1 else "their"
    return f", on {_first(old)} once {whose} indices are closed and opened" if old else ""


def _told(result: Result) -> str:
    untold = _untold(result)
    return f" {untold}" if untold else ""


def _untold(result: Result) -> str:
    """Return which setting keeps the version from the domains, and which would bring it to them."""
    if result.dictionary.domains != "none":
        return ""
    return "`domains: none` leaves every domain alone; `domains: associated` would bring it to them."


def _left_aside(rows: Sequence[TruthRow]) -> str:
    aside = [row for row in rows if row.mark == ASIDE]
    return f" Left alone, since not configured: {_list(aside)}." if aside else ""


def _list(rows: Sequence[TruthRow]) -> str:
    return _first([f"{row.name} ({_had(row)})" for row in rows])


def _first(shown: Sequence[str]) -> str:
    """Return the first of them, and how many more there are."""
    more = len(shown) - MOST_NAMES
    return ", ".join(shown[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _had(row: TruthRow) -> str:
    """Return what a domain has instead; one that failed may show the available version and not have it."""
    status = row.status.split(":", 1)[0].split(",", 1)[0]
    return ", ".join(filter(None, (row.version, "" if row.version and status == "ACTIVE" else status)))


def _domains(count: int) -> str:
    return "domain" if count == 1 else "domains"


def moves(result: Result) -> str:
    """Return which domains a merge would bring to its version; empty when it would move none."""
    if not result.planned or result.outcome not in CHANGES:
        return ""
    if result.dictionary.domains == "none":
        return "Its version would go to no domain: `domains: none`."
    associated = {each.domain: each for each in result.domains or ()}
    names = _named(result) or tuple(associated)
    if result.package and result.outcome == "applied":
        available = result.package.available
        names = tuple(name for name in names if _version(associated.get(name)) != available)
    if not names:
        # Of a package that is there, `live` says so.
        nowhere = "Its version would go to no domain: name one under `domains`, and it is associated."
        return nowhere if result.outcome == "created" else ""
    shown = [f"{name} (now {_version(associated.get(name)) or 'without it'})" for name in names]
    return f"Its version would go to {_first(shown)}."


def _version(domain: DomainPackage | None) -> str:
    """Return the version in force on a domain, empty when none is."""
    return domain.version if domain and domain.status == "ACTIVE" else ""


def reloading(result: Result) -> tuple[str, ...]:
    """Return when search uses what the domains have or would get, one sentence per engine's way."""
    if result.outcome not in CHANGES or result.package is None or result.dictionary.domains == "none":
        return ()
    associated = tuple(each.domain for each in result.domains or ())
    names = _named(result) or associated
    told = when_used(result.dictionary.kind, result.package.id, names[:MOST_NAMES], result.engines)
    return (*told, result.why_no_engines) if result.why_no_engines and told else told
