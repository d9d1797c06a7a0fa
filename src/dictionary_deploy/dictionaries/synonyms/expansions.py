"""The expansions of each term: the entries of a synonyms file.

A key is an analyzed term. Its values are all terms that replace it in a search, including itself unless a
rule replaces it. Equal entries mean equal searches, however the rules are written. A term that expands only
to itself is no entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from math import fsum
from typing import Literal

from dictionary_deploy.dictionaries.hashes import Keys, distinct, places
from dictionary_deploy.dictionaries.kind import Entries, Options, lost_share
from dictionary_deploy.dictionaries.synonyms.diff_side import MIN_WIDE_OUTPUTS, Side, sample, tables_of
from dictionary_deploy.dictionaries.synonyms.parser import keys_of_rule
from dictionary_deploy.dictionaries.synonyms.tables import Table
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.model import EntryChange


class Expansions(Mapping[str, tuple[str, ...]]):
    """The expansions of each term, joined on access: terms of a group share its list."""

    def __init__(self) -> None:
        self._outputs: dict[str, list[Sequence[str]]] = {}
        self._wide: dict[int, int] = {}
        """Hashes of groups, each shared by its terms."""

    def add(self, term: str, outputs: Sequence[str]) -> None:
        """Add the outputs of a rule for a term."""
        self._outputs.setdefault(term, []).append(outputs)

    def without_effectless(self) -> Expansions:
        """Return the terms that do not expand to themselves only."""
        kept = Expansions()
        kept._outputs = {
            term: lists
            for term, lists in self._outputs.items()
            if any(len(each) != 1 or each[0] != term for each in lists)
        }
        return kept

    def only(self, terms: Iterable[str]) -> Expansions:
        """Return some of the terms."""
        some = Expansions()
        some._outputs = {term: self._outputs[term] for term in terms}
        return some

    def differs(self, other: Expansions, term: str) -> bool:
        """Return True if a term of both has other expansions in `other`.

        Any change of a large group counts as a change of all its terms: each of n terms can have n of them.
        """
        return self._signature(term) != other._signature(term)

    def sum_lost_shares(self, other: Expansions, changed: Iterable[str]) -> float:
        """Return the sum of the shares of their expansions that terms of both lost in `other`.

        A few terms of each large group stand for all.
        """
        shares = []
        groups = defaultdict[int, list[str]](list)
        widths = dict[int, int]()
        for term in changed:
            lists = [*self._outputs[term], *other._outputs[term]]
            wide = next((each for each in lists if len(each) > MIN_WIDE_OUTPUTS), None)
            if wide is None:
                shares.append(self._lost_share(other, term))
            else:
                groups[id(wide)].append(term)
                widths[id(wide)] = len(wide)
        for group, terms in groups.items():
            some = sample(terms, widths[group])
            shares += [len(terms) / len(some) * self._lost_share(other, term) for term in some]
        return fsum(shares)

    def _lost_share(self, other: Expansions, term: str) -> float:
        return lost_share(
            term, chain.from_iterable(self._outputs[term]), chain.from_iterable(other._outputs[term])
        )

    def _signature(self, term: str) -> AbstractSet[object]:
        signature = set[object]()
        for outputs in self._outputs[term]:
            if len(outputs) <= MIN_WIDE_OUTPUTS:
                signature.update(outputs)
            else:
                if id(outputs) not in self._wide:
                    self._wide[id(outputs)] = hash(frozenset(outputs))
                signature.add(self._wide[id(outputs)])
        return signature

    def __getitem__(self, term: str) -> tuple[str, ...]:
        return tuple(sorted(set().union(*self._outputs[term])))

    def __contains__(self, term: object) -> bool:
        return term in self._outputs

    def __iter__(self) -> Iterator[str]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)


def read_synonyms(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """Return the expansions of all terms, or of those in `only`. Skips rules that the engine rejects."""
    if only is None:
        return read_lines(text.lines, options)
    return read_lines((line.text for line in lines_with(text, options, only)), options, only)


def read_lines(lines: Iterable[str], options: Options, only: Keys | None = None) -> Entries:
    """Return the same for some lines."""
    return _expansions_of(lines, options, only).without_effectless()


def read_rules(text: Text, options: Options, only: Keys) -> Expansions:
    """Return the expansions of the terms in `only`, also of those that expand only to themselves.

    A search does not look for a shorter term in a term that has a rule.
    """
    return _expansions_of((line.text for line in lines_with(text, options, only)), options, only)


def _expansions_of(lines: Iterable[str], options: Options, only: Keys | None) -> Expansions:
    found = Expansions()
    for line in lines:
        inputs, outputs = keys_of_rule(line, options) or ((), None)
        if outputs is None:
            outputs = inputs if options.expand else inputs[:1]
        for term in inputs:
            if only is None or term in only:
                found.add(term, outputs)
    return found


def lines_with(text: Text, options: Options, only: Keys) -> Iterator[Line]:
    """Return the lines with rules for one of the terms."""
    found = lines_of_each(tables_of(text, options), only.hashes)
    return text.at(sorted(set[int]().union(*found.values())))


def lines_of_each(tables: Iterable[Table], keys: AbstractSet[int]) -> dict[int, list[int]]:
    """Return the line numbers of the rules for each of the terms that have any."""
    found = defaultdict[int, list[int]](list)
    for table in tables:
        for column in table.inputs():
            for place in places(keys, column):
                found[column[place]].append(table.numbers[place])
    return found


def count_synonyms(text: Text, options: Options) -> int:
    """Return the number of terms with expansions. No rule can undo an expansion of another rule."""
    return distinct(Side(tables_of(text, options), expand=options.expand))


def rule_changes(
    sign: Literal["+", "-"],
    rules: Iterable[tuple[Sequence[str], Sequence[str] | None]],
    options: Options,
    is_changed: Callable[[str], bool],
) -> tuple[list[EntryChange], AbstractSet[str]]:
    """Return the rules whose terms are all added, or all removed, each as one line; the terms of the others.

    A rule has inputs and outputs, which are None for equivalent synonyms.
    """
    changes: dict[str, EntryChange] = {}
    counted, others = set[str](), set[str]()
    for inputs, outputs in rules:
        expansions = outputs if outputs is not None else inputs if options.expand else inputs[:1]
        effective = set(inputs).difference(expansions if len(expansions) == 1 else ())
        if effective and all(map(is_changed, inputs)):
            text = ", ".join(inputs) if outputs is None else f"{', '.join(inputs)} => {', '.join(outputs)}"
            changes.setdefault(text, EntryChange(sign, text, len(effective - counted)))
            counted |= effective
        else:
            others.update(inputs)
    return [*changes.values()], others
