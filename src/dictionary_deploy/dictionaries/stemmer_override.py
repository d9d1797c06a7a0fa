"""Stemmer overrides, such as `running, runs => run`, read by `StemmerOverrideTokenFilterFactory`."""

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
from dictionary_deploy.dictionaries.rules.limits import (
    MIN_LONG_CHARACTERS,
    is_over_limit,
    over_limit_message,
)
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.rules.spelling import (
    capital_letters,
    decomposed_characters,
    fullwidth_characters,
    invisible_character,
)
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import USE_LOWERCASE, rule_text

_SIDES = re.compile(r"=>|((?:\\.?|[^\\=]++|(?!=>)=)++)", re.DOTALL)
"""Arrows, and the text between them with its escapes."""


def parse_override(line: str, options: Options) -> tuple[list[str], str] | None:
    """Return the keys and the stem of a line; None for a line that is blank, a comment or rejected."""
    text = rule_text(line, options) or ""
    if not options.engine.splits_override_keys:
        return _one_key_and_stem(text)
    sides = text.split("=>")
    if len(sides) != 2:  # noqa: PLR2004 keys and stem
        return None
    keys = [key.strip(JAVA_TRIMMED) for key in sides[0].split(",")]
    stem = sides[1].strip(JAVA_TRIMMED)
    return (keys, stem) if all(keys) and stem and "," not in stem else None


def _one_key_and_stem(text: str) -> tuple[list[str], str] | None:
    """Return the sides of a rule, with commas and without splitting at an escaped arrow."""
    sides = [side for side in _SIDES.findall(text) if side]
    if len(sides) != 2:  # noqa: PLR2004 key and stem
        return None
    key, stem = (side.strip(JAVA_TRIMMED) for side in sides)
    return ([key], stem) if key and stem else None


def read_overrides(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return the stem of each key. The first rule of a key counts."""
    entries: dict[str, tuple[str, ...]] = {}
    for line in text.lines:
        keys, stem = parse_override(line, options) or ([], "")
        for key in keys:
            if only is None or key in only:
                entries.setdefault(key, (stem,))
    return entries


def override_keys(line: str, options: Options) -> Iterator[str]:
    """Yield the keys of a line's rule."""
    yield from (parse_override(line, options) or ([], ""))[0]


def _not_an_override(line: Line, options: Options) -> Iterator[Finding]:
    """Flag a line that is not keys, one `=>` and one stem.

    Up to Elasticsearch 7.8, commas separate no keys: the left side is one key.

    Engine: `Invalid Keyword override Rule:` and the line; since OpenSearch 2.4 `Line [1]: Invalid keyword
    override rule: ` and the line.

    - running run
    + running => run
    """
    rule = rule_text(line.text, options)
    if rule is not None and parse_override(line.text, options) is None:
        hint = " Tabs separate only in Solr's files." if "\t" in rule and "=>" not in rule else ""
        yield Finding(
            line.number,
            1,
            f"{rule_excerpt(rule)} is not a rule, so the engine rejects the file.{hint} Write words with"
            " commas, one `=>` and one stem, such as `running, runs => run`.",
        )


def _over_limit(line: Line, options: Options) -> Iterator[Finding]:
    for key in filter(is_over_limit, override_keys(line.text, options)):
        yield Finding(line.number, 1, over_limit_message(key))


def _trailing_comment(line: Line, options: Options) -> Iterator[Finding]:
    _, stem = parse_override(line.text, options) or ([], "")
    found = re.search(r"(?:^|\s)#", stem)
    if found:
        yield Finding(
            line.number,
            line.text.rfind(stem) + found.end(),
            f"This `#` does not start a comment, so the stem is {excerpt(stem)}. Move the comment to its own"
            " line, which starts with `#`.",
        )


def _several_words(line: Line, options: Options) -> Iterator[Finding]:
    keys = override_keys(line.text, options)
    key = next((key for key in keys if re.search(r"\S\s+\S|,", key)), None)
    if key is not None and not options.engine.splits_override_keys:
        yield Finding(
            line.number,
            line.text.find(key) + 1,
            f"{excerpt(key)} is one key, so it matches no single token. Write one key per line.",
        )
    elif key is not None:
        yield Finding(
            line.number,
            line.text.find(key) + 1,
            f"{excerpt(key)} is one key, so it matches no single token. Write commas between keys; for"
            " phrases, use synonyms.",
        )


def _keys_and_stem(line: str, options: Options) -> Iterator[str]:
    keys, stem = parse_override(line, options) or ([], "")
    yield from (*keys, stem)


def _invisible(code: str, text: str) -> str:
    return f"The invisible character {code} is part of {text}, so it never matches. Remove it."


def _overridden_already(key: str, first: int) -> str:
    """Flag a key for which an earlier rule has a stem. The first rule counts.

      running => run
    - running => runn
    """
    return f"Line {first} already has a stem for {key}, and the first line counts. Remove one of the two."


STEMMER_OVERRIDE = Kind(
    "stemmer-override",
    (
        *TEXT_RULES,
        LineRule("not-an-override", "error", r"^(?!$)", _not_an_override),
        LineRule("over-limit", "error", r"^(?!$)", _over_limit, min_characters=MIN_LONG_CHARACTERS),
        LineRule("trailing-comment", "warning", r"[\s\x00-\x1f]#|=>#", _trailing_comment),
        LineRule("several-words", "warning", r"\S[^\S\n]+(?!=>)\S|,", _several_words, is_once=True),
        invisible_character(_keys_and_stem, _invisible),
        capital_letters(rule_text, USE_LOWERCASE),
        decomposed_characters(rule_text),
        fullwidth_characters(rule_text),
        repeated_keys(
            "overridden-already", "warning", override_keys, _overridden_already, at_key=True, is_once=True
        ),
    ),
    read_overrides,
    override_keys,
    one_line_counts=True,
    setting="rules_path",
    description="rules of `stemmer_override` filters",
    entries_are="words, each with its stem",
)
