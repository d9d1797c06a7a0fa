"""The live versions: the table of package and domains, and its summary in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dictionary_deploy.model import DomainPackage, Result
from dictionary_deploy.report.markdown import Markdown

GOOD, BAD, ATTENTION, PLANNED, IGNORED = map(Markdown, ("✅", "❌", "⚠️", "📝", "⏸️"))

MAX_NAMES = 5
"""Domain names in a sentence. The table has all of them."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One row of the table: the version that a package or a domain has, and its status."""

    mark: Markdown
    where: str
    name: str
    version: str
    status: str

    @property
    def is_behind(self) -> bool:
        """Return True for a domain that should have the available version and does not."""
        return self.where == "domain" and self.mark in {ATTENTION, BAD}


def version_rows(result: Result) -> tuple[VersionRow, ...]:
    """Return the package's row, then one for each domain; empty when the package is unknown.

    A configured domain without an association has a row of its own. A domain that is not configured
    is marked as ignored.
    """
    package = result.package
    if package is None:
        return ()
    is_good = package.status == "AVAILABLE"
    sign = GOOD if is_good else BAD if package.is_settled else ATTENTION
    status = f"{package.status}: {package.error}" if package.error else package.status
    domains = result.domains or ()
    names = configured_names(result)
    missing = [name for name in names or () if name not in {each.domain for each in domains}]
    return (
        VersionRow(sign, "package", package.name, package.available, status),
        *(_domain_row(result, each, package.available) for each in domains),
        *(
            VersionRow(ATTENTION, "domain", name, "", "not associated")
            for name in missing
            if result.domains is not None
        ),
    )


def configured_names(result: Result) -> tuple[str, ...] | None:
    """Return the domains that the configuration lists; None when it has no list."""
    return result.dictionary.domains if isinstance(result.dictionary.domains, tuple) else None


def _domain_row(result: Result, domain: DomainPackage, available: str) -> VersionRow:
    is_live = domain.status == "ACTIVE" and domain.version == available
    why_ignored = _why_ignored(result, domain.domain)
    behind = IGNORED if why_ignored else BAD if domain.status.endswith("_FAILED") else ATTENTION
    status = f"{domain.status}: {domain.error}" if domain.error else domain.status
    status = f"{status}, {why_ignored}" if why_ignored else status
    return VersionRow(GOOD if is_live else behind, "domain", domain.domain, domain.version, status)


def _why_ignored(result: Result, domain: str) -> str:
    """Return why the run does not update an associated domain; empty if it updates it."""
    names = configured_names(result)
    if names is not None:
        return "" if domain in names else "not configured"
    environment = dict(result.dictionary.left_out).get(domain)
    return f"updated by environment {environment}" if environment else ""


def updated_names(result: Result) -> tuple[str, ...]:
    """Return the domains that get new versions: those configured, else those associated."""
    associated = (each.domain for each in result.domains or ())
    names = configured_names(result)
    return tuple(name for name in associated if not _why_ignored(result, name)) if names is None else names


def is_behind(result: Result) -> bool:
    """Return True if the package or a domain should have the available version and does not."""
    return any(row.mark in {ATTENTION, BAD} for row in version_rows(result))


def lacks_domain(result: Result) -> bool:
    """Return True if the configuration requires a domain, but none has or would get the package."""
    is_new = result.package is None and result.outcome == "created"
    return result.dictionary.domains == "associated" and (is_new or result.domains == ())


def is_without_aws(result: Result) -> bool:
    """Return True for a plan that did not read AWS: a fork's."""
    return result.planned and result.outcome == "updated" and result.package is None


def live_summary(result: Result) -> str:
    """Return where the available version is active, in sentences; empty if the package is unknown."""
    package = result.package
    if package is None:
        return ""
    version = package.available
    if result.reason == "locked":
        return (
            f"{version or 'No version'} was available when this run lost the lock."
            " The run that holds the lock reports the live versions."
        )
    if not version:
        return "No version is available yet."
    # The adverb separates the live version from the one that this run was to deploy.
    is_earlier = result.outcome in {"failed", "invalid"} and not result.is_deployed
    adverb = "currently " if result.planned else "still " if is_earlier else ""
    return f"{version} is {adverb}{_where(result)}"


def _where(result: Result) -> str:
    if result.domains is None:
        is_read = result.why_no_domains or result.dictionary.domains == "none"
        why = result.why_no_domains if is_read else "The domains were not read."
        return _sentences("available; the domains that use it are unknown.", why)
    rows = version_rows(result)[1:]
    if not rows:
        return "available, but no domain is associated with the package."
    counted = [row for row in rows if row.mark != IGNORED]
    behind = [row for row in counted if row.is_behind]
    active = [row for row in counted if not row.is_behind]
    ignored = [row for row in rows if row.mark == IGNORED]
    if not counted:
        where = "available"
    elif not active:
        where = f"available, but not live on {_with_versions(result, behind)}"
    elif behind:
        where = f"active on {len(active)} of {_domains(counted)}, not on {_with_versions(result, behind)}"
    elif len(active) == 1:
        where = f"active on {active[0].name}"
    else:
        where = f"active on all {'configured ' if ignored else ''}domains"
    return _sentences(
        f"{where}.",
        *_not_updated(result, ignored),
    )


def _not_updated(result: Result, rows: Sequence[VersionRow]) -> Iterator[str]:
    """Yield a sentence for each reason that domains are not updated."""
    reasons = dict.fromkeys(_why_ignored(result, row.name) for row in rows)
    for reason in reasons:
        names = [
            f"{row.name} ({row.version or 'no version'})"
            for row in rows
            if _why_ignored(result, row.name) == reason
        ]
        yield f"Not updated because {reason}: {first_names(names)}."


def _with_versions(result: Result, rows: Sequence[VersionRow]) -> str:
    available = result.package.available if result.package else ""
    return first_names([f"{row.name} ({_state(row, available)})" for row in rows])


def _state(row: VersionRow, available: str) -> str:
    """Return a domain's version and status. A failed association may show the available version."""
    status = row.status.split(":", 1)[0].split(",", 1)[0]
    version = row.version if row.version == available or not row.version else f"still {row.version}"
    return ", ".join(filter(None, (version, "" if row.version and status == "ACTIVE" else status)))


def first_names(names: Sequence[str]) -> str:
    """Return the first names and the number of the others."""
    return ", ".join(names[:MAX_NAMES]) + _more(names)


def _more(items: Sequence[object]) -> str:
    more = len(items) - MAX_NAMES
    return f" and {more} more" if more > 0 else ""


def _domains(rows: Sequence[VersionRow]) -> str:
    return f"{len(rows)} domain{'' if len(rows) == 1 else 's'}"


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
