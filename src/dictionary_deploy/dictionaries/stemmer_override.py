"""Rules of a stemmer override: `running, runs => run`, read by `StemmerOverrideTokenFilterFactory`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import (
    Entries,
    Finding,
    Kind,
    LineRule,
    Options,
    excerpt,
    rule_excerpt,
)
from dictionary_deploy.dictionaries.lucene.lines import JAVA_TRIMMED
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.rules.spelling import (
    capital_letters,
    decomposed_characters,
    fullwidth_characters,
    invisible_character,
)
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import LOWERED, taken


def parse_override(line: str, options: Options) -> tuple[list[str], str] | None:
    """The keys and the stem of a line; None for one that is blank, a comment, or refused."""
    sides = (taken(line, options) or "").split("=>")
    if len(sides) != 2:  # noqa: PLR2004 keys and stem
        return None
    keys = [key.strip(JAVA_TRIMMED) for key in sides[0].split(",")]
    stem = sides[1].strip(JAVA_TRIMMED)
    return (keys, stem) if all(keys) and stem and "," not in stem else None


def read_overrides(text: Text, options: Options, only: Keys | None = None) -> Entries:
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
        hint = " Tabs divide in Solr's files, not in these." if "\t" in rule and "=>" not in rule else ""
        yield Finding(
            line.number,
            1,
            f"{rule_excerpt(rule)} is no rule, and the engine refuses the file: it takes one => with words"
            f" and commas on its left and one stem on its right, as in `running, runs => run`.{hint}",
        )


def _trailing_comment(line: Line, options: Options) -> Iterator[Finding]:
    _, stem = parse_override(line.text, options) or ([], "")
    found = re.search(r"(?:^|\s)#", stem)
    if found:
        yield Finding(
            line.number,
            line.text.rfind(stem) + found.end(),
            f"# begins no comment behind a rule: the stem is {excerpt(stem)}. Put the comment on a line of"
            " its own that begins with #.",
        )


def _several_words(line: Line, options: Options) -> Iterator[Finding]:
    keys = override_keys(line.text, options)
    key = next((key for key in keys if re.search(r"\S\s+\S", key)), None)
    if key is not None:
        yield Finding(
            line.number,
            line.text.find(key) + 1,
            f"{excerpt(key)} is one key, and no single token is ever equal to it. Put commas between keys;"
            " for a text of several words use synonyms.",
        )


def _keys_and_stem(line: str, options: Options) -> Iterator[str]:
    keys, stem = parse_override(line, options) or ([], "")
    yield from (*keys, stem)


def _invisible(code: str, text: str) -> str:
    return f"An invisible character, {code}, is part of {text}, which matches no token without it. Delete it."


def _overridden_already(key: str, first: int) -> str:
    return f"Line {first} has a stem for {key} already, and the first one counts. Delete one of the two."


STEMMER_OVERRIDE = Kind(
    "stemmer-override",
    (
        *TEXT_RULES,
        LineRule("not-an-override", "error", r"^(?!$)", _not_an_override),
        LineRule("trailing-comment", "warning", r"[\s\x00-\x1f]#|=>#", _trailing_comment),
        LineRule("several-words", "warning", r"\S[^\S\n]+(?!=>)\S", _several_words),
        invisible_character(_keys_and_stem, _invisible),
        capital_letters(taken, LOWERED),
        decomposed_characters(taken),
        fullwidth_characters(taken),
        repeated_keys("overridden-already", "warning", override_keys, _overridden_already, at_key=True),
    ),
    read_overrides,
    override_keys,
    setting="rules_path",
    description="rules of `stemmer_override` filters",
    entries_are="words, each with its stem",
)
