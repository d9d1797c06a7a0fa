"""Rules of a stemmer override: `running, runs => run`, read by `StemmerOverrideTokenFilterFactory`."""

from __future__ import annotations

from collections.abc import Container, Iterator

from dictionary_deploy.dictionaries.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.excerpt import excerpt, rule_excerpt
from dictionary_deploy.dictionaries.kind import Entries, FileRule, Finding, Kind, LineRule, Options
from dictionary_deploy.dictionaries.lines import JAVA_TRIMMED
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.words import taken


def parse_override(line: str, options: Options) -> tuple[list[str], str] | None:
    """The keys and the stem of a line; None for one that is blank, a comment, or refused."""
    sides = (taken(line, options) or "").split("=>")
    if len(sides) != 2:  # noqa: PLR2004 keys and stem
        return None
    keys = [key.strip(JAVA_TRIMMED) for key in sides[0].split(",")]
    stem = sides[1].strip(JAVA_TRIMMED)
    return (keys, stem) if all(keys) and stem and "," not in stem else None


def read_overrides(text: Text, options: Options, only: Container[str] | None = None) -> Entries:
    """The stem of each key. Of two rules for a key the first one counts."""
    entries: dict[str, tuple[str, ...]] = {}
    for line in text.lines:
        keys, stem = parse_override(line, options) or ([], "")
        for key in keys:
            if only is None or key in only:
                entries.setdefault(key, (stem,))
    return entries


def override_keys(line: str, options: Options) -> Iterator[str]:
    """The keys of a line's rule."""
    yield from (parse_override(line, options) or ([], ""))[0]


def _not_an_override(line: Line, options: Options) -> Iterator[Finding]:
    rule = taken(line.text, options)
    if rule is not None and parse_override(line.text, options) is None:
        yield Finding(
            line.number,
            1,
            f"{rule_excerpt(rule)} is no rule, and the engine refuses the file: it takes one => with words"
            " and commas on its left and one stem on its right, as in `running, runs => run`.",
        )


def _overridden_already(text: Text, options: Options) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for line in text.numbered():
        for key in override_keys(line.text, options):
            if key in first:
                yield Finding(
                    line.number,
                    line.text.find(key) + 1,
                    f"Line {first[key]} has a stem for {excerpt(key)} already, and the first one counts."
                    " Delete one of the two.",
                )
            first.setdefault(key, line.number)


STEMMER_OVERRIDE = Kind(
    "stemmer-override",
    (
        *TEXT_RULES,
        LineRule("not-an-override", "error", r"^(?!$)", _not_an_override),
        FileRule("overridden-already", "warning", _overridden_already),
    ),
    read_overrides,
    override_keys,
)
