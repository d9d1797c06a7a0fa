"""Rules about a whole file of Solr's format."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import compress, islice

from dictionary_deploy.dictionaries.hashes import hashes, repeated_hashes, shared_hashes
from dictionary_deploy.dictionaries.kind import MAX_EXCERPT, FileRule, Finding, Options, excerpt
from dictionary_deploy.dictionaries.lucene.analyzer import MODELLED, analyze
from dictionary_deploy.dictionaries.lucene.standard_tokenizer import term_without_a_letter
from dictionary_deploy.dictionaries.lucene.stop_lists import unknown_lists
from dictionary_deploy.dictionaries.rules.wrong_format import MIN_LINES, WORDNET, format_of
from dictionary_deploy.dictionaries.synonyms.index import index, odd_lines, reading_of, rules_of
from dictionary_deploy.dictionaries.synonyms.line_rules import OTHER_SEPARATOR
from dictionary_deploy.dictionaries.synonyms.parser import is_rule, locate_terms, parse_rule, plain
from dictionary_deploy.dictionaries.synonyms.tables import EQUIVALENT, Table, columns, numbers_with
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.errors import inline_code

# Whitespace that Java's trim keeps and the whitespace tokenizer removes.
_lines_with_wide_space = odd_lines("[\x1c-\x1f\u1680\u2000-\u200a\u2028\u2029\u205f\u3000]")


def _other_format(text: Text, _: Options) -> Iterator[Finding]:
    name, first = format_of(text)
    is_wordnet = not name and WORDNET.match(first.text.lstrip()) is not None
    if is_wordnet:
        yield Finding(
            first.number,
            1,
            "This file has WordNet's format, not Solr's: each line would be a rule. Set `kind:"
            " wordnet-synonyms`.",
        )
    elif name:
        yield Finding(
            first.number,
            1,
            f"This file is {name}, not synonyms in Solr's format: each line would be a rule. Write one rule"
            " per line, such as `laptop, notebook` or `ipod => i-pod`.",
        )
    elif number := _first_of_list(text):
        yield Finding(
            number,
            1,
            "This file is a word list, not synonyms: a rule of one term does nothing. Add synonyms to each"
            " line, after commas, or set the `kind` of a word list, such as `stopwords`.",
        )


def _first_of_list(text: Text) -> int:
    """Return the first line if all lines are single terms and there are several; 0 otherwise."""
    found = index(text)
    tables = [table for table in found.regular if table.numbers]
    if found.odd or [table.form for table in tables] != [(1, EQUIVALENT)]:
        return 0
    numbers = tables[0].numbers
    # Files with other separators have their own rule.
    is_list = len(numbers) >= MIN_LINES and not any(map(OTHER_SEPARATOR.search, text.blocks))
    return numbers[0] if is_list else 0


def _eliminated_term(text: Text, options: Options) -> Iterator[Finding]:
    """Flag a term that the `analyzer` removes completely, or of which it removes a stopword before the end.

    A warning if the filter is `lenient`: the engine skips the term.

    Engine: `Invalid synonym rule at line 1`, caused by `term: & was completely eliminated by analyzer` or
    `term: state of the art analyzed to a token (art) with position increment != 1 (got: 3)`.

    Fix: change the term, or put the synonym filter before the stop filter. Set `analyzer` in the
    configuration to the part before the synonym filter.

    - state of the art, modern
    + state-of-the-art, modern
    """
    for line in _lines_with_odd_terms(text, options):
        if is_rule(line.text):
            yield from _refused_terms(line, options)


def _lines_with_odd_terms(text: Text, options: Options) -> Iterator[Line]:
    """Yield the lines with terms that the analyzer may reject."""
    reading = reading_of(options)
    if reading is None:
        return text.numbered_lines()
    if not reading.words:
        return _lines_with_wide_space(text)
    # There are no stopwords: a term with a letter leaves a token, and no gap.
    may_be_removed = term_without_a_letter(reading.words)
    return (line for line in text.at(index(text, reading).odd) if may_be_removed.search(line.text))


def _refused_terms(line: Line, options: Options) -> Iterator[Finding]:
    for written, column in locate_terms(line.text, parse_rule(line.text)):
        term = plain(written)
        refusal = analyze(term, options).refusal if term else ""
        if refusal:
            yield Finding(
                line.number, column, eliminated_term(term, refusal), "warning" if options.lenient else None
            )


def eliminated_term(term: str, refusal: str) -> str:
    """Return the message of `eliminated-term`."""
    return (
        "The analyzer before the synonym filter leaves no valid term:"
        f" {inline_code(f'term: {term[:MAX_EXCERPT]} {refusal}')}. Change the term or the analyzer."
    )


def _analyzer_not_checked(_: Text, options: Options) -> Iterator[Finding]:
    """Flag an `analyzer` with a tokenizer or a list of stopwords that validation does not support.

    Validation then finds no terms that this tokenizer or stop filter rejects.

    Fix: if the name is one of your index settings, set the type of that tokenizer. Write the words of a list
    into `stopwords`. Otherwise ignore the rule.

    - analyzer: {tokenizer: Standard, stopwords: _german_}
    + analyzer: {tokenizer: standard, stopwords: [der, die, das]}
    """
    analyzer = options.analyzer
    if analyzer.tokenizer not in MODELLED:
        similar = analyzer.tokenizer.lower()
        hint = f" Did you mean `{similar}`? Names are case-sensitive." if similar in MODELLED else ""
        yield Finding(
            1,
            1,
            f"Validation does not support the tokenizer {excerpt(analyzer.tokenizer)}: terms that it"
            f" rejects are not found.{hint} Supported are {', '.join(sorted(MODELLED))}. Set one of them in"
            " `analyzer`, or ignore this rule.",
        )
    for name in unknown_lists(analyzer.stopwords):
        yield Finding(
            1,
            1,
            f"The words of the list {excerpt(name)} are unknown, so terms that it removes are not found."
            " Write its words into `stopwords`, or ignore this rule.",
        )


ANALYZER_NOT_CHECKED = FileRule("analyzer-not-checked", "warning", _analyzer_not_checked)


def _duplicate_rule(text: Text, _: Options) -> Iterator[Finding]:
    """Flag a rule with the same terms as an earlier one, in any order. It changes nothing.

      laptop, notebook
    - notebook, laptop
    """
    shapes, numbers = hashes(), array("i")
    for table in rules_of(text).tables:
        shapes.extend(table.shapes)
        numbers.extend(table.numbers)
    twice = repeated_hashes(shapes)
    first: dict[int, int] = {}
    for line in text.at(sorted(compress(numbers, map(twice.__contains__, shapes)))):
        same = _meaning(line.text)
        if same in first:
            yield Finding(line.number, 1, f"Line {first[same]} already has this rule. Remove one of the two.")
        first.setdefault(same, line.number)


def _meaning(line: str) -> int:
    """Return a number that is equal for rules of the same terms, in any order and with any spaces."""
    rule = parse_rule(line)
    inputs, outputs = frozenset(map(plain, rule.inputs)), frozenset(map(plain, rule.outputs))
    return hash((inputs, outputs)) if rule.is_explicit else hash(inputs)


def _repeated_term(text: Text, _: Options) -> Iterator[Finding]:
    """Flag a term that occurs twice in a list. It counts double in searches.

    - laptop, notebook, laptop
    + laptop, notebook
    """
    for line in text.at(rules_of(text).repeating):
        yield from _repeated_in(line)


def _repeated_in(line: Line) -> Iterator[Finding]:
    rule = parse_rule(line.text)
    terms: set[str] = set()
    for place, (written, column) in enumerate(locate_terms(line.text, rule)):
        if place == len(rule.inputs):
            terms.clear()  # the outputs begin
        term = plain(written)
        if term and term in terms:
            yield Finding(
                line.number,
                column,
                f"{excerpt(term)} is in the list twice, so it counts double in searches. Remove one of the"
                " two.",
            )
        terms.add(term)


def _chain(text: Text, _: Options) -> Iterator[Finding]:
    """Flag a mapping to a term that another mapping replaces or expands. Reports the first one.

    Rules do not form chains: with `a => b` and `b => c`, `a` becomes `b`, not `c`.

    - tv => telly
    + tv => television
      telly => television
    """
    tables = [table for table in rules_of(text).tables if table.form[1] != EQUIVALENT]
    linked = shared_hashes(columns(tables, Table.inputs), columns(tables, Table.outputs))
    first: dict[int, int] = {}
    kept: set[int] = set()
    for line in text.at(numbers_with(linked, tables, Table.inputs)):
        rule = parse_rule(line.text)
        outputs = {hash(plain(term)) for term in rule.outputs}
        for input_ in {hash(plain(term)) for term in rule.inputs} & linked:
            first.setdefault(input_, line.number)
            if input_ in outputs:
                kept.add(input_)
    for line in text.at(numbers_with(linked, tables, Table.outputs)):
        rule = parse_rule(line.text)
        own = {plain(term) for term in rule.inputs}
        for written, column in islice(locate_terms(line.text, rule), len(rule.inputs), None):
            term = plain(written)
            if term and term not in own and hash(term) in linked:
                yield Finding(
                    line.number, column, _chain_message(term, first[hash(term)], is_kept=hash(term) in kept)
                )


def _chain_message(term: str, number: int, *, is_kept: bool) -> str:
    effect, remedy = ("expands", "all its terms") if is_kept else ("replaces", "the final term")
    return f"Line {number} {effect} {excerpt(term)}, but not here: rules do not form chains. Write {remedy}."


FILE_ERRORS = (
    FileRule("other-format", "error", _other_format),
    FileRule("eliminated-term", "error", _eliminated_term),
)
FILE_WARNINGS = (
    ANALYZER_NOT_CHECKED,
    FileRule("chain", "warning", _chain, is_once=True),
    FileRule("repeated-term", "warning", _repeated_term, is_once=True),
    FileRule("duplicate-rule", "warning", _duplicate_rule, is_once=True),
)
