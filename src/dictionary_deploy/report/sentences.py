"""What the report says in words: plain text, to be escaped by whoever prints it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from dictionary_deploy.model import Diff, DomainPackage, Mode, Report, Result
from dictionary_deploy.report.outputs import is_finding

GOOD, BAD, ATTENTION, PLANNED = "✅", "❌", "⚠️", "📝"

_WORDS: Mapping[str, str] = {
    "updated": "deployed",
    "created": "deployed",
    "would-update": "would be deployed",
    "would-create": "would be deployed",
    "applied": "brought to their domains",
    "would-apply": "would be brought to their domains",
    "failed": "failed",
    "invalid": "invalid",
    "drifted": "drifted",
    "would-be-drifted": "drifted",
    "superseded": "superseded",
    "would-be-superseded": "would be superseded",
    "held": "held after a rollback",
    "would-be-held": "held after a rollback",
    "unchanged": "unchanged",
    "would-be-unchanged": "unchanged",
}
"""The outcomes by name, in the order of the heading."""

_WORDS_OF_MODE: Mapping[Mode, Mapping[str, str]] = {
    "validate": {"unchanged": "valid"},
    "rollback": {"updated": "rolled back", "created": "rolled back"},
    "check": {
        "would-update": "not deployed",
        "would-create": "without a package",
        "would-apply": "not on every domain",
        "unchanged": "in step with the branch",
        "would-be-unchanged": "in step with the branch",
    },
}


def heading(report: Report) -> str:
    """Return in one line what is the case: how many dictionaries are deployed, how many failed."""
    where = f" ({report.environment})" if report.environment else ""
    if not report.results:
        done = "Every dictionary is valid" if report.mode == "validate" else "Nothing to do"
        failed = "The run failed" if report.mode == "auto" else f"The {report.mode} failed"
        return (failed if report.failure else done) + where
    words = Counter(word(report.mode, result) for result in report.results)
    order = [*dict.fromkeys(word(report.mode, result) for result in sorted(report.results, key=_place))]
    total = len(report.results)
    noun = "dictionary" if total == 1 else "dictionaries"
    count = f"{total}" if len(words) == 1 else f"{words[order[0]]} of {total}"
    others = "".join(f", {words[each]} {each}" for each in order[1:])
    stopped = ", then the run failed" if report.failure else ""
    return f"{count} {noun} {order[0]}{others}{stopped}{where}"


def word(mode: Mode, result: Result) -> str:
    """Return what is the case with a dictionary, as the end of `3 dictionaries …`."""
    return _WORDS_OF_MODE.get(mode, {}).get(result.outcome_name) or _WORDS[result.outcome_name]


def _place(result: Result) -> int:
    return [*_WORDS].index(result.outcome_name)


def overall_mark(report: Report) -> str:
    """Return the worst sign of any dictionary that is not simply unchanged."""
    marks = {mark(report.mode, result) for result in report.results if result.outcome != "unchanged"}
    if report.failure:
        return BAD
    return next((sign for sign in (BAD, ATTENTION, PLANNED) if sign in marks), GOOD)


def mark(mode: Mode, result: Result) -> str:
    """Return the sign of a section: it fails the run, wants attention, is planned, or is good."""
    if is_finding(mode, result):
        return BAD
    if result.outcome in {"drifted", "superseded", "held"}:
        return ATTENTION
    if result.planned:
        return PLANNED
    behind = any(row.mark != GOOD for row in truth(result))
    return ATTENTION if behind else GOOD


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One line of the truth table: which version is in force where, and whether that is the available one."""

    mark: str
    where: str
    name: str
    version: str
    status: str


def truth(result: Result) -> tuple[TruthRow, ...]:
    """Return the package's version, then the version in force on each domain; nothing when unknown.

    A domain that the configuration names and AWS did not is a row of its own: the dictionary is not
    live everywhere while one is missing.
    """
    package = result.package
    if package is None:
        return ()
    is_good = package.status == "AVAILABLE"
    sign = GOOD if is_good else BAD if package.is_settled else ATTENTION
    status = f"{package.status}: {package.error}" if package.error else package.status
    wanted = result.dictionary.domains if isinstance(result.dictionary.domains, tuple) else ()
    domains = result.domains or ()
    missing = [name for name in wanted if name not in {each.domain for each in domains}]
    return (
        TruthRow(sign, "package", package.name, package.available, status),
        *(_domain_row(each, package.available) for each in domains),
        *(
            TruthRow(ATTENTION, "domain", name, "", "no association seen")
            for name in missing
            if result.domains is not None
        ),
    )


def _domain_row(domain: DomainPackage, available: str) -> TruthRow:
    live = domain.status == "ACTIVE" and domain.version == available
    sign = GOOD if live else BAD if domain.status.endswith("_FAILED") else ATTENTION
    status = f"{domain.status}: {domain.error}" if domain.error else domain.status
    return TruthRow(sign, "domain", domain.domain, domain.version, status)


def live(result: Result) -> str:
    """Return in one sentence where the available version is in force; empty when no package is known."""
    package = result.package
    if package is None:
        return ""
    now = "Now: " if result.planned else ""
    version = package.available
    if not version:
        return f"{now}no version is available yet." if now else "No version is available yet."
    untold = " No domain is told (domains: none)." if result.dictionary.domains == "none" else ""
    if result.domains is None:
        return f"{now}{version} is available.{untold or ' Its domains were not looked at.'}"
    domains = truth(result)[1:]
    count = len(domains)
    in_force = sum(row.mark == GOOD for row in domains)
    if not domains:
        alone = untold or " The package is associated with no domain."
        return f"{now}{version} is available, not applied.{alone}"
    if in_force == count:
        return f"{now}{version} is live everywhere (on {count} {_domains(count)})."
    if not in_force:
        return f"{now}{version} is available, not applied: live on none of {count} {_domains(count)}.{untold}"
    return f"{now}{version} is live on {in_force} of {count} {_domains(count)}.{untold}"


def _domains(count: int) -> str:
    return "domain" if count == 1 else "domains"


def entry_numbers(diff: Diff, *, planned: bool) -> str:
    """Return how many entries a change adds, removes and changes, and how many there are after it."""
    entries = diff.entries
    if not diff.available:
        return f"The deployed content is not available to compare with. Entries in all: {entries.total}."
    if not (entries.added or entries.removed or entries.changed):
        return f"No effect on search: the file changed, its {entries.total} entries did not."
    if planned:
        return (
            f"Entries: {entries.added} to add, {entries.removed} to remove, {entries.changed} to change;"
            f" {entries.total} in all then."
        )
    return (
        f"Entries: {entries.added} added, {entries.removed} removed, {entries.changed} changed;"
        f" {entries.total} in all."
    )


def replaced(result: Result) -> str:
    """Return which version that was not made from a commit gives way; empty when none does."""
    old = result.replaced
    if old is None:
        return "Adopted: no version of the package was made from a commit before." if result.adopted else ""
    why = "Adopted" if result.adopted else "Changed outside of git"
    verb = "would replace" if result.planned else "replaced"
    message = f'with the message "{old.message}"' if old.message else "which had no message"
    return f"{why}: this version {verb} {old.name}, {message}."
