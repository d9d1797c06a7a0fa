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
from itertools import compress, count
from weakref import WeakKeyDictionary

from dictionary_deploy.dictionaries.analysis import lowered
from dictionary_deploy.dictionaries.hashes import hashes
from dictionary_deploy.dictionaries.synonyms.parse import parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Form, Table, Tables
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.word_breaks import LONGEST

_ODD = b"\\"
"""Marks what no regular line has: an escape itself, controls, white space but single spaces."""
_ODD_SPACE = re.compile("[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\n"})
_MARKED = bytes.maketrans(_CONTROLS, _ODD * len(_CONTROLS))
_ARROW = b"\xff"
"""No byte of UTF-8."""
_SIGNS = _CONTROLS + b"\n," + _ARROW + _ODD
_NO_SIGNS = bytes({*range(0x100)}.difference(_SIGNS))
_COMMENT = re.compile(r"(?<=\n)#[^\n]*+")
_BLANK = re.compile(r"(?<=\n) ++(?=\n)")
_SEVERAL_SPACES = re.compile(r"(?:(?<=[,\n])|(?<==>)) ++|(?<! ) ++(?=[,\n]|=>)")
# The tokenizer may cut such a term: it looks for UTF-16 units, of which a character is two at most.
_LONG_TERM = re.compile(f"(?<![^ ,])[^ ,]{{{LONGEST // 2 + 1}}}")


@dataclass(frozen=True, slots=True)
class Survey:
    """A file's regular lines as tables; the numbers of all others that say something."""

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


def odd_lines(pattern: str) -> Callable[[Text], Iterator[Line]]:
    """What finds the lines in which a pattern matches that no regular line has."""
    search = re.compile(pattern).search
    return lambda text: (line for line in text.at(survey(text).odd) if search(line.text))


def rules(text: Text) -> Rules:
    """The rules of a file, odd ones too."""
    if text not in _rules:
        found = survey(text)
        odd, repeating = _parse(text.at(found.odd))
        _rules[text] = Rules((*found.regular, *odd), repeating)
    return _rules[text]


def _survey(text: Text, *, lowercase: bool) -> Survey:
    found = Survey()
    first = 1
    for block, longest in zip(text.blocks, text.longest, strict=True):
        if not block:
            continue
        squeezed = _squeezed(block)
        signs = _signs(squeezed)
        rows = (lowered(squeezed) if lowercase else squeezed).replace("=>", ",").split("\n")
        if longest > LONGEST // 2:
            for place in compress(count(), map(_LONG_TERM.search, rows)):
                signs[place] = _ODD
        _add_rows(found, first, rows, signs)
        first += len(rows)
    return found


def _squeezed(block: str) -> str:
    """Without comments, the spaces beside commas, arrows and ends of lines, and the last line's end."""
    lines = "\n" + block.removesuffix("\n") + "\n"
    if "\n#" in lines:
        lines = _COMMENT.sub("", lines)
    if "\n " in lines:
        lines = _BLANK.sub(2 * _ODD.decode(), lines)
    if "  " in lines:
        lines = _SEVERAL_SPACES.sub("", lines)
    for sign in (",", "=>", "\n"):
        lines = lines.replace(f"{sign} ", sign).replace(f" {sign}", sign)
    return lines[1:-1]


def _signs(squeezed: str) -> list[bytes]:
    """Of each line its commas and arrows, and marks of what is odd in it."""
    odd = _ODD.decode()
    marked = squeezed.replace("  ", odd)
    if not marked.isascii():
        marked = _ODD_SPACE.sub(f"{odd}{odd}", marked)
    return marked.encode().replace(b"=>", _ARROW).translate(_MARKED, _NO_SIGNS).split(b"\n")


def _form(signs: bytes) -> Form | None:
    """The form of a rule with these signs; None for one that has to be parsed."""
    inputs, *outputs = signs.split(_ARROW)
    if len(outputs) > 1 or _ODD in signs:
        return None
    return len(inputs) + 1, len(outputs[0]) + 1 if outputs else EQUIVALENT


def _add_rows(found: Survey, first: int, rows: Sequence[str], signs: Iterable[bytes]) -> None:
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
        terms = hashes(",".join(map(rows.__getitem__, some)).split(","))
        table = Table(form, terms, numbers)
        if is_odd := table.odd():
            odd.extend(compress(numbers, is_odd))
            table = table.without(is_odd)
        if table.numbers:
            every = found.regular.of(form)
            every.terms.extend(table.terms)
            every.numbers.extend(table.numbers)
    found.odd.extend(sorted(odd))


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
