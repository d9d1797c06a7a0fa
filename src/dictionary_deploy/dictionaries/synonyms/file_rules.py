"""Rules about a file in the Solr format as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from dictionary_deploy.dictionaries.analysis import analyze
from dictionary_deploy.dictionaries.excerpt import excerpt
from dictionary_deploy.dictionaries.kind import FileRule, Finding, Options
from dictionary_deploy.dictionaries.synonyms.parse import is_rule, parse_rule, plain
from dictionary_deploy.dictionaries.text import Line, Text

# White space that Java's trim leaves alone and the whitespace tokenizer takes away.
_WIDE_SPACE = re.compile("[\x1c-\x1f\u1680\u2000-\u200a\u2028\u2029\u205f\u3000]")
_OTHER_FORMATS = (
    ("JSON", re.compile(r"\s*(?:[{\[]\s*$|\{\s*\"|\[\s*[\"{\[])")),
    ("WordNet's format", re.compile(r"s\(\d{9},")),
    ("XML", re.compile(r"\s*<[?!a-zA-Z]")),
    ("YAML", re.compile(r"---\s*$")),
)


def _other_format(text: Text, _: Options) -> Iterator[Finding]:
    first = next((line for line in text.numbered() if line.text.strip()), None)
    for name, pattern in _OTHER_FORMATS if first else ():
        if first and pattern.match(first.text):
            yield Finding(
                first.number,
                1,
                f"This is {name}, and not Solr's format: the engine would read each line as a rule."
                " Write a rule a line, such as `laptop, notebook` or `ipod => i-pod`"
                f"{', or set the kind to wordnet-synonyms' if name.startswith('WordNet') else ''}.",
            )


def _eliminated_term(text: Text, options: Options) -> Iterator[Finding]:
    analyzer = options.analyzer
    is_plain = analyzer.tokenizer in {"whitespace", "keyword"} and not analyzer.stopwords
    for line in text.numbered():
        if is_rule(line.text) and (not is_plain or _WIDE_SPACE.search(line.text)):
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
    # Hashes, since a million rules as sets are many times the size of their file. Most files have no
    # duplicates; only when there are any is it asked which line said it first.
    seen: set[int] = set()
    twice: set[int] = set()
    for line in text.lines:
        if is_rule(line):
            same = _meaning(line)
            (twice if same in seen else seen).add(same)
    yield from _second_ones(text, twice) if twice else ()


def _second_ones(text: Text, twice: AbstractSet[int]) -> Iterator[Finding]:
    first: dict[int, int] = {}
    for line in text.numbered():
        same = _meaning(line.text) if is_rule(line.text) else 0
        if same not in twice:
            continue
        if same in first:
            yield Finding(line.number, 1, f"Line {first[same]} says the same already. Delete one of the two.")
        first.setdefault(same, line.number)


def _meaning(line: str) -> int:
    """The same for rules of the same terms, in whatever order and with whatever spaces."""
    if "\\" not in line and "=>" not in line:
        return hash(frozenset(map(str.strip, line.split(","))) - {""})
    rule = parse_rule(line)
    inputs, outputs = frozenset(map(plain, rule.inputs)), frozenset(map(plain, rule.outputs))
    return hash((inputs, outputs)) if rule.is_explicit else hash(inputs)


def _repeated_term(text: Text, _: Options) -> Iterator[Finding]:
    for line in text.numbered():
        if "," in line.text and is_rule(line.text) and _may_repeat(line.text):
            yield from _repeated_in(line)


def _may_repeat(line: str) -> bool:
    pieces = [*map(str.strip, line.replace("=>", ",").split(","))]
    return len(set(pieces)) < len(pieces)


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


def _chain(text: Text, options: Options) -> Iterator[Finding]:
    lines = [line for line in text.numbered() if "=>" in line.text and is_rule(line.text)]
    rules = [(line, parse_rule(line.text)) for line in lines]
    replaced: dict[str, int] = {}
    for line, rule in rules:
        for term in rule.inputs if rule.is_explicit else ():
            replaced.setdefault(analyze(plain(term), options.analyzer).key, line.number)
    for line, rule in rules:
        own = {analyze(plain(term), options.analyzer).key for term in rule.inputs}
        for term in rule.outputs if rule.is_explicit else ():
            key = analyze(plain(term), options.analyzer).key
            if key and key not in own and key in replaced:
                yield Finding(
                    line.number,
                    line.text.rfind(term.strip()) + 1 or 1,
                    f"{excerpt(plain(term))} is what line {replaced[key]} replaces, but rules make no chains:"
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
