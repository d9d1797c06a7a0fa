"""Notes on when a domain's analyzers read a new version of a dictionary. Pure.

A new version is on the domain's disks once its association is ACTIVE. Whether search uses it depends on
the engine and on the index settings. Source: Amazon OpenSearch Service Developer Guide, "Importing and
managing packages".
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
"""The index setting that contains the file's path, by kind. The other kinds have no such setting."""

UPDATEABLE = frozenset({"synonyms", "wordnet-synonyms", "keywords"})
"""The kinds whose filters have the setting `updateable`. An analyzer with such a filter is reloaded with its
tokenizer and all its filters; one without is never reloaded (`MapperService.reloadSearchAnalyzers`)."""

MIN_ELASTICSEARCH = (7, 8)
"""The first Elasticsearch version that reloads search analyzers. Every OpenSearch version does."""

SUDACHI_NOTE = (
    "Sudachi loads its dictionary at the domain's next blue/green deployment. Until then search uses the old"
    " dictionary."
)


def reload_notes(
    kind: str, package_id: str, domains: Sequence[str], engines: Mapping[str, str]
) -> tuple[str, ...]:
    """Return notes on when search on `domains` uses the active version, one per group of engines.

    `engines` maps a domain to its engine version as AWS spells it (`7.10`, `OpenSearch_2.11`). Domains
    whose engine is unknown are missing.
    """
    if not domains:
        return ()
    if kind == "sudachi":
        return (SUDACHI_NOTE,)
    path = f"analyzers/{package_id}"
    setting = f"`{SETTINGS[kind]}: {path}`" if kind in SETTINGS else f"the file `{path}`"
    analyzers = _UPDATEABLE_ANALYZERS if kind in UPDATEABLE else _OTHER_ANALYZERS
    unknown = [name for name in domains if name not in engines]
    old = [name for name in domains if name in engines and not reloads(engines[name])]
    new = [name for name in domains if name in engines and reloads(engines[name])]
    notes = []
    if new:
        verb = "reloads" if len(new) == 1 else "reload"
        notes.append(f"{_listed(new, engines)} {verb} {setting} {analyzers}. {_OTHER_INDICES}")
    if old:
        verb = "does" if len(old) == 1 else "do"
        notes.append(
            f"{_listed(old, engines)} {verb} not reload dictionaries. Reopen the indices that use {setting}."
        )
    if unknown:
        notes.append(
            f"{_listed(unknown, engines)}: engine unknown. OpenSearch and Elasticsearch 7.8 or newer reload"
            f" {setting} {analyzers}. {_OTHER_INDICES}"
        )
    return tuple(notes)


_UPDATEABLE_ANALYZERS = "in search analyzers with `updateable: true`"
_OTHER_ANALYZERS = (
    "only in search analyzers that also have a `synonym` or `keyword_marker` filter with `updateable: true`"
)
_OTHER_INDICES = "Reopen or reindex other indices that use it."


def reloads(engine: str) -> bool:
    """Return True if the service reloads search analyzers on this engine (`7.10`, `OpenSearch_2.11`)."""
    brand, _, version = engine.rpartition("_")
    numbers = tuple(int(digits) for digits in re.findall("[0-9]{1,9}", version)[:2])
    return brand == "OpenSearch" or numbers >= MIN_ELASTICSEARCH


def _listed(names: Sequence[str], engines: Mapping[str, str]) -> str:
    """Return the names with their engines: `a (OpenSearch 2.11) and b (Elasticsearch 7.4)`."""
    shown = [f"{name} ({_engine(engines[name])})" if name in engines else name for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _engine(version: str) -> str:
    return version.replace("_", " ") if "_" in version else f"Elasticsearch {version}"
