"""Generate docs/rules.md from the docstrings of the validation rules."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from dictionary_deploy.dictionaries import KINDS, Kind
from dictionary_deploy.dictionaries.word_lists import read_words

INTRODUCTION = """\
# Rules

What does validation flag, and how do I fix it?

An *error* is content that the search engine rejects, or that makes the whole dictionary do nothing. It is not
deployed. A *warning* is content that the engine accepts and that users rarely intend. Warnings that files
often share, such as duplicates, are reported once, with the first lines. To skip a rule for a file, set
`ignore: [its-id]`.

*Engine* quotes the engine's message; without it, the engine accepts the file silently. The engine's line
numbers skip blank lines; those of reports do not. Each example shows a fix. *Word lists* are `stopwords`,
`keep-words`, `protected-words`, `keywords`, `articles`, `common-words` and `decompounder-words`.

*Verified with* names the engines that read the files of the rule's tests in CI and agree with it
([how](maintaining.md#how-does-the-search-engine-read-a-file)). The plugins IK and Sudachi cannot run there,
nor can nori of OpenSearch 2. For `kuromoji-user-dictionary` and `nori-user-dictionary`, Lucene 8.8 stands for
the older engines.
"""
WIDTH = 125
VERSIONS = ("7.10.2", "2.19.6", "3.9.0")
"""The engines that CI runs. tests/engines proves the kinds that each reads."""
VERSIONS_OF: Mapping[str, Sequence[str]] = {
    "kuromoji-user-dictionary": VERSIONS[1:],
    "nori-user-dictionary": VERSIONS[2:],
    "ik-words": (),
    "sudachi": (),
}
"""Engines of the kinds that not all of them read."""
WITHOUT_ENGINE = frozenset({"text", "binary"})
WORD_LISTS = [name for name, kind in KINDS.items() if kind.read is read_words]


def page(kinds: Mapping[str, Kind]) -> str:
    """Return the page: rules of several kinds, then those of each kind."""
    sections: dict[str, list[str]] = {"Several kinds": [], **{f"`{name}`": [] for name in kinds}}
    for rule, severities in _severities(kinds).items():
        title = "Several kinds" if len(severities) > 1 else f"`{next(iter(severities))}`"
        text = documentation(rule, kinds.values()).removeprefix("Flag ")
        joined = re.sub(r"\n\n(?!Engine:|Fix:|[-+ ] )", "\n", text)
        paragraphs = map(_paragraph, f"{_scope(severities, kinds)}: {joined}".split("\n\n"))
        sections[title] += [f"### `{rule}`", *paragraphs, _paragraph(_verified(severities))]
    parts = ([f"## {title}", *paragraphs] for title, paragraphs in sections.items() if paragraphs)
    return "\n\n".join((INTRODUCTION.rstrip(), *chain.from_iterable(parts))) + "\n"


def _verified(kinds: Iterable[str]) -> str:
    """Return the engines that read the kinds, and the kinds that no engine reads here."""
    by_versions = defaultdict[Sequence[str], list[str]](list)
    for kind in kinds:
        if kind not in WITHOUT_ENGINE:
            by_versions[VERSIONS_OF.get(kind, VERSIONS)].append(kind)
    unverified = by_versions.pop((), [])
    parts = []
    for number, (versions, names) in enumerate(by_versions.items()):
        scope = f" in {_listed(names)}" if number else ""
        parts.append(f"{_engines(versions)}{scope}")
    verified = f"Verified with: {'; '.join(parts)}." if parts else ""
    missing = f"Not verified in {_listed(unverified)}: no engine here reads it." if unverified else ""
    return " ".join(filter(None, (verified, missing)))


def _engines(versions: Sequence[str]) -> str:
    names = [f"{'Elasticsearch' if each.startswith('7.') else 'OpenSearch'} {each}" for each in versions]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def documentation(rule: str, kinds: Iterable[Kind]) -> str:
    """Return the docstring of a rule. Raises ValueError if it has none, or several different ones."""
    functions = (each.find for kind in kinds for each in kind.rules if each.id == rule)
    docstrings = {inspect.cleandoc(find.__doc__) for find in functions if find.__doc__}
    if len(docstrings) != 1:
        raise ValueError(f"The rule {rule} has {len(docstrings)} docstrings. Write one.")
    return docstrings.pop()


def _severities(kinds: Mapping[str, Kind]) -> Mapping[str, dict[str, str]]:
    """Return for each rule its severity by kind."""
    found = defaultdict[str, dict[str, str]](dict)
    for kind in kinds.values():
        for rule in kind.rules:
            found[rule.id][kind.name] = rule.severity
    return found


def _scope(severities: Mapping[str, str], kinds: Iterable[str]) -> str:
    """Return the severity, with the kinds if there are several."""
    if len(severities) == 1:
        return f"**{next(iter(severities.values())).capitalize()}**"
    by_severity = defaultdict[str, list[str]](list)
    for kind, severity in severities.items():
        by_severity[severity].append(kind)
    others = [kind for kind in kinds if kind not in severities]
    if len(by_severity) == 1 and len(others) < len(severities) / 2:
        return f"**{next(iter(by_severity)).capitalize()}** in all kinds except {_listed(others)}"
    text = ", ".join(f"**{severity}** in {_listed(names)}" for severity, names in by_severity.items())
    return f"**{text[2].upper()}{text[3:]}"


def _listed(names: Sequence[str]) -> str:
    """Return the names of kinds, with all word lists as one."""
    if not set(WORD_LISTS) - set(names):
        names = [name for name in names if name not in WORD_LISTS]
        return ", ".join(("word lists", *(f"`{name}`" for name in names)))
    return ", ".join(f"`{name}`" for name in names)


def _paragraph(text: str) -> str:
    if re.match("[-+ ] ", text):
        return f"```diff\n{text}\n```"
    text = re.sub("^(Engine|Fix|Verified with):", r"**\1:**", " ".join(text.split()))
    # Code is not wrapped.
    solid = re.sub("`[^`]+`", lambda code: code[0].replace(" ", "\0"), text)
    wrapped = textwrap.fill(solid, WIDTH, break_long_words=False, break_on_hyphens=False)
    return wrapped.replace("\0", " ")
