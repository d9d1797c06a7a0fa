"""Index all rules of a file by the hashes of their terms: a million lines take a second.

Most lines are regular: terms with single spaces, separated by commas and an arrow. A few operations split a
whole block of them. Odd lines are parsed one by one. Most analyzers do not change the terms of regular lines,
except for their case.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, compress, count
from operator import eq
from string import ascii_letters, digits
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.engines import Unicode
from dictionary_deploy.dictionaries.kind import Options
from dictionary_deploy.dictionaries.lucene.analyzer import to_lowercase
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import MAX_TOKEN_UNITS, not_in_plain_words
from dictionary_deploy.dictionaries.synonyms.parser import parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Form, Table, Tables, width_of
from dictionary_deploy.dictionaries.text import Line, Text

_EMPTY = hash("")
MAX_COMPARED_WIDTH = 4
"""Terms of a rule up to which columns are compared, which is faster than comparing rows."""

_ODD = b"\\"
"""Marks parts that no regular line has: escapes, control characters, whitespace other than single spaces."""
_ODD_SPACE = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\n"})
_MARKED = bytes.maketrans(_CONTROLS, _ODD * len(_CONTROLS))
_ARROW = b"\xff"
"""Not a byte of UTF-8."""
_SIGNS = b"\n," + _ARROW + _ODD
_NO_SIGNS = bytes({*range(0x100)}.difference(_SIGNS, _CONTROLS))
# The same for terms of words: any ASCII character except letters and digits marks an odd part.
_SYMBOLS = bytes({*range(0x80)}.difference(_SIGNS, b" ", ascii_letters.encode(), digits.encode()))
_SYMBOLS_MARKED = bytes.maketrans(_SYMBOLS, _ODD * len(_SYMBOLS))
_NO_SYMBOLS = bytes({*range(0x100)}.difference(_SIGNS, _SYMBOLS))
_COMMENT = re.compile(rb"(?<=\n)#[^\n]*+")
_BLANK = re.compile(rb"(?<=\n) ++(?=\n)")
_NEEDLESS_SPACE = re.compile(rb" (?:(?=[ \n,\xff])|(?<=[\n,\xff] ))")
_SEVERAL_SPACES = re.compile(rb"(?<=[\n,\xff]) ++|(?<! ) ++(?=[\n,\xff])")
# The tokenizer may split such a term: it counts UTF-16 units, at most two per character.
_LONG_TERM = re.compile(f"(?<![^ ,])[^ ,]{{{MAX_TOKEN_UNITS // 2 + 1}}}")


@dataclass(frozen=True, slots=True)
class Index:
    """The regular lines of a file as tables, and the numbers of its odd lines."""

    regular: Tables = field(default_factory=Tables)
    odd: array[int] = field(default_factory=lambda: array("i"))


@dataclass(frozen=True, slots=True)
class PlainRules:
    """All rules of a file by their unescaped terms, and the lines with a repeated term on a side."""

    tables: tuple[Table, ...]
    repeating: array[int]


@dataclass(frozen=True, slots=True)
class TermReading:
    """The changes of an analyzer to the terms of regular lines: none, except for their case."""

    lowercase: bool = False
    words: Unicode | None = None
    """With the standard tokenizer, terms of a regular line consist of letters and digits."""


AS_WRITTEN = TermReading()

_indices: WeakKeyDictionary[Text, dict[TermReading, Index]] = WeakKeyDictionary()
_rules: WeakKeyDictionary[Text, PlainRules] = WeakKeyDictionary()


def reading_of(options: Options) -> TermReading | None:
    """Return the reading of an analyzer; None if it may change any term."""
    analyzer = options.analyzer
    if analyzer.stopwords or analyzer.tokenizer not in {"keyword", "standard", "whitespace"}:
        return None
    return TermReading(
        analyzer.lowercase, options.engine.unicode if analyzer.tokenizer == "standard" else None
    )


def index(text: Text, reading: TermReading = AS_WRITTEN) -> Index:
    """Return the index of a text, cached as long as the text exists."""
    indices = _indices.setdefault(text, {})
    if reading not in indices:
        indices[reading] = _index(text, reading)
    return indices[reading]


def odd_lines(pattern: str) -> Callable[[Text], Iterator[Line]]:
    """Return a function that yields lines with a match. The pattern matches in no regular line."""
    search = re.compile(pattern).search
    return lambda text: (line for line in text.at(index(text).odd) if search(line.text))


def rules_of(text: Text) -> PlainRules:
    """Return the rules of a file, including odd lines."""
    if text not in _rules:
        found = index(text)
        odd, repeating = _parse(text.at(found.odd))
        _rules[text] = PlainRules((*found.regular, *odd), repeating)
    return _rules[text]


def _index(text: Text, reading: TermReading) -> Index:
    found = Index()
    first = 1
    marks = (_SYMBOLS_MARKED, _NO_SYMBOLS) if reading.words else (_MARKED, _NO_SIGNS)
    for block, longest in zip(text.blocks, text.longest, strict=True):
        if not block:
            continue
        squeezed = _squeeze(block, reading.words)
        signs = squeezed.translate(*marks).split(b"\n")
        terms = squeezed.replace(_ARROW, b",").decode()
        rows = (to_lowercase(terms) if reading.lowercase else terms).split("\n")
        if longest > MAX_TOKEN_UNITS // 2:
            for place in compress(count(), map(_LONG_TERM.search, rows)):
                signs[place] = _ODD
        _add_rows(found, first, rows, signs)
        first += len(rows)
    return found


def _squeeze(block: str, words: Unicode | None) -> bytes:
    """Return the block without comments, the last line end and spaces next to commas, arrows and line ends.

    Odd parts of a line are marked.
    """
    text = "\n" + block.removesuffix("\n") + "\n"
    if not text.isascii():
        odd = not_in_plain_words(words) if words else _ODD_SPACE
        text = odd.sub(2 * _ODD.decode(), text)
    lines = text.encode()
    if b"#" in lines:
        lines = _COMMENT.sub(b"", lines)
    lines = lines.replace(b"=>", _ARROW)
    # Most files have spaces only in terms, after commas and on both sides of arrows.
    squeezed = lines.replace(b", ", b",").replace(b" " + _ARROW + b" ", _ARROW)
    if b" " in squeezed and _NEEDLESS_SPACE.search(squeezed):
        squeezed = _without_spaces(lines)
    return squeezed[1:-1]


def _without_spaces(lines: bytes) -> bytes:
    """Return the lines without spaces next to commas, arrows and line ends."""
    lines = _BLANK.sub(2 * _ODD, lines)
    if b"  " in lines:
        lines = _SEVERAL_SPACES.sub(b"", lines)
    for sign in (b",", _ARROW, b"\n"):
        lines = lines.replace(sign + b" ", sign).replace(b" " + sign, sign)
    return lines.replace(b"  ", _ODD)


def _form(signs: bytes) -> Form | None:
    """Return the form of a rule with these signs; None for an odd line."""
    inputs, *outputs = signs.split(_ARROW)
    if len(outputs) > 1 or _ODD in signs:
        return None
    return len(inputs) + 1, len(outputs[0]) + 1 if outputs else EQUIVALENT


def _add_rows(found: Index, first: int, rows: Sequence[str], signs: Iterable[bytes]) -> None:
    """Add lines by their forms; `first` is the number of the first line."""
    places = defaultdict[bytes, list[int]](list)
    for place, each in enumerate(signs):
        places[each].append(place)
    odd = array("i")
    # Comments and empty lines are no rules.
    places[b""] = [*filter(rows.__getitem__, places[b""])]
    for each, some in places.items():
        numbers = array("i", map(first.__add__, some))
        form = _form(each)
        if form is None:
            odd.extend(numbers)
            continue
        # An array from a list is faster than one from an iterator.
        terms = [*map(hash, ",".join(map(rows.__getitem__, some)).split(","))]
        table = Table(form, array("q", terms), numbers)
        if is_odd := _odd_rows(form, terms):
            odd.extend(compress(numbers, is_odd))
            table = table.without(is_odd)
        if table.numbers:
            every = found.regular.of(form)
            every.terms.extend(table.terms)
            every.numbers.extend(table.numbers)
    found.odd.extend(sorted(odd))


def _odd_rows(form: Form, terms: list[int]) -> bytes:
    """Return a byte of 1 for each row with an empty or repeated term; no bytes without such a row."""
    inputs, width = form[0], width_of(form)
    if width > MAX_COMPARED_WIDTH:
        rows = (terms[start : start + width] for start in range(0, len(terms), width))
        found = bytes(len({*row[:inputs]}) + len({*row[inputs:]}) < width or _EMPTY in row for row in rows)
        return found if any(found) else b""
    columns = [terms[place::width] for place in range(width)]
    pairs = [*combinations(columns[:inputs], 2), *combinations(columns[inputs:], 2)]
    if _EMPTY not in terms and not any(any(map(eq, one, other)) for one, other in pairs):
        return b""
    empty = (map(_EMPTY.__eq__, column) for column in columns)
    return bytes(map(any, zip(*(map(eq, one, other) for one, other in pairs), *empty, strict=True)))


def _parse(lines: Iterable[Line]) -> tuple[Tables, array[int]]:
    tables, twice = Tables(), array("i")
    for line in lines:
        rule = parse_rule(line.text)
        written = [[*map(plain, side)] for side in (rule.inputs, rule.outputs if rule.is_explicit else ())]
        inputs, outputs = (tuple(dict.fromkeys(side)) for side in written)
        if len(inputs) + len(outputs) < sum(map(len, written)):
            twice.append(line.number)
        tables.add(inputs, outputs if rule.is_explicit else None, line.number)
    return tables, twice
