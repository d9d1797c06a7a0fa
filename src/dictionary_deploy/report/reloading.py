"""The steps before search uses the active version of a dictionary. Pure.

A new version is on the domain's disks once its association is ACTIVE. Whether search uses it depends on
the kind, the engine and the index settings. Source: Amazon OpenSearch Service Developer Guide, "Importing
and managing packages", and nodes of OpenSearch 2.19 and 3.8.
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

UPDATEABLE = frozenset({"synonyms", "wordnet-synonyms"})
"""The kinds whose filters reload with `updateable: true`. An analyzer with such a filter is reloaded with its
tokenizer and all its filters. `keyword_marker` has the setting too, but nodes ignore it."""

SEARCH_KINDS = UPDATEABLE | {"stopwords"}
"""The kinds that search analyzers alone may use. The others change the tokens of documents as well:
tokenizers, mappings, decompounders, stemming. Documents keep their tokens until they are reindexed."""

MIN_ELASTICSEARCH = (7, 8)
"""The first Elasticsearch version that reloads search analyzers. Every OpenSearch version does."""

NO_ACTION = "Nothing, if only search analyzers with `updateable: true` use it."

_OLD_TOKENS = "documents keep their old tokens until they are reindexed"


def domains_to_act_on(kind: str, domains: Sequence[str], engines: Mapping[str, str]) -> list[str]:
    """Return the domains whose indices must be reopened or reindexed to use a new version.

    `engines` maps a domain to its engine version as AWS spells it (`7.10`, `OpenSearch_2.11`). Domains
    whose engine is unknown are missing.
    """
    return [name for name in domains if kind not in UPDATEABLE or not reloads(engines.get(name, ""))]


def search_action(kind: str, package_id: str, domains: str) -> str:
    """Return the action before search on `domains` uses the active version, in a sentence."""
    if kind == "sudachi":
        return f"Wait for a blue/green deployment of {domains}, then reindex the indices that use Sudachi."
    users = f"the indices on {domains} that use {_setting(kind, package_id)}"
    if kind in SEARCH_KINDS:
        return f"Reopen {users}; reindex those with it in an index analyzer."
    return f"Reindex {users}."


def reload_notes(
    kind: str, package_id: str, domains: Sequence[str], engines: Mapping[str, str]
) -> tuple[str, ...]:
    """Return notes on when search on `domains` uses the active version, one per group of engines."""
    if not domains:
        return ()
    if kind == "sudachi":
        return (f"Sudachi loads its dictionary at the domain's next blue/green deployment; {_OLD_TOKENS}.",)
    setting = _setting(kind, package_id)
    if kind not in SEARCH_KINDS:
        note = f"{setting} changes what is indexed: {_OLD_TOKENS}. Search alone uses it after a reopen."
        return (f"{note[0].upper()}{note[1:]}",)
    analyzers = _UPDATEABLE_ANALYZERS if kind in UPDATEABLE else _OTHER_ANALYZERS
    unknown = [name for name in domains if name not in engines]
    old = [name for name in domains if name in engines and not reloads(engines[name])]
    new = [name for name in domains if name in engines and reloads(engines[name])]
    notes = []
    if new:
        verb = "reloads" if len(new) == 1 else "reload"
        notes.append(f"{_domain_list(new, engines)} {verb} {setting} {analyzers}. {_OTHER_INDICES}")
    if old:
        verb = "does" if len(old) == 1 else "do"
        notes.append(
            f"{_domain_list(old, engines)} {verb} not reload dictionaries: reopen the indices that use"
            f" {setting}. {_INDEX_ANALYZERS}"
        )
    if unknown:
        notes.append(
            f"{_domain_list(unknown, engines)}: engine unknown. OpenSearch and Elasticsearch 7.8 or newer"
            f" reload {setting} {analyzers}. {_OTHER_INDICES}"
        )
    return tuple(notes)


_UPDATEABLE_ANALYZERS = "in search analyzers with `updateable: true`"
_OTHER_ANALYZERS = "only in search analyzers that also have a synonym filter with `updateable: true`"
_INDEX_ANALYZERS = "Reindex where an index analyzer uses it: documents keep their old tokens."
_OTHER_INDICES = f"Reopen other indices that use it. {_INDEX_ANALYZERS}"


def _setting(kind: str, package_id: str) -> str:
    path = f"analyzers/{package_id}"
    return f"`{SETTINGS[kind]}: {path}`" if kind in SETTINGS else f"the file `{path}`"


def reloads(engine: str) -> bool:
    """Return True if the service reloads search analyzers on this engine (`7.10`, `OpenSearch_2.11`)."""
    brand, _, version = engine.rpartition("_")
    numbers = tuple(int(digits) for digits in re.findall("[0-9]{1,9}", version)[:2])
    return brand == "OpenSearch" or numbers >= MIN_ELASTICSEARCH


def _domain_list(names: Sequence[str], engines: Mapping[str, str]) -> str:
    """Return the names with their engines: `a (OpenSearch 2.11) and b (Elasticsearch 7.4)`."""
    shown = [f"{name} ({_engine(engines[name])})" if name in engines else name for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _engine(version: str) -> str:
    return version.replace("_", " ") if "_" in version else f"Elasticsearch {version}"
