"""The comment and the step summary, rendered from the same templates.

Whatever a template prints is escaped and redacted, unless a filter has made Markdown of it already:
the environment's `finalize` sees every expression, so that no template can forget to.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import accumulate, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dictionary_deploy.model import EntryChange, Problem, Report, Result
from dictionary_deploy.report import live_versions, wording
from dictionary_deploy.report.markdown import Markdown, code, fence, link, redact, text
from dictionary_deploy.report.outputs import exit_status, is_finding
from dictionary_deploy.report.printable import escape_unprintable
from dictionary_deploy.report.size_budget import Budget, largest_fitting

if TYPE_CHECKING:
    from jinja2 import Environment


COMMENT_CHARACTERS = 65_536

SUMMARY_BYTES = 1_000_000
"""GitHub refuses a step summary over 1 MiB."""

TEMPLATES = Path(__file__).parent / "templates"

COMPILED_TEMPLATES = Path(__file__).parent / "compiled_templates"
"""Modules that load faster than the templates they were compiled from. Only the image has this folder."""

_LONGEST_VALUE = 2_000

_FEW = 10
"""So many changed entries, or problems, are shown without being unfolded."""

_OPEN = 3
"""Up to so many dictionaries have their sections, and their PackageDetails, unfolded."""


def marker(config_path: str, environment: str) -> str:
    """Return the hidden first line by which the comment of a configuration and environment is found.

    The two are hashed, so that neither can end the HTML comment. The version is that of the comment's
    layout and not the program's: a newer release goes on finding, and updating, what an older one wrote.
    """
    key = hashlib.sha256(json.dumps([config_path, environment]).encode()).hexdigest()
    return f"<!-- dictionary-deploy v1 {key[:32]} -->"


def has_news(report: Report) -> bool:
    """Whether a comment is due: something changed, would change, or failed."""
    return exit_status(report) != 0 or any(result.changed for result in report.results)


def render_comment(report: Report, marker: str, limit: int = COMMENT_CHARACTERS) -> str:
    """Return the comment, at most `limit` characters of it, with `marker` as its first line.

    What does not fit is left out in whole parts, each time pointing at the step summary.
    """
    elsewhere = Markdown(f"see {link('the step summary', report.run_url)}")

    def is_short(markdown: str) -> bool:
        return len(markdown) <= limit

    return _render(report, f"{marker}\n", elsewhere, limit, is_short)


def render_summary(report: Report, limit: int = SUMMARY_BYTES) -> str:
    """Return the step summary, at most `limit` bytes of UTF-8."""

    def is_short(markdown: str) -> bool:
        return len(markdown.encode()) <= limit

    return _render(report, "", Markdown("left out, there is no room for them here"), limit, is_short)


def _render(
    report: Report, first_line: str, elsewhere: Markdown, limit: int, is_short: Callable[[str], bool]
) -> str:
    is_touched = partial(_is_touched, report)
    touched = sorted(filter(is_touched, report.results), key=partial(_urgency, report))
    untouched = [result.dictionary.file for result in report.results if not is_touched(result)]
    template = _environment().get_template("report.md.jinja")
    render = partial(
        template.render,
        first_line=Markdown(first_line),
        report=report,
        touched=touched,
        untouched=untouched,
        elsewhere=elsewhere,
        commit_link=partial(_commit_link, report),
        object_link=partial(_object_link, report),
        line_link=partial(_line_link, report),
    )
    most = Budget(
        entries=max((_most_entries(each, limit) for each in touched), default=0),
        details=len(touched),
        sections=len(touched),
        rows=len(touched) if len(touched) > 1 else 0,
        asides=max(len(report.notes), len(untouched), len(report.failure.faults) if report.failure else 0),
    )
    shown = largest_fitting(lambda budget: render(budget=budget), is_short, most)
    return shown or f"{first_line}## {text(redact(wording.heading(report)))}\n\nFor more, {elsewhere}.\n"


def _is_touched(report: Report, result: Result) -> bool:
    is_news = result.outcome != "unchanged" or result.changed or is_finding(report.mode, result)
    return is_news or bool(result.problems)


def _urgency(report: Report, result: Result) -> int:
    return {live_versions.BAD: 0, live_versions.ATTENTION: 1}.get(wording.mark(report.mode, result), 2)


def _most_entries(result: Result, limit: int) -> int:
    """Return how many entries or problems need be tried: of a million, most could never fit."""
    changes = result.diff.changes if result.diff else ()
    lengths = accumulate(len(change.text) + len("+ \n") for change in changes)
    return max(sum(1 for _ in takewhile(lambda length: length <= limit, lengths)), len(result.problems))


def _commit_link(report: Report, commit: str) -> Markdown:
    label = code(commit[:12])
    return (
        link(label, f"{report.server_url}/{report.repository}/commit/{commit}")
        if report.repository
        else label
    )


def _line_link(report: Report, problem: Problem) -> Markdown:
    """Return the line linked to the file; unlinked when its address would tell an account ID."""
    label = Markdown(f"line {problem.line}")
    if not report.repository or not report.commit or redact(problem.file) != problem.file:
        return label
    file = quote(problem.file, errors="replace")
    return link(
        label, f"{report.server_url}/{report.repository}/blob/{report.commit}/{file}?plain=1#L{problem.line}"
    )


def _object_link(report: Report, uri: str) -> Markdown:
    """Return the object linked to the S3 console; unlinked when its address would tell an account ID."""
    found = re.fullmatch(r"s3://([^/]+)/(.+)", uri, re.DOTALL)
    if not found or redact(uri) != uri:
        return code(redact(uri))
    bucket, key = (quote(part, errors="replace") for part in found.groups())
    region = f"region={quote(report.region, errors='replace')}&" if report.region else ""
    return link(code(uri), f"https://s3.console.aws.amazon.com/s3/object/{bucket}?{region}prefix={key}")


@cache
def _environment() -> Environment:
    # Loading Jinja2 takes longer than many a run: only those that render pay for it.
    from jinja2 import (  # noqa: PLC0415 - for start-up time
        Environment,
        FileSystemLoader,
        ModuleLoader,
        StrictUndefined,
    )

    is_compiled = COMPILED_TEMPLATES.exists()
    environment = Environment(
        loader=ModuleLoader(COMPILED_TEMPLATES) if is_compiled else FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - that is for HTML; `finalize` escapes for Markdown
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"code": _code, "link": link, "members": members, "entries": _entries}
    environment.globals |= {"say": wording, "where": live_versions, "few": _FEW, "open": _OPEN}
    return environment


def prepare() -> list[str]:
    """Read all templates, for a run that has to wait: that takes longer than to render them. Their names."""
    environment = _environment()
    names = sorted(path.name for path in TEMPLATES.iterdir())
    for name in names:
        environment.get_template(name)
    return names


def compile_templates(folder: Path) -> None:
    """Compile all templates into `folder`. The build of the image passes COMPILED_TEMPLATES."""
    _environment().compile_templates(folder, zip=None, ignore_errors=False)


def _finalize(value: Any) -> str:
    return value if isinstance(value, Markdown) else text(_clip(redact(str(value))))


def _code(value: str) -> Markdown:
    return code(_clip(redact(value)))


def _entries(changes: tuple[EntryChange, ...]) -> Markdown:
    """Return entries as the lines of a diff; they are the repository's own, so nothing is redacted."""
    return fence("\n".join(f"{change.sign} {escape_unprintable(change.text)}" for change in changes), "diff")


def _clip(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"


def members(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the value, as people read it, of every member; those of ErrorDetails one by one."""
    for name, value in details.items():
        if name == "ErrorDetails" and isinstance(value, Mapping) and value:
            yield from ((f"{name}.{inner}", _shown(member)) for inner, member in value.items())
        else:
            yield name, _shown(value)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
