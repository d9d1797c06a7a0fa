"""Rules about a file in the Solr format as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictionary_deploy.dictionaries.analysis import analyze
from dictionary_deploy.dictionaries.excerpt import excerpt
from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options
from dictionary_deploy.dictionaries.other_format import WORDNET, format_of
from dictionary_deploy.dictionaries.synonyms.parse import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.text import Line, Text

# White space that Java's trim leaves alone and the whitespace tokenizer takes away.
_WIDE_SPACE = re.compile("[\x1c-\x1f\u1680\u2000-\u200a\u2028\u2029\u205f\u3000]")
# What keeps terms from being compared without any of their spaces.
_ODD = re.compile("[\x00-\x09\x0b-\x1f\\\\]")
_NO_RULE = hash(frozenset(()))


def _other_format(text: Text, _: Options) -> Iterator[Finding]:
    name, line = format_of(text)
    is_wordnet = not name and WORDNET.match(text.content.lstrip()) is not None
    if name or is_wordnet:
        yield Finding(
            line,
            1,
            f"This is {name or 'the format of WordNet'}, and not Solr's format: the engine would read each"
            " line as a rule. Write a rule a line, such as `laptop, notebook` or `ipod => i-pod`"
            f"{', or set the kind to wordnet-synonyms' if is_wordnet else ''}.",
        )


def _eliminated_term(text: Text, options: Options) -> Iterator[Finding]:
    analyzer = options.analyzer
    is_plain = analyzer.tokenizer in {"whitespace", "keyword"} and not analyzer.stopwords
    if is_plain and not _WIDE_SPACE.search(text.content):
        return
    for line in text.numbered():
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
    # Hashes, since a million rules as sets are many times the size of their file.
    seen: set[int] = set()
    twice: set[int] = set()
    for terms in _rough_terms(text):
        same = hash(frozenset(terms))
        (twice if same in seen else seen).add(same)
    if not twice - {_NO_RULE}:
        return
    first: dict[int, int] = {}
    for number, (terms, line) in enumerate(zip(_rough_terms(text), text.lines, strict=False), start=1):
        if not terms or hash(frozenset(terms)) not in twice:
            continue
        same = _meaning(line)
        if same in first:
            yield Finding(number, 1, f"Line {first[same]} says the same already. Delete one of the two.")
        first.setdefault(same, number)


def _rough_terms(text: Text) -> Iterator[list[str]]:
    """Of each line the terms, the same for two rules that say the same; nothing for lines that are no rule.

    Quick, since a million lines are most often without any white space but single spaces, escapes and
    empty terms. Then it does without spaces altogether, and other rules may have the same terms, too.
    """
    content = text.content
    if _ODD.search(content) or any(odd in content for odd in (",,", ",\n", "\n,", ", \n")):
        for line in text.lines:
            yield [str(_meaning(line))] if is_rule(line) else []
        return
    for line in Text(content.replace(" ", "").replace("=>", ",=>,")).lines:
        yield line.split(",") if is_rule(line) else []


def _meaning(line: str) -> int:
    """The same for rules of the same terms, in whatever order and with whatever spaces."""
    rule = parse_rule(line)
    inputs, outputs = frozenset(map(plain, rule.inputs)), frozenset(map(plain, rule.outputs))
    return hash((inputs, outputs)) if rule.is_explicit else hash(inputs)


def _repeated_term(text: Text, _: Options) -> Iterator[Finding]:
    # Terms that differ in spaces alone look alike here: those lines, too, are looked at in full.
    is_odd = _ODD.search(text.content) is not None
    squeezed = Text(text.content.replace(" ", "").replace("=>", ","))
    for number, (rough, line) in enumerate(zip(squeezed.lines, text.lines, strict=False), start=1):
        pieces = rough.split(",")
        if (is_odd or len(set(pieces)) < len(pieces)) and is_rule(line):
            yield from _repeated_in(Line(line, number))


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
    replaced: dict[str, int] = {}
    for number, line in _explicit_mappings(text):
        for term in parse_rule(line).inputs:
            replaced.setdefault(plain(term), number)
    for number, line in _explicit_mappings(text):
        rule = parse_rule(line)
        own = {plain(term) for term in rule.inputs}
        for term in map(plain, rule.outputs):
            if term and term not in own and term in replaced:
                yield Finding(
                    number,
                    line.rfind(term) + 1 or 1,
                    f"{excerpt(term)} is what line {replaced[term]} replaces, but rules make no chains:"
                    " it stays. Write what it is to become in the end.",
                )


def _explicit_mappings(text: Text) -> Iterator[tuple[int, str]]:
    """The lines with a mapping that has both sides, and their numbers."""
    return (
        (number, line)
        for number, line in enumerate(text.lines, start=1)
        if "=>" in line and is_rule(line) and parse_rule(line).is_explicit
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
