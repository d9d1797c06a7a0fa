"""All rules of a file as the hashes of their terms: made of a million lines in a second, and about as large.

Most lines are regular: terms with single spaces, divided by commas and an arrow, so that a block of them is
cut by a few operations on the whole of it. Others are odd, and parsed one by one.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress, groupby, repeat
from operator import contains
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.analysis import lowered
from dictionary_deploy.dictionaries.hashes import hashes
from dictionary_deploy.dictionaries.synonyms.parse import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Table, Tables
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
    for block, longest in zip(text.blocks, text.longest, strict=True):
        lines = lines_of(block)
        numbers: Sequence[int] = range(before + 1, before + len(lines) + 1)
        before += len(lines)
        squeezed = _squeezed(block)
        if longest > LONGEST // 2 or _has_odd_lines(block, squeezed):
            is_odd = [*map(bool, map(_ODD_LINE.search, lines))]
            found.odd.extend(compress(numbers, is_odd))
            is_regular = [not odd for odd in is_odd]
            squeezed, numbers = (
                _squeezed("\n".join(compress(lines, is_regular))),
                [*compress(numbers, is_regular)],
            )
        if numbers:
            _add_rows(found, numbers, lines_of(lowered(squeezed) if lowercase else squeezed))
    found.odd[:] = array("i", sorted(found.odd))
    return found


def _has_odd_lines(block: str, squeezed: str) -> bool:
    if "  " in block or _ODD_CHARACTER.search(block) or _TWO_ARROWS.search(block):
        return True
    squeezed = f"\n{squeezed}"
    return any(place in squeezed for place in _ODD_PLACES) or squeezed.endswith(("=>", ",", " "))


def _squeezed(block: str) -> str:
    """Without the single spaces beside commas and arrows."""
    return block.replace(", ", ",").replace(" ,", ",").replace(" =>", "=>").replace("=> ", "=>")


def _add_rows(found: Survey, lines: Sequence[int], rows: list[str]) -> None:
    inputs = [*map(str.count, rows, repeat(","))]
    outputs = [EQUIVALENT] * len(rows)
    for place in compress(range(len(rows)), map(contains, rows, repeat("=>"))):
        left, _, right = rows[place].partition("=>")
        rows[place] = f"{left},{right}"
        inputs[place], outputs[place] = left.count(","), right.count(",") + 1
    forms = [*zip(inputs, outputs, strict=True)]
    ordered = sorted(range(len(rows)), key=forms.__getitem__)
    for (commas, others), places in groupby(ordered, key=forms.__getitem__):
        some = [*places]
        terms = hashes(",".join(map(rows.__getitem__, some)).split(","))
        table = Table((commas + 1, others), terms, array("i", map(lines.__getitem__, some)))
        if repeats := table.repeats():
            found.odd.extend(compress(table.numbers, repeats))
            table = table.without(repeats)
        if table.numbers:
            every = found.regular.of(table.form)
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
