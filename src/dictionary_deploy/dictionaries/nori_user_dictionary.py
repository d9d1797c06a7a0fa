"""User dictionaries of the nori tokenizer: a noun, or a compound and its parts, divided by white space.

The engine's `NoriTokenizerFactory` hands the lines to Lucene's `ko.dict.UserDictionary`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import Entries, FileRule, Finding, Kind, LineRule, Options, excerpt
from dictionary_deploy.dictionaries.lucene.segments import cut, units, without_comment
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.rules.repeated_keys import repeated_keys
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_lists import INVISIBLE_CHARACTER, taken

_WHITE_SPACE = re.compile("[ \t\x0b\f]+")


def pieces_of(line: str, options: Options) -> list[str]:
    """The surface and its parts; nothing for a line that is skipped. Lucene cuts all from a `#` on."""
    text = without_comment(taken(line, options) or "")
    return [piece for piece in _WHITE_SPACE.split(text) if piece]


def read_entries(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """The parts of each surface, none of a noun. Of two lines for a surface the first one counts."""
    entries: dict[str, tuple[str, ...]] = {}
    for line in text.lines:
        surface, *parts = pieces_of(line, options) or [""]
        if surface and (only is None or surface in only):
            entries.setdefault(surface, cut(surface, parts))
    return entries


def entry_keys(line: str, options: Options) -> Iterator[str]:
    """The surface of a line."""
    yield from pieces_of(line, options)[:1]


def show_entry(surface: str, parts: tuple[str, ...]) -> str:
    """`세종시: 세종 시`."""
    return f"{surface}: {' '.join(parts)}" if parts else surface


def show_other_entry(surface: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """How a compound was and is segmented."""
    old, new = (" ".join(parts) or "one noun" for parts in (before, after))
    return f"{surface}: {old} → {new}"


def _parts_too_long(text: Text, options: Options) -> Iterator[Finding]:
    for line, surface, parts in _first_lines(text, options):
        if sum(map(units, parts)) > units(surface):
            hint = " Notes after >> are read as parts by all but the newest engines." if ">>" in parts else ""
            yield Finding(
                line.number,
                1,
                f"The parts of {excerpt(surface)} are longer than it is, and the engine refuses the file."
                f"{hint} Write a compound and the parts that make it up, a line each: `세종시 세종 시`.",
            )


def _first_lines(text: Text, options: Options) -> Iterator[tuple[Line, str, list[str]]]:
    """Of each surface the line that counts."""
    seen: set[str] = set()
    for line in text.numbered():
        surface, *parts = pieces_of(line.text, options) or [""]
        if surface and surface not in seen:
            seen.add(surface)
            yield line, surface, parts


def _other_parts(line: Line, options: Options) -> Iterator[Finding]:
    surface, *parts = pieces_of(line.text, options) or [""]
    joined = "".join(parts)
    if parts and "," not in surface and joined != surface and units(joined) <= units(surface):
        yield Finding(
            line.number,
            1,
            f"The parts of {excerpt(surface)} make {excerpt(joined)}: only their lengths count, and it is cut"
            f" into {excerpt(' '.join(cut(surface, parts)))}. Write parts that make it up.",
        )


def _cut_by_hash(line: Line, options: Options) -> Iterator[Finding]:
    text = taken(line.text, options) or ""
    before = without_comment(text)
    if before and before != text and not before[-1].isspace():
        yield Finding(
            line.number,
            line.text.find("#") + 1,
            f"Everything from # on is cut, so that the entry is {excerpt(before)}."
            " Such a word cannot be in this dictionary; put a space before a comment.",
        )


def _commas_in_entry(line: Line, options: Options) -> Iterator[Finding]:
    surface, *_ = pieces_of(line.text, options) or [""]
    if re.search("[,\u3000]", surface):
        yield Finding(
            line.number,
            1,
            f"{excerpt(surface)} is one noun: neither a comma nor U+3000 divides. Put spaces between a"
            " compound and its parts.",
        )


def _duplicate_surface(surface: str, first: int) -> str:
    return f"{surface} is in line {first} already, and that line counts. Delete one of the two."


NORI = Kind(
    "nori-user-dictionary",
    (
        *TEXT_RULES,
        FileRule("parts-too-long", "error", _parts_too_long),
        repeated_keys("duplicate-surface", "warning", entry_keys, _duplicate_surface),
        LineRule("cut-by-hash", "warning", "#", _cut_by_hash),
        LineRule("commas-in-entry", "warning", "[,\u3000]", _commas_in_entry),
        LineRule("other-parts", "warning", "[ \t\x0b\f]", _other_parts),
        INVISIBLE_CHARACTER,
    ),
    read_entries,
    entry_keys,
    show=show_entry,
    show_change=show_other_entry,
    setting="user_dictionary",
    description="nouns and compounds, for `nori_tokenizer`",
    entries_are="nouns, and compounds with their parts",
)
