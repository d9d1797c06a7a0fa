"""Rules about a file in the Solr format as a whole."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import compress

from dictionary_deploy.dictionaries.hashes import hashes, repeated, shared
from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options, excerpt
from dictionary_deploy.dictionaries.lucene.analyzer import analyze
from dictionary_deploy.dictionaries.rules.wrong_format import SEVERAL_LINES, WORDNET, format_of
from dictionary_deploy.dictionaries.synonyms.index import index, odd_lines, rules_of
from dictionary_deploy.dictionaries.synonyms.line_rules import NO_SEPARATOR
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Table, columns, numbers_with
from dictionary_deploy.dictionaries.text import Line, Text

# White space that Java's trim leaves alone and the whitespace tokenizer takes away.
_lines_with_wide_space = odd_lines("[\x1c-\x1f\u1680\u2000-\u200a\u2028\u2029\u205f\u3000]")


def _other_format(text: Text, _: Options) -> Iterator[Finding]:
    name, first = format_of(text)
    is_wordnet = not name and WORDNET.match(first.text.lstrip()) is not None
    if name or is_wordnet:
        yield Finding(
            first.number,
            1,
            f"This is {name or 'the format of WordNet'}, and not Solr's format: the engine would read each"
            " line as a rule. Write a rule a line, such as `laptop, notebook` or `ipod => i-pod`"
            f"{', or set the kind to wordnet-synonyms' if is_wordnet else ''}.",
        )
    elif number := _first_of_list(text):
        yield Finding(
            number,
            1,
            "This is a list of words, and not Solr's format: each line is a rule of one term, which does"
            " nothing. Write the synonyms of each term behind it, after commas, or set the kind to that of a"
            " list, such as stopwords.",
        )


def _first_of_list(text: Text) -> int:
    """The first of several lines that each are a term which is alone, when none is anything else; or 0."""
    found = index(text)
    tables = [table for table in found.regular if table.numbers]
    if found.odd or [table.form for table in tables] != [(1, EQUIVALENT)]:
        return 0
    numbers = tables[0].numbers
    # Of a file whose separators are none another rule tells.
    is_list = len(numbers) >= SEVERAL_LINES and not any(map(NO_SEPARATOR.search, text.blocks))
    return numbers[0] if is_list else 0


def _eliminated_term(text: Text, options: Options) -> Iterator[Finding]:
    analyzer = options.analyzer
    is_plain = analyzer.tokenizer in {"whitespace", "keyword"} and not analyzer.stopwords
    for line in _lines_with_wide_space(text) if is_plain else text.numbered():
        if is_rule(line.text):
            yield from _refused_terms(line, options)


def _refused_terms(line: Line, options: Options) -> Iterator[Finding]:
    for term in parse_rule(line.text).terms:
        refusal = analyze(plain(term), options.analyzer).refusal if plain(term) else ""
        if refusal:
            yield Finding(
                line.number,
                line.text.find(term.strip()) + 1,
                f"The analyzer before the synonym filter leaves no term the engine takes: `term:"
                f" {plain(term)[:60]} {refusal}`. Change the term, or the analyzer.",
                "warning" if options.lenient else None,
            )


def _duplicate_rule(text: Text, _: Options) -> Iterator[Finding]:
    shapes, numbers = hashes(), array("i")
    for table in rules_of(text).tables:
        shapes.extend(table.shapes)
        numbers.extend(table.numbers)
    twice = repeated(shapes)
    first: dict[int, int] = {}
    for line in text.at(sorted(compress(numbers, map(twice.__contains__, shapes)))):
        same = _meaning(line.text)
        if same in first:
            yield Finding(line.number, 1, f"Line {first[same]} says the same already. Delete one of the two.")
        first.setdefault(same, line.number)


def _meaning(line: str) -> int:
    """The same for rules of the same terms, in whatever order and with whatever spaces."""
    rule = parse_rule(line)
    inputs, outputs = frozenset(map(plain, rule.inputs)), frozenset(map(plain, rule.outputs))
    return hash((inputs, outputs)) if rule.is_explicit else hash(inputs)


def _repeated_term(text: Text, _: Options) -> Iterator[Finding]:
    for line in text.at(rules_of(text).repeating):
        yield from _repeated_in(line)


def _repeated_in(line: Line) -> Iterator[Finding]:
    rule = parse_rule(line.text)
    for side in (rule.inputs, rule.outputs) if rule.is_explicit else (rule.inputs,):
        terms: set[str] = set()
        for written in side:
            term = plain(written)
            if term and term in terms:
                yield Finding(
                    line.number,
                    line.text.rfind(term) + 1 or 1,
                    f"{excerpt(term)} is in the list twice, and a term that is its own synonym counts double."
                    " Delete one of them.",
                )
            terms.add(term)


def _chain(text: Text, _: Options) -> Iterator[Finding]:
    tables = [table for table in rules_of(text).tables if table.form[1] != EQUIVALENT]
    linked = shared(columns(tables, Table.inputs), columns(tables, Table.outputs))
    replaced: dict[int, int] = {}
    for line in text.at(numbers_with(linked, tables, Table.inputs)):
        for term in map(plain, parse_rule(line.text).inputs):
            if hash(term) in linked:
                replaced.setdefault(hash(term), line.number)
    for line in text.at(numbers_with(linked, tables, Table.outputs)):
        rule = parse_rule(line.text)
        own = {plain(term) for term in rule.inputs}
        for term in map(plain, rule.outputs):
            if term and term not in own and hash(term) in linked:
                yield Finding(
                    line.number,
                    line.text.rfind(term) + 1 or 1,
                    f"{excerpt(term)} is what line {replaced[hash(term)]} replaces, but rules make no chains:"
                    " it stays. Write what it is to become in the end.",
                )


FILE_ERRORS = (
    FileRule("other-format", "error", _other_format),
    FileRule("eliminated-term", "error", _eliminated_term),
)
FILE_WARNINGS = (
    FileRule("chain", "warning", _chain),
    FileRule("repeated-term", "warning", _repeated_term),
    FileRule("duplicate-rule", "warning", _duplicate_rule),
)
