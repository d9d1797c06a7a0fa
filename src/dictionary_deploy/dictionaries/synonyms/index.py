"""All rules of a file as the hashes of their terms: made of a million lines in a second, and about as large.

Most lines are regular: terms with single spaces, divided by commas and an arrow, so that a block of them is
cut by a few operations on the whole of it. Others are odd, and parsed one by one.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, compress, count
from operator import eq
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.lucene.analyzer import to_lowercase
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import MAX_TOKEN_UNITS
from dictionary_deploy.dictionaries.synonyms.parser import parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Form, Table, Tables, width_of
from dictionary_deploy.dictionaries.text import Line, Text

_EMPTY = hash("")
MAX_COMPARED_WIDTH = 4
"""Terms up to which first ones are compared with second ones and so on, which is quicker than by rows."""

_ODD = b"\\"
"""Marks what no regular line has: an escape itself, controls, white space but single spaces."""
_ODD_SPACE = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\n"})
_MARKED = bytes.maketrans(_CONTROLS, _ODD * len(_CONTROLS))
_ARROW = b"\xff"
"""No byte of UTF-8."""
_SIGNS = _CONTROLS + b"\n," + _ARROW + _ODD
_NO_SIGNS = bytes({*range(0x100)}.difference(_SIGNS))
_COMMENT = re.compile(rb"(?<=\n)#[^\n]*+")
_BLANK = re.compile(rb"(?<=\n) ++(?=\n)")
_NEEDLESS_SPACE = re.compile(rb" (?:(?=[ \n,\xff])|(?<=[\n,\xff] ))")
_SEVERAL_SPACES = re.compile(rb"(?<=[\n,\xff]) ++|(?<! ) ++(?=[\n,\xff])")
# The tokenizer may cut such a term: it looks for UTF-16 units, of which a character is two at most.
_LONG_TERM = re.compile(f"(?<![^ ,])[^ ,]{{{MAX_TOKEN_UNITS // 2 + 1}}}")


@dataclass(frozen=True, slots=True)
class Index:
    """A file's regular lines as tables; the numbers of all others that say something."""

    regular: Tables = field(default_factory=Tables)
    odd: array[int] = field(default_factory=lambda: array("i"))


@dataclass(frozen=True, slots=True)
class PlainRules:
    """All rules of a file by their plain terms, and the lines in which a term is twice on a side."""

    tables: tuple[Table, ...]
    repeating: array[int]


_indices: WeakKeyDictionary[Text, dict[bool, Index]] = WeakKeyDictionary()
_rules: WeakKeyDictionary[Text, PlainRules] = WeakKeyDictionary()


def index(text: Text, *, lowercase: bool = False) -> Index:
    """Every line is looked at once, for all that ask as long as the text is there."""
    indices = _indices.setdefault(text, {})
    if lowercase not in indices:
        indices[lowercase] = _index(text, lowercase=lowercase)
    return indices[lowercase]


def odd_lines(pattern: str) -> Callable[[Text], Iterator[Line]]:
    """What finds the lines in which a pattern matches that no regular line has."""
    search = re.compile(pattern).search
    return lambda text: (line for line in text.at(index(text).odd) if search(line.text))


def rules_of(text: Text) -> PlainRules:
    """The rules of a file, odd ones too."""
    if text not in _rules:
        found = index(text)
        odd, repeating = _parse(text.at(found.odd))
        _rules[text] = PlainRules((*found.regular, *odd), repeating)
    return _rules[text]


def _index(text: Text, *, lowercase: bool) -> Index:
    found = Index()
    first = 1
    for block, longest in zip(text.blocks, text.longest, strict=True):
        if not block:
            continue
        squeezed = _squeezed(block)
        signs = squeezed.translate(_MARKED, _NO_SIGNS).split(b"\n")
        terms = squeezed.replace(_ARROW, b",").decode()
        rows = (to_lowercase(terms) if lowercase else terms).split("\n")
        if longest > MAX_TOKEN_UNITS // 2:
            for place in compress(count(), map(_LONG_TERM.search, rows)):
                signs[place] = _ODD
        _add_rows(found, first, rows, signs)
        first += len(rows)
    return found


def _squeezed(block: str) -> bytes:
    """Without comments, spaces beside commas, arrows and ends of lines, and the last line's end.

    What is odd in a line is marked.
    """
    text = "\n" + block.removesuffix("\n") + "\n"
    if not text.isascii():
        text = _ODD_SPACE.sub(2 * _ODD.decode(), text)
    lines = text.encode()
    if b"#" in lines:
        lines = _COMMENT.sub(b"", lines)
    lines = lines.replace(b"=>", _ARROW)
    # Most files have a space behind each comma and on both sides of an arrow, and no other ones but in terms.
    squeezed = lines.replace(b", ", b",").replace(b" " + _ARROW + b" ", _ARROW)
    if b" " in squeezed and _NEEDLESS_SPACE.search(squeezed):
        squeezed = _without_spaces(lines)
    return squeezed[1:-1]


def _without_spaces(lines: bytes) -> bytes:
    """Without those beside commas, arrows and ends of lines."""
    lines = _BLANK.sub(2 * _ODD, lines)
    if b"  " in lines:
        lines = _SEVERAL_SPACES.sub(b"", lines)
    for sign in (b",", _ARROW, b"\n"):
        lines = lines.replace(sign + b" ", sign).replace(b" " + sign, sign)
    return lines.replace(b"  ", _ODD)


def _form(signs: bytes) -> Form | None:
    """The form of a rule with these signs; None for one that has to be parsed."""
    inputs, *outputs = signs.split(_ARROW)
    if len(outputs) > 1 or _ODD in signs:
        return None
    return len(inputs) + 1, len(outputs[0]) + 1 if outputs else EQUIVALENT


def _add_rows(found: Index, first: int, rows: Sequence[str], signs: Iterable[bytes]) -> None:
    """Add the lines from the first one on, by their forms."""
    places = defaultdict[bytes, list[int]](list)
    for place, each in enumerate(signs):
        places[each].append(place)
    odd = array("i")
    # Comments and empty lines say nothing.
    places[b""] = [*filter(rows.__getitem__, places[b""])]
    for each, some in places.items():
        numbers = array("i", map(first.__add__, some))
        form = _form(each)
        if form is None:
            odd.extend(numbers)
            continue
        # An array is made of a list sooner than of what makes one number after the other.
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
    """A byte of 1 for each row with an empty term or one twice on a side; no bytes when there is none."""
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
