"""All rules of a file as the hashes of their terms: made of a million lines in a second, and about as large.

Most lines are regular: terms with single spaces, divided by commas and an arrow, so that a block of them is
cut by a few operations on the whole of it. Others are odd, and parsed one by one.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.analysis import lowered
from dictionary_deploy.dictionaries.hashes import hashes
from dictionary_deploy.dictionaries.synonyms.parse import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Form, Table, Tables
from dictionary_deploy.dictionaries.text import Line, Text, lines_of
from dictionary_deploy.dictionaries.word_breaks import LONGEST

# White space but a single space, controls, escapes: no block that has one of these can be cut as a whole.
_ODD_CHARACTER = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f\\\\\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
# Without the spaces beside commas, what is left of empty terms, other spaces, comments and blank lines.
_ODD_PLACES = (
    ",,",
    "\n,",
    ",\n",
    "  ",
    "\n ",
    " \n",
    "\n#",
    "\n\n",
    "=>,",
    ",=>",
    "\n=>",
    "=>\n",
    " =>",
    "=> ",
)
_TWO_ARROWS = re.compile("=>[^\n]*=>")
_ODD_LINE = re.compile(
    f"{_ODD_CHARACTER.pattern}|^(?:#|$)|  |^[ ,]|[ ,]$|, ?,|=> ?(?:,|$)|(?:^|,) ?=>|=>.*=>"
    # The tokenizer may cut such a term: it looks for UTF-16 units, of which a character is two at most.
    f"|[^ ,]{{{LONGEST // 2 + 1}}}"
)


@dataclass(frozen=True, slots=True)
class Survey:
    """A file's regular lines as tables; the numbers of all others, comments and blank lines among them."""

    regular: Tables = field(default_factory=Tables)
    odd: array[int] = field(default_factory=lambda: array("i"))


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a file by their plain terms, and the lines in which a term is twice on a side."""

    tables: tuple[Table, ...]
    repeating: array[int]


_surveys: WeakKeyDictionary[Text, dict[bool, Survey]] = WeakKeyDictionary()
_rules: WeakKeyDictionary[Text, Rules] = WeakKeyDictionary()


def survey(text: Text, *, lowercase: bool = False) -> Survey:
    """Every line is looked at once, for all that ask as long as the text is there."""
    surveys = _surveys.setdefault(text, {})
    if lowercase not in surveys:
        surveys[lowercase] = _survey(text, lowercase=lowercase)
    return surveys[lowercase]


def rules(text: Text) -> Rules:
    """The rules of a file, odd ones too."""
    if text not in _rules:
        found = survey(text)
        odd, repeating = _parse(text.at(found.odd))
        _rules[text] = Rules((*found.regular, *odd), repeating)
    return _rules[text]


def _survey(text: Text, *, lowercase: bool) -> Survey:
    found = Survey()
    before = 0
    for block in text.blocks:
        lines = lines_of(block)
        numbers: Sequence[int] = range(before + 1, before + len(lines) + 1)
        before += len(lines)
        if _has_odd_lines(block, lines):
            is_odd = [*map(bool, map(_ODD_LINE.search, lines))]
            found.odd.extend(compress(numbers, is_odd))
            is_regular = [not odd for odd in is_odd]
            lines, numbers = [*compress(lines, is_regular)], [*compress(numbers, is_regular)]
        _add_rows(found, numbers, _rows(lines, lowercase=lowercase) if lines else ())
    found.odd[:] = array("i", sorted(found.odd))
    return found


def _rows(lines: Iterable[str], *, lowercase: bool) -> list[str]:
    block = "\n".join(lines)
    return _squeezed(lowered(block) if lowercase else block).split("\n")


def _has_odd_lines(block: str, lines: Sequence[str]) -> bool:
    longest = max(map(len, lines), default=0)
    if longest > LONGEST // 2 or "  " in block or _ODD_CHARACTER.search(block) or _TWO_ARROWS.search(block):
        return True
    squeezed = _squeezed(f"\n{block}")
    return any(place in squeezed for place in _ODD_PLACES) or squeezed.endswith(("=>", ",", " "))


def _squeezed(block: str) -> str:
    """Without the single spaces beside commas and arrows."""
    return block.replace(", ", ",").replace(" ,", ",").replace(" =>", "=>").replace("=> ", "=>")


def _add_rows(found: Survey, lines: Iterable[int], rows: Sequence[str]) -> None:
    numbers_of: defaultdict[Form, list[int]] = defaultdict(list)
    rows_of: defaultdict[Form, list[str]] = defaultdict(list)
    for number, row, commas in zip(lines, rows, map(str.count, rows, repeat(",")), strict=True):
        if "=>" in row:
            left, _, right = row.partition("=>")
            form = (left.count(",") + 1, right.count(",") + 1)
            rows_of[form].append(f"{left},{right}")
        else:
            form = (commas + 1, EQUIVALENT)
            rows_of[form].append(row)
        numbers_of[form].append(number)
    for form, numbers in numbers_of.items():
        table = Table(form, hashes(",".join(rows_of[form]).split(",")), array("i", numbers))
        repeats = table.repeats()
        if any(repeats):
            found.odd.extend(compress(numbers, repeats))
            table = table.without(repeats)
        every = found.regular.of(form)
        every.terms.extend(table.terms)
        every.numbers.extend(table.numbers)


def _parse(lines: Iterable[Line]) -> tuple[Tables, array[int]]:
    tables, twice = Tables(), array("i")
    for line in lines:
        if not is_rule(line.text):
            continue
        rule = parse_rule(line.text)
        written = [[*map(plain, side)] for side in (rule.inputs, rule.outputs if rule.is_explicit else ())]
        inputs, outputs = (tuple(dict.fromkeys(side)) for side in written)
        if len(inputs) + len(outputs) < sum(map(len, written)):
            twice.append(line.number)
        tables.add(inputs, outputs if rule.is_explicit else None, line.number)
    return tables, twice
