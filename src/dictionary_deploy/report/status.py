"""Format the status of packages: as lines for a terminal, as Markdown and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dictionary_deploy.model import DomainPackage, Rollback, Version
from dictionary_deploy.report.markdown import Markdown, code, link, redact, text

SHA_DIGITS = 12


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit as git or GitHub shows it. Unknown values are empty."""

    author: str = ""
    subject: str = ""
    pull_request: int | None = None
    url: str = ""
    """The page of the pull request, else of the commit; empty outside of GitHub."""


@dataclass(frozen=True, slots=True)
class DictionaryStatus:
    """The package of one dictionary."""

    environment: str
    file: str
    package: str
    """The name, else as configured."""
    package_id: str = ""
    status: str = ""
    available: str = ""
    versions: tuple[tuple[Version, CommitFacts], ...] = ()
    """The last versions, newest first."""
    domains: tuple[DomainPackage, ...] = ()
    hold: Rollback | None = None
    error: str = ""
    """The reason that something is unknown, with its remedy; empty if everything is known."""

    @property
    def live(self) -> tuple[Version, CommitFacts] | None:
        """The available version; None if it is not among the last versions."""
        return next((each for each in self.versions if each[0].name == self.available), None)


def status_lines(statuses: Sequence[DictionaryStatus]) -> Iterator[str]:
    """Yield the lines for a terminal."""
    for status in statuses:
        environment = f" ({status.environment})" if status.environment else ""
        package = f"{status.package} ({status.package_id})" if status.package_id else status.package
        yield f"{status.file} -> {package}{environment}"
        yield from (f"    {sentence}" for sentence in _sentences(status))
        for version, facts in status.versions:
            mark = "*" if version.name == status.available else " "
            yield f"  {mark} {' '.join(filter(None, _cells(version, facts)))}"


def status_markdown(statuses: Sequence[DictionaryStatus]) -> str:
    """Return a section with a table for each dictionary. Account IDs and ARNs are redacted."""
    return "\n".join(_section(status) for status in statuses)


def status_values(statuses: Sequence[DictionaryStatus]) -> list[dict[str, Any]]:
    """Return the JSON value."""
    return [
        {
            "environment": status.environment,
            "file": status.file,
            "package": status.package,
            "package_id": status.package_id,
            "status": status.status,
            "version": status.available,
            "versions": [
                {
                    "version": version.name,
                    "created_at": version.created_at,
                    "commit": version.commit or "",
                    "commit_message": version.message,
                    **asdict(facts),
                }
                for version, facts in status.versions
            ],
            "domains": [dict(domain.details) for domain in status.domains],
            "hold": asdict(status.hold) if status.hold else None,
            "error": status.error,
        }
        for status in statuses
    ]


def _sentences(status: DictionaryStatus) -> Iterator[str]:
    if status.error:
        yield status.error
    if status.status and status.status != "AVAILABLE":
        yield f"The package is {status.status}."
    if status.available:
        yield f"Available: {status.available}{_since(status)}."
    if status.available or status.domains:
        yield f"Live: {', '.join(map(_domain, status.domains)) or 'on no domain'}."
    if status.hold:
        yield _hold(status.hold)


def _since(status: DictionaryStatus) -> str:
    if status.live is None:
        return ""
    version, facts = status.live
    commit = f"commit {version.commit[:SHA_DIGITS]}" if version.commit else "not made from a commit"
    author = f"by {facts.author}" if facts.author else ""
    number = f"pull request #{facts.pull_request}" if facts.pull_request else ""
    since = f"since {version.created_at}" if version.created_at else ""
    return "".join(f", {each}" for each in (since, commit, author, number) if each)


def _domain(domain: DomainPackage) -> str:
    version = domain.version or "no version"
    updated = domain.details.get("LastUpdated")
    since = f" since {updated}" if updated else ""
    return f"{domain.domain} ({version}{'' if domain.status == 'ACTIVE' else f', {domain.status}'}{since})"


def _hold(hold: Rollback) -> str:
    origin = f" from commit {hold.from_commit[:SHA_DIGITS]}" if hold.from_commit else ""
    details = "".join(f", {each}" for each in (hold.at, hold.run) if each)
    return f"Held: rolled back{origin} to commit {hold.to_commit[:SHA_DIGITS]}{details}."


def _cells(version: Version, facts: CommitFacts) -> tuple[str, ...]:
    commit = version.commit[:SHA_DIGITS] if version.commit else version.message
    number = f"#{facts.pull_request}" if facts.pull_request else ""
    return (version.name, version.created_at, commit, facts.author, number, facts.subject)


def _section(status: DictionaryStatus) -> str:
    environment = f" ({text(redact(status.environment))})" if status.environment else ""
    lines = [f"### {code(redact(status.file))} → {code(redact(status.package))}{environment}", ""]
    lines += [f"- {text(redact(sentence))}" for sentence in _sentences(status)]
    if status.versions:
        lines += ["", "| | Version | Created | Commit | Author | Pull request | Subject |", f"|{'---|' * 7}"]
    for version, facts in status.versions:
        name, created, commit, author, number, subject = (redact(cell) for cell in _cells(version, facts))
        linked = link(text(number), facts.url) if number else Markdown("")
        mark = "✅" if version.name == status.available else ""
        cells = (mark, text(name), text(created), code(commit), text(author), linked, text(subject))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
