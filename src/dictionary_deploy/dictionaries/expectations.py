"""Decide if searches find what the configuration expects of them.

The queries have the tokens of a `synonym_graph` filter. The documents are analyzed without synonyms. Not
modelled: if a rule lists a single term twice, and it has several words, they become a phrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from dictionary_deploy.decide.searches import Query, Words, finds
from dictionary_deploy.dictionaries import synonyms, wordnet_synonyms
from dictionary_deploy.dictionaries.hashes import Keys
from dictionary_deploy.dictionaries.kind import Options, Severity, excerpt
from dictionary_deploy.dictionaries.lucene.analyzer import MODELLED, tokenize
from dictionary_deploy.dictionaries.lucene.stop_lists import unknown_lists
from dictionary_deploy.dictionaries.synonyms.expansions import Expansions
from dictionary_deploy.dictionaries.text import Text
from dictionary_deploy.model import EXPECT, Expectation, Problem

FIX = "Fix the file or the expectation."

READERS: Mapping[str, Callable[[Text, Options, Keys], Expansions]] = {
    "synonyms": synonyms.read_rules,
    "wordnet-synonyms": wordnet_synonyms.read_rules,
}
"""The functions that read the rules for some terms, by kind."""


def broken_expectations(
    kind: str, expected: Sequence[Expectation], text: Text, options: Options
) -> tuple[Problem, ...]:
    """Return an error for each broken expectation; a warning if the analyzer is not modelled."""
    if not expected:
        return ()
    if obstacle := _obstacle(options):
        return unchecked_warning(expected, obstacle)
    queries = [_words(each.query, options) for each in expected]
    terms = Keys.of({" ".join(query[start:end]) for query in queries for start, end in _spans(len(query))})
    rules = READERS[kind](text, options, terms)
    return tuple(
        _problem(expectation, message)
        for expectation, query in zip(expected, queries, strict=True)
        for message in _messages(expectation, expand(query, rules), options)
    )


def unchecked_warning(expected: Sequence[Expectation], why: str) -> tuple[Problem, ...]:
    """Return a warning that the expectations are not checked, if there are any."""
    return tuple(
        _problem(each, f"`expect` is not checked before the deploy: {why}.", "warning")
        for each in expected[:1]
    )


def expand(query: Sequence[str], rules: Mapping[str, Sequence[str]]) -> Query:
    """Return the query with the expansions of its terms: the longest term from each word on is replaced."""
    parts: list[tuple[Words, ...]] = []
    start = 0
    while start < len(query):
        ends = range(len(query), start, -1)
        end = next((end for end in ends if " ".join(query[start:end]) in rules), start + 1)
        term = " ".join(query[start:end])
        outputs = tuple(tuple(output.split(" ")) for output in rules.get(term, (term,)))
        # A single alternative is no side path: its words may be anywhere in a text.
        parts += [outputs] if len(outputs) > 1 else [((word,),) for word in outputs[0]]
        start = end
    return tuple(parts)


def _messages(expectation: Expectation, query: Query, options: Options) -> Iterator[str]:
    search = f"A search for {excerpt(expectation.query)}"
    for text in expectation.matches:
        if not finds(query, _document(text, options)):
            yield f"{search} does not find {excerpt(text)}. {FIX}"
    for text in expectation.excludes:
        if finds(query, _document(text, options)):
            yield f"{search} finds {excerpt(text)}, which `not` excludes. {FIX}"


def _obstacle(options: Options) -> str:
    """Return the part of the analyzer that is not modelled; empty if all of it is."""
    if options.analyzer.tokenizer not in MODELLED:
        return f"the tokenizer {excerpt(options.analyzer.tokenizer)} is not supported"
    lists = unknown_lists(options.analyzer.stopwords)
    return f"the words of the list {excerpt(lists[0])} are unknown" if lists else ""


def _document(text: str, options: Options) -> list[frozenset[str]]:
    return [frozenset(filter(None, (token,))) for token in tokenize(text, options)]


def _words(query: str, options: Options) -> list[str]:
    return [token for token in tokenize(query, options) if token is not None]


def _spans(count: int) -> Iterator[tuple[int, int]]:
    return ((start, end) for start in range(count) for end in range(start + 1, count + 1))


def _problem(expectation: Expectation, message: str, severity: Severity = "error") -> Problem:
    return Problem(EXPECT, severity, expectation.file, expectation.line, message, expectation.column)
