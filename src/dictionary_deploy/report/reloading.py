"""When a domain's analyzers read a new version of a dictionary: what to expect, and what to do. Pure.

The new version of a package lies on the domain's disks once its association is ACTIVE. Whether search
uses it then depends on the engine and on the index settings. Source: Amazon OpenSearch Service
Developer Guide, "Importing and managing packages".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

SETTINGS: Mapping[str, str] = {
    "synonyms": "synonyms_path",
    "wordnet-synonyms": "synonyms_path",
    "stopwords": "stopwords_path",
    "keep-words": "keep_words_path",
    "protected-words": "protected_words_path",
    "keywords": "keywords_path",
    "articles": "articles_path",
    "common-words": "common_words_path",
    "decompounder-words": "word_list_path",
    "hyphenation-patterns": "hyphenation_patterns_path",
    "stemmer-override": "rules_path",
    "word-delimiter-types": "type_table_path",
    "char-mappings": "mappings_path",
    "kuromoji-user-dictionary": "user_dictionary",
    "nori-user-dictionary": "user_dictionary",
}
"""The index setting that names the file, by kind. The other kinds have none."""

UPDATEABLE = frozenset({"synonyms", "wordnet-synonyms", "keywords"})
"""The kinds whose filters know the setting `updateable`. An analyzer with such a filter is reloaded whole,
with its tokenizer and its other filters; one without is never (`MapperService.reloadSearchAnalyzers`)."""

FIRST_TO_RELOAD = (7, 8)
"""The Elasticsearch version from which on search analyzers are reloaded; every OpenSearch does it."""

AT_BLUE_GREEN = (
    "Sudachi loads its dictionary at the domain's next blue/green deployment: until then search uses the"
    " old one."
)


def when_used(
    kind: str, package_id: str, domains: Sequence[str], engines: Mapping[str, str]
) -> tuple[str, ...]:
    """When search on `domains` uses the version that is in force there, in plain sentences.

    `engines` has the engine version as AWS spells it (`7.10`, `OpenSearch_2.11`) of the domains whose
    engine is known.
    """
    if not domains:
        return ()
    if kind == "sudachi":
        return (AT_BLUE_GREEN,)
    path = f"analyzers/{package_id}"
    setting = f"{SETTINGS[kind]}: {path}" if kind in SETTINGS else f"the file {path}"
    unknown = [name for name in domains if name not in engines]
    old = [name for name in domains if name in engines and not reloads(engines[name])]
    new = [name for name in domains if name in engines and reloads(engines[name])]
    told = []
    where = _WHERE if kind in UPDATEABLE else _WHERE_BESIDE
    if new:
        told.append(f"{_and(new, engines)} reload{_s(new)} {setting} {where}; {_ELSEWHERE}.")
    if old:
        told.append(
            f"{_and(old, engines)} reload{_s(old)} nothing: close and open the indices that use {setting}."
        )
    if unknown:
        told.append(
            f"{_and(unknown, engines)}: OpenSearch, and Elasticsearch from 7.8 on, reload {setting}"
            f" {where}; {_ELSEWHERE}, as on older engines."
        )
    return tuple(told)


_WHERE = "in search analyzers that are updateable: true"
_WHERE_BESIDE = (
    "only in search analyzers that also have a synonym or keyword_marker filter with updateable: true"
)
_ELSEWHERE = "elsewhere close and open the index, or reindex"


def reloads(engine: str) -> bool:
    """Whether the service reloads search analyzers on this engine (`7.10`, `OpenSearch_2.11`)."""
    brand, _, version = engine.rpartition("_")
    numbers = tuple(int(digits) for digits in re.findall("[0-9]{1,9}", version)[:2])
    return brand == "OpenSearch" or numbers >= FIRST_TO_RELOAD


def _and(names: Sequence[str], engines: Mapping[str, str]) -> str:
    """`a (OpenSearch 2.11) and b (Elasticsearch 7.4)`."""
    shown = [f"{name} ({_engine(engines[name])})" if name in engines else name for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _engine(version: str) -> str:
    return version.replace("_", " ") if "_" in version else f"Elasticsearch {version}"


def _s(names: Sequence[str]) -> str:
    return "s" if len(names) == 1 else ""
