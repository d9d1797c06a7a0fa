"""Where we and the engine disagree about a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dictionary_deploy.dictionaries import KINDS, Entries, Options, validate
from dictionary_deploy.dictionaries.engines import Engine
from dictionary_deploy.dictionaries.lucene.escapes import escape_surrogates
from dictionary_deploy.model import Problem
from tests.lucene.ask import Lucene, Verdict

NOT_REFUSED: Mapping[str, str] = {
    "no-patterns": "it is loaded, and divides no word: the dictionary is ineffective as a whole",
    "no-part-of-speech": "it is loaded, and fails when something asks for the part of speech",
    "other-format": "to the engine every line is a rule: the dictionary is ineffective as a whole",
}
"""Our errors about files that the engine accepts, each with its reason."""

WITH_LUCENE_8 = frozenset({"kuromoji-user-dictionary", "nori-user-dictionary"})
"""Kinds of which Lucene 9, which newer engines have and which is not installed here, minds more."""

Shown = Mapping[str, tuple[str, ...]]


def with_lucene_8(engine: Engine) -> Engine:
    """The engine, with the Lucene that is installed here."""
    return replace(engine, hash_cuts_user_dictionary=True, compares_segments=False)


def disagreement(lucene: Lucene, kind: str, data: bytes, options: Options) -> str:
    """What we and the engine say otherwise about a file, in a sentence; empty when all is the same."""
    if kind in WITH_LUCENE_8:
        options = replace(options, engine=with_lucene_8(options.engine))
    if kind == "kuromoji-user-dictionary" and b"\0" in data:
        return ""  # Lucene divides reading and part of speech by U+0000 itself
    verdict = lucene.judge(kind, data, options)
    problems, text = validate(KINDS[kind], data, "file", options)
    errors = [each for each in problems if each.severity == "error" and each.rule not in NOT_REFUSED]
    if verdict.accepted == bool(errors):
        ours = "; ".join(f"{each.rule} in line {each.line}: {each.message}" for each in errors) or "accepted"
        theirs = "accepted" if verdict.accepted else f"refused in line {verdict.line}: {verdict.message}"
        return f"The engine: {theirs}. We: {ours}."
    if errors:
        return _other_line(kind, verdict, errors, options)
    read = KINDS[kind].read
    if text is None or read is None or kind not in SHOWN:
        return ""
    ours, theirs = read(text, options, None), SHOWN[kind](verdict.rules)
    return "" if ours == theirs else f"The engine reads {theirs}. We read {ours}."


def _other_line(kind: str, verdict: Verdict, errors: Sequence[Problem], options: Options) -> str:
    lines = {each.line for each in errors}
    is_first_by_lines = kind != "kuromoji-user-dictionary" and not (
        kind == "char-mappings" and options.engine.comments_after_trimming
    )
    if verdict.line is None or any(each.rule == "not-utf-8" for each in errors):
        return ""  # of bytes that are not UTF-8, the engine tells no line
    if verdict.line == min(lines) or (verdict.line in lines and not is_first_by_lines):
        return ""  # newer engines read all mappings before they look for one that is there twice, and
        # all look for a surface of kuromoji's that is there twice before they read its columns
    return f"The engine refuses line {verdict.line} ({verdict.message}), we refuse {sorted(lines)}."


def _expansions(rules: tuple[Any, ...]) -> Entries:
    """What each term becomes. Lucene divides the words of a term by U+0000, which a keyword tokenizer lets
    pass: such a term is the same to us as one of two words."""
    outputs: dict[str, set[str]] = {}
    for term, others, is_kept in rules:
        key = term.replace("\0", " ")
        becomes = {other.replace("\0", " ") for other in others} | ({key} if is_kept else set())
        outputs.setdefault(key, set()).update(becomes)
    return {key: tuple(sorted(others)) for key, others in outputs.items() if others != {key}}


def _words(rules: tuple[Any, ...]) -> Entries:
    """An entry of no characters, which a line of control characters makes, is none to us: no token is so."""
    return {rule[0]: () for rule in rules if rule[0]}


def _pairs(rules: tuple[Any, ...]) -> Entries:
    return {escape_surrogates(key): (escape_surrogates(value),) for key, value in rules}


def _segmented(rules: tuple[Any, ...]) -> Entries:
    return {
        rule[0]: (escape_surrogates(" ".join(rule[1])), " ".join(rule[2]), (rule[3] or [""])[0])
        for rule in rules
    }


def _parts(rules: tuple[Any, ...]) -> Entries:
    return {surface: tuple(map(escape_surrogates, parts)) for surface, parts in rules}


SHOWN = {
    "synonyms": _expansions,
    "wordnet-synonyms": _expansions,
    "kuromoji-user-dictionary": _segmented,
    "nori-user-dictionary": _parts,
    "stemmer-override": _pairs,
    "word-delimiter-types": _pairs,
    "char-mappings": _pairs,
    **dict.fromkeys(
        (
            "stopwords",
            "keep-words",
            "protected-words",
            "keywords",
            "articles",
            "common-words",
            "decompounder-words",
        ),
        _words,
    ),
}
"""How the engine's rules look as entries."""
