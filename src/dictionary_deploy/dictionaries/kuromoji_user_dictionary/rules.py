"""What the engine refuses in a user dictionary of kuromoji's, and what hardly anyone means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.kind import Finding, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.kuromoji_user_dictionary.entry import (
    COLUMNS,
    columns_of,
    parse_entry,
    without_spaces,
)
from dictionary_deploy.dictionaries.lucene.segments import units
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.text import Line
from dictionary_deploy.dictionaries.word_lists import INVISIBLE_CHARACTER

FORM = "`surface,segments,readings,part of speech`, as in `東京都庁,東京 都庁,トウキョウ トチョウ,名詞`"
_ANY_LINE = r"^(?!$)"
_KATAKANA = re.compile("[\u30a1-\u30ff ]*")


def _too_few_columns(line: Line, options: Options) -> Iterator[Finding]:
    columns = columns_of(line.text, options)
    if columns is not None and 0 < len(columns) < COLUMNS:
        wide = " Its commas are fullwidth ones." if "\uff0c" in line.text else ""
        yield Finding(
            line.number,
            1,
            f"{excerpt(line.text)} has {len(columns)} of {COLUMNS} columns, and the engine refuses the file."
            f"{wide} Write {FORM}.",
        )


def _unmatched_quote(line: Line, options: Options) -> Iterator[Finding]:
    if columns_of(line.text, options) == []:
        yield Finding(
            line.number,
            line.text.find('"') + 1,
            "A quotation mark has no partner, and the engine refuses the file."
            ' Close it, or write "" for one within quotes.',
        )


def _uneven_readings(line: Line, options: Options) -> Iterator[Finding]:
    entry = parse_entry(line.text, options)
    if entry and len(entry.segments) != len(entry.readings):
        wide = re.search("[\u3000\t]", line.text)
        hint = " Only the ASCII space divides, not U+3000 and not a tab." if wide else ""
        yield Finding(
            line.number,
            1,
            f"{excerpt(entry.surface)} has {len(entry.segments)} segments and {len(entry.readings)} readings,"
            f" and the engine refuses the file.{hint} Give each segment one reading.",
        )


def _other_segments(line: Line, options: Options) -> Iterator[Finding]:
    entry = parse_entry(line.text, options)
    if entry is None or entry.joins or len(entry.segments) != len(entry.readings):
        return
    joined, surface = without_spaces("".join(entry.segments)), without_spaces(entry.surface)
    is_refused = options.engine.compares_segments or units(joined) > units(surface)
    effect = "and the engine refuses the file" if is_refused else "so that it is cut at wrong places"
    is_mecab = all(re.fullmatch(r"-?\d+", value) for value in columns_of(line.text, options) or [] if value)
    hint = " This is MeCab's format." if is_mecab or re.fullmatch(r"-?\d+", joined) else ""
    yield Finding(
        line.number,
        1,
        f"The segments of {excerpt(entry.surface)} make {excerpt(joined)}, {effect}.{hint} Write {FORM}.",
        None if is_refused else "warning",
    )


def _surfaces(line: str, options: Options) -> list[str]:
    """Return the surface of a line, which Lucene compares before it counts the columns."""
    return (columns_of(line, options) or [])[:1]


def _duplicate_surface(surface: str, first: int) -> str:
    return f"{surface} is in line {first} already, and the engine refuses the file. Delete one of the two."


def _no_part_of_speech(line: Line, options: Options) -> Iterator[Finding]:
    entry = parse_entry(line.text, options)
    if entry and not entry.part_of_speech:
        yield Finding(
            line.number,
            len(line.text) + 1,
            f"{excerpt(entry.surface)} has no part of speech: indexing and searching fail when they ask for"
            " it. Write one, as in `カスタム名詞`.",
        )


def _empty_segment(line: Line, options: Options) -> Iterator[Finding]:
    entry = parse_entry(line.text, options)
    if entry and entry.surface and "" in entry.segments and len(entry.segments) == len(entry.readings):
        yield Finding(
            line.number,
            line.text.find(",") + 2,
            f"{excerpt(entry.surface)} has an empty segment, which becomes an empty token."
            " Delete the space after the comma.",
        )


def _too_many_columns(line: Line, options: Options) -> Iterator[Finding]:
    columns = columns_of(line.text, options) or []
    if len(columns) > COLUMNS:
        yield Finding(
            line.number,
            1,
            f"{excerpt(line.text)} has {len(columns)} columns; the engine ignores all after the fourth."
            " Delete them, or put quotes around a column with commas.",
        )


def _space_in_surface(line: Line, options: Options) -> Iterator[Finding]:
    entry = parse_entry(line.text, options)
    if entry and " " in entry.surface.strip():
        yield Finding(
            line.number,
            1,
            f"{excerpt(entry.surface)} has a space: it is found only in a text with that space, and its"
            " segments are cut at the wrong places. Write the surface without spaces.",
        )


def _odd_reading(line: Line, options: Options) -> Iterator[Finding]:
    entry = parse_entry(line.text, options)
    odd = (
        next((reading for reading in entry.readings if not _KATAKANA.fullmatch(reading)), "") if entry else ""
    )
    if odd:
        yield Finding(
            line.number,
            line.text.find(odd) + 1,
            f"The reading {excerpt(odd)} is not katakana, which a reading form filter hands on as it is."
            " Write readings in katakana.",
        )


RULES = (
    *TEXT_RULES,
    LineRule("unmatched-quote", "error", '"', _unmatched_quote),
    LineRule("too-few-columns", "error", _ANY_LINE, _too_few_columns),
    LineRule("uneven-readings", "error", _ANY_LINE, _uneven_readings),
    LineRule("other-segments", "error", _ANY_LINE, _other_segments),
    repeated_keys("duplicate-surface", "error", _surfaces, _duplicate_surface),
    LineRule("no-part-of-speech", "error", r",(?=$|,|[\s#])", _no_part_of_speech),
    LineRule("empty-segment", "warning", "[, ] |,,", _empty_segment),
    LineRule("space-in-surface", "warning", r"^(?=[^\n]*,)[^\n]*[^\n,] ", _space_in_surface),
    LineRule("too-many-columns", "warning", r"(?:,[^\n,]*){4}", _too_many_columns),
    LineRule("odd-reading", "warning", r"^(?!$)", _odd_reading),
    INVISIBLE_CHARACTER,
)
