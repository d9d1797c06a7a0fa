"""What each term becomes: the entries of a synonyms file.

The key is a term as the analyzer leaves it, the values are all terms that stand in its place at search,
itself among them unless a rule takes it away. So equal entries are equal searches, however the rules
that make them are written; a term that becomes itself alone is no entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from dictionary_deploy.dictionaries.hashes import Keys, distinct, places
from dictionary_deploy.dictionaries.kind import Entries, Options
from dictionary_deploy.dictionaries.synonyms.diff_side import Side, tables_of
from dictionary_deploy.dictionaries.synonyms.parser import keys_of_rule
from dictionary_deploy.dictionaries.synonyms.tables import Table
from dictionary_deploy.dictionaries.text import Line, Text


class Expansions(Mapping[str, tuple[str, ...]]):
    """What each term becomes, put together when it is asked for: terms of a group share its list."""

    def __init__(self) -> None:
        self._outputs: dict[str, list[Sequence[str]]] = {}

    def add(self, term: str, outputs: Sequence[str]) -> None:
        """What a rule makes of a term."""
        self._outputs.setdefault(term, []).append(outputs)

    def without_effectless(self) -> Expansions:
        """The terms that become something else."""
        kept = Expansions()
        kept._outputs = {
            term: lists for term, lists in self._outputs.items() if any((*each,) != (term,) for each in lists)
        }
        return kept

    def __getitem__(self, term: str) -> tuple[str, ...]:
        return tuple(sorted(set().union(*self._outputs[term])))

    def __iter__(self) -> Iterator[str]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)


def read_synonyms(text: Text, options: Options, only: Keys | None = None) -> Entries:
    """What each term becomes, or each of those asked for. Rules that the engine refuses add nothing."""
    if only is None:
        return read_lines(text.lines, options)
    return read_lines((line.text for line in lines_with(text, options, only)), options, only)


def read_lines(lines: Iterable[str], options: Options, only: Keys | None = None) -> Entries:
    """The same of these lines."""
    found = Expansions()
    for line in lines:
        inputs, outputs = keys_of_rule(line, options) or ((), None)
        if outputs is None:
            outputs = inputs if options.expand else inputs[:1]
        for term in inputs:
            if only is None or term in only:
                found.add(term, outputs)
    return found.without_effectless()


def lines_with(text: Text, options: Options, only: Keys) -> Iterator[Line]:
    """The lines that say something of a term asked for."""
    found = lines_of_each(tables_of(text, options), only.hashes)
    return text.at(sorted(set[int]().union(*found.values())))


def lines_of_each(tables: Iterable[Table], keys: AbstractSet[int]) -> dict[int, list[int]]:
    """The numbers of the lines that say something of each key, as far as there are some."""
    found = defaultdict[int, list[int]](list)
    for table in tables:
        for column in table.inputs():
            for place in places(keys, column):
                found[column[place]].append(table.numbers[place])
    return found


def count_synonyms(text: Text, options: Options) -> int:
    """How many terms become something else: what one rule makes of a term, no other one takes back."""
    return distinct(Side(tables_of(text, options), expand=options.expand))
