"""Notes on when search uses a new version, by the engine of each domain."""

from __future__ import annotations

import pytest

from dictionary_deploy.dictionaries import KINDS
from dictionary_deploy.report.reloading import (
    SETTINGS,
    domains_to_act_on,
    reload_notes,
    reloads,
    search_action,
)


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("OpenSearch_1.0", True),
        ("OpenSearch_2.11", True),
        ("Elasticsearch_7.10", True),
        ("7.10", True),
        ("7.8", True),
        ("7.7", False),
        ("Elasticsearch_6.8", False),
        ("5.6", False),
        ("", False),
    ],
)
def test_opensearch_and_elasticsearch_7_8_reload(engine: str, *, expected: bool) -> None:
    assert expected == reloads(engine)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("synonyms", ["old", "unknown"]),
        ("wordnet-synonyms", ["old", "unknown"]),
        *((kind, ["new", "old", "unknown"]) for kind in KINDS if "synonyms" not in kind),
    ],
)
def test_synonyms_alone_reload_and_only_on_newer_engines(kind: str, expected: list[str]) -> None:
    """`keyword_marker` does not reload on nodes of OpenSearch 2.19 and 3.8 although it has `updateable`."""
    engines = {"new": "OpenSearch_2.19", "old": "7.4"}

    assert expected == domains_to_act_on(kind, ("new", "old", "unknown"), engines)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_that_change_what_is_indexed_need_a_reindex(kind: str) -> None:
    action = search_action(kind, "F1", "a, b")

    needs_reindex = kind not in {"synonyms", "wordnet-synonyms", "stopwords"}
    assert needs_reindex == action.startswith(("Reindex the indices on a, b", "Wait for a blue/green"))
    assert "reindex" in action.lower()


INDEXED = "Reindex where an index analyzer uses it: documents keep their old tokens."


def test_engines_that_behave_alike_share_a_note() -> None:
    engines = {"a": "OpenSearch_2.11", "b": "7.10", "c": "7.4"}

    notes = reload_notes("synonyms", "F1", ("a", "b", "c", "d"), engines)

    path = "`synonyms_path: analyzers/F1`"
    where = f"in search analyzers with `updateable: true`. Reopen other indices that use it. {INDEXED}"
    assert notes == (
        f"a (OpenSearch 2.11) and b (Elasticsearch 7.10) reload {path} {where}",
        f"c (Elasticsearch 7.4) does not reload dictionaries: reopen the indices that use {path}. {INDEXED}",
        f"d: engine unknown. OpenSearch and Elasticsearch 7.8 or newer reload {path} {where}",
    )


def test_notes_for_several_domains_have_plural_verbs() -> None:
    assert reload_notes("stopwords", "F1", ("a", "b"), {"a": "7.4", "b": "6.8"}) == (
        (
            "a (Elasticsearch 7.4) and b (Elasticsearch 6.8) do not reload dictionaries:"
            f" reopen the indices that use `stopwords_path: analyzers/F1`. {INDEXED}"
        ),
    )


def test_stopwords_reload_with_a_synonym_filter() -> None:
    [note] = reload_notes("stopwords", "F1", ("a",), {"a": "OpenSearch_2.11"})

    assert note == (
        "a (OpenSearch 2.11) reloads `stopwords_path: analyzers/F1` only in search analyzers that also have a"
        f" synonym filter with `updateable: true`. Reopen other indices that use it. {INDEXED}"
    )


def test_kind_without_a_setting_is_named_by_its_path() -> None:
    [note] = reload_notes("ik-words", "F1", ("a",), {"a": "6.8"})

    assert note.startswith("The file `analyzers/F1` changes what is indexed: documents keep their old tokens")
    assert "ik-words" not in SETTINGS


def test_sudachi_is_used_after_a_blue_green_deployment() -> None:
    [note] = reload_notes("sudachi", "F1", ("a",), {"a": "OpenSearch_2.11"})

    assert note.startswith("Sudachi loads its dictionary at the domain's next blue/green deployment")


def test_no_domains_give_no_notes() -> None:
    assert () == reload_notes("sudachi", "F1", (), {})
