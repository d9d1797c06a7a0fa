"""Render the comment and the step summary from the same templates.

The environment's `finalize` escapes and redacts the value of every expression in a template, unless a
filter or function has turned it into Markdown already. No template can forget it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import accumulate, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dictionary_deploy.model import CHANGES, EntryChange, Problem, Report, Result, partition_of
from dictionary_deploy.report import actions, entries, indices, live_versions, overview, wording
from dictionary_deploy.report.markdown import Markdown, code, fence, link, prose, redact, text
from dictionary_deploy.report.outputs import exit_status
from dictionary_deploy.report.printable import escape_unprintable
from dictionary_deploy.report.size_budget import Budget, largest_fitting

if TYPE_CHECKING:
    from jinja2 import Environment


MAX_COMMENT_CHARACTERS = 65_536

MAX_SUMMARY_BYTES = 1_000_000
"""GitHub rejects a step summary over 1 MiB."""

TEMPLATES = Path(__file__).parent / "templates"

COMPILED_TEMPLATES = Path(__file__).parent / "compiled_templates"
"""Compiled templates, which load faster. Only the image has this folder."""

_CONSOLES = {
    "aws": "s3.console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
"""The host of the S3 console, by partition."""

_MAX_VALUE_CHARACTERS = 2_000

_MAX_UNFOLDED_ENTRIES = 25
"""Changed entries up to which a list is not folded, and in a plan a section."""

_MAX_UNFOLDED_PROBLEMS = 10
"""Problems up to which a list is not folded."""

_MAX_UNFOLDED_SECTIONS = 3
"""Dictionaries up to which sections are not folded."""


def marker(config_path: str, environment: str) -> str:
    """Return the hidden first line that identifies the comment of a configuration and environment.

    Both are hashed, so that neither can end the HTML comment. The version is the comment layout's, not the
    program's: a newer release finds and updates the comments of older ones.
    """
    key = hashlib.sha256(json.dumps([config_path, environment]).encode()).hexdigest()
    return f"<!-- dictionary-deploy v1 {key[:32]} -->"


def has_news(report: Report) -> bool:
    """Return True if something changed, would change, or failed."""
    return exit_status(report) != 0 or any(map(is_news, report.results))


def is_news(result: Result) -> bool:
    """Return True if the commit changed something, in this run or an earlier one, or would change it."""
    return result.changed or result.outcome in CHANGES


_NOT_SHOWN = Markdown("not shown (limit reached)")


def render_comment(report: Report, marker: str, limit: int = MAX_COMMENT_CHARACTERS) -> str:
    """Return the comment with `marker` as its first line, at most `limit` characters.

    Parts that do not fit are removed whole and replaced by a pointer to the step summary.
    """
    not_shown = Markdown(f"{_NOT_SHOWN}; see {link('the step summary', report.run_url)}")

    def is_short(markdown: str) -> bool:
        return len(markdown) <= limit

    return _render(report, f"{marker}\n", not_shown, limit, is_short)


def render_summary(report: Report, limit: int = MAX_SUMMARY_BYTES) -> str:
    """Return the step summary, at most `limit` bytes in UTF-8."""

    def is_short(markdown: str) -> bool:
        return len(markdown.encode()) <= limit

    return _render(report, "", _NOT_SHOWN, limit, is_short)


def render_nothing(report: Report, reason: str) -> str:
    """Return the step summary of a run that has nothing to do: one line with the reason, a sentence."""
    return f"Nothing to do. {_prose(report, reason)}"


def _render(
    report: Report, first_line: str, not_shown: Markdown, limit: int, is_short: Callable[[str], bool]
) -> str:
    touched = sorted(
        (result for result in report.results if wording.is_touched(report.mode, result)),
        key=partial(_urgency, report),
    )
    untouched = [result.dictionary.file for result in report.results if result not in touched]
    rows = [overview.row(report.mode, result) for result in touched]
    template = _environment().get_template("report.md.jinja")
    render = partial(
        template.render,
        first_line=Markdown(first_line),
        report=report,
        touched=touched,
        untouched=untouched,
        rows=rows,
        columns=overview.columns(rows),
        is_folded=partial(_is_folded, report, touched),
        not_shown=not_shown,
        prose=partial(_prose, report),
        commit_link=partial(_commit_link, report),
        object_link=partial(_object_link, report),
        line_link=partial(_line_link, report),
    )
    maximum = Budget(
        entries=max((_max_entries(each, limit) for each in touched), default=0),
        details=len(touched),
        sections=len(touched),
        rows=len(rows),
        asides=max(len(report.notes), len(untouched), len(report.failure.faults) if report.failure else 0),
    )
    shown = largest_fitting(lambda budget: render(budget=budget), is_short, maximum)
    return shown or f"{first_line}## {text(redact(wording.heading(report)))}\n\nDetails {not_shown}.\n"


def _is_folded(report: Report, touched: Sequence[Result], result: Result) -> bool:
    """Return True if a section is folded: one of many, without a problem."""
    if len(touched) <= _MAX_UNFOLDED_SECTIONS or wording.is_wrong(report.mode, result):
        return False
    changes = sum(len(each.diff.changes) for each in touched if each.diff)
    return not result.planned or changes > _MAX_UNFOLDED_ENTRIES


def _urgency(report: Report, result: Result) -> int:
    return {live_versions.BAD: 0, live_versions.ATTENTION: 1}.get(wording.mark(report.mode, result), 2)


def _max_entries(result: Result, limit: int) -> int:
    """Return the number of entries or problems to try. Of a million, most could never fit."""
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
    """Return the line, linked to the file unless the URL would contain an account ID."""
    label = Markdown(f"line {problem.line}")
    if not report.repository or not report.commit or redact(problem.file) != problem.file:
        return label
    file = quote(problem.file, errors="replace")
    return link(
        label, f"{report.server_url}/{report.repository}/blob/{report.commit}/{file}?plain=1#L{problem.line}"
    )


def _object_link(report: Report, uri: str) -> Markdown:
    """Return the object, linked to the S3 console unless the URL would contain an account ID."""
    found = re.fullmatch(r"s3://([^/]+)/(.+)", uri, re.DOTALL)
    if not found or redact(uri) != uri:
        return code(redact(uri))
    bucket, key = (quote(part, errors="replace") for part in found.groups())
    region = f"region={quote(report.region, errors='replace')}&" if report.region else ""
    console = _CONSOLES[partition_of(report.region)]
    return link(code(uri), f"https://{console}/s3/object/{bucket}?{region}prefix={key}")


@cache
def _environment() -> Environment:
    # Importing Jinja2 takes longer than many runs. Only runs that render need it.
    from jinja2 import (  # noqa: PLC0415 - for start-up time
        Environment,
        FileSystemLoader,
        ModuleLoader,
        StrictUndefined,
    )

    is_compiled = COMPILED_TEMPLATES.exists()
    environment = Environment(
        loader=ModuleLoader(COMPILED_TEMPLATES) if is_compiled else FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - HTML only; `finalize` escapes for Markdown
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"code": _code, "link": link, "members": members, "diff": _diff}
    environment.globals |= {
        "actions": actions,
        "entries": entries,
        "indices": indices,
        "live_versions": live_versions,
        "overview": overview,
        "wording": wording,
        "max_entries": _MAX_UNFOLDED_ENTRIES,
        "max_problems": _MAX_UNFOLDED_PROBLEMS,
    }
    return environment


def load_templates() -> list[str]:
    """Load all templates and return their names. Loading takes longer than rendering: do it while waiting."""
    environment = _environment()
    names = sorted(path.name for path in TEMPLATES.iterdir())
    for name in names:
        environment.get_template(name)
    return names


def compile_templates(folder: Path) -> None:
    """Compile all templates into `folder`; the image's build passes COMPILED_TEMPLATES."""
    _environment().compile_templates(folder, zip=None, ignore_errors=False)


def _finalize(value: Any) -> str:
    return value if isinstance(value, Markdown) else text(_clip(redact(str(value))))


def _prose(report: Report, value: str) -> Markdown:
    commits = {report.commit, *(each.commit for each in report.results)}
    commits |= {commit for each in report.results for commit in (each.previous_commit, each.last_commit)}

    def commit_link(digits: str) -> Markdown | None:
        commit = next((commit for commit in commits if commit.startswith(digits)), None)
        return _commit_link(report, commit) if commit else None

    return prose(_clip(redact(value)), commit_link)


def _code(value: str) -> Markdown:
    return code(_clip(redact(value)))


def _diff(changes: tuple[EntryChange, ...]) -> Markdown:
    """Return entries as lines of a diff. They come from the repository, so nothing is redacted."""
    return fence("\n".join(f"{change.sign} {escape_unprintable(change.text)}" for change in changes), "diff")


def _clip(value: str) -> str:
    return value if len(value) <= _MAX_VALUE_CHARACTERS else f"{value[:_MAX_VALUE_CHARACTERS]}…"


def members(details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the readable value of every member, with those of ErrorDetails one by one."""
    for name, value in details.items():
        if name == "ErrorDetails" and isinstance(value, Mapping) and value:
            yield from ((f"{name}.{inner}", _member_text(member)) for inner, member in value.items())
        else:
            yield name, _member_text(value)


def _member_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
