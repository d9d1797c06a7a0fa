"""Notes on when search uses a new version, by the engine of each domain."""

from __future__ import annotations

import pytest

from dictionary_deploy.report.reloading import SETTINGS, SUDACHI_NOTE, reload_notes, reloads


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


def test_engines_that_behave_alike_share_a_note() -> None:
    engines = {"a": "OpenSearch_2.11", "b": "7.10", "c": "7.4"}

    notes = reload_notes("synonyms", "F1", ("a", "b", "c", "d"), engines)

    path = "`synonyms_path: analyzers/F1`"
    where = "in search analyzers with `updateable: true`. Reopen or reindex other indices that use it."
    assert notes == (
        f"a (OpenSearch 2.11) and b (Elasticsearch 7.10) reload {path} {where}",
        f"c (Elasticsearch 7.4) does not reload dictionaries. Reopen the indices that use {path}.",
        f"d: engine unknown. OpenSearch and Elasticsearch 7.8 or newer reload {path} {where}",
    )


def test_notes_for_several_domains_have_plural_verbs() -> None:
    assert reload_notes("ik-words", "F1", ("a", "b"), {"a": "7.4", "b": "6.8"}) == (
        (
            "a (Elasticsearch 7.4) and b (Elasticsearch 6.8) do not reload dictionaries."
            " Reopen the indices that use the file `analyzers/F1`."
        ),
    )


def test_kind_without_updateable_names_the_filters_that_have_it() -> None:
    [note] = reload_notes("stopwords", "F1", ("a",), {"a": "OpenSearch_2.11"})

    assert note == (
        "a (OpenSearch 2.11) reloads `stopwords_path: analyzers/F1` only in search analyzers that also have a"
        " `synonym` or `keyword_marker` filter with `updateable: true`."
        " Reopen or reindex other indices that use it."
    )


def test_kind_without_a_setting_is_named_by_its_path() -> None:
    [note] = reload_notes("ik-words", "F1", ("a",), {"a": "6.8"})

    assert "use the file `analyzers/F1`." in note
    assert "ik-words" not in SETTINGS


def test_sudachi_is_used_after_a_blue_green_deployment() -> None:
    assert (SUDACHI_NOTE,) == reload_notes("sudachi", "F1", ("a",), {"a": "OpenSearch_2.11"})


def test_no_domains_give_no_notes() -> None:
    assert () == reload_notes("sudachi", "F1", (), {})
