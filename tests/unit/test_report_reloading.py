"""When search uses a new version goes by the engine of each domain."""

from __future__ import annotations

import pytest

from dictionary_deploy.report.reloading import AT_BLUE_GREEN, SETTINGS, reloads, when_used


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
def test_opensearch_and_elasticsearch_from_7_8_on_reload(engine: str, *, expected: bool) -> None:
    assert expected == reloads(engine)


def test_each_way_of_reloading_is_one_sentence() -> None:
    engines = {"a": "OpenSearch_2.11", "b": "7.10", "c": "7.4"}

    told = when_used("synonyms", "F1", ("a", "b", "c", "d"), engines)

    path = "synonyms_path: analyzers/F1"
    where = "in search analyzers that are updateable: true; elsewhere close and open the index, or reindex"
    assert told == (
        f"a (OpenSearch 2.11) and b (Elasticsearch 7.10) reload {path} {where}.",
        f"c (Elasticsearch 7.4) reloads nothing: close and open the indices that use {path}.",
        f"d: OpenSearch, and Elasticsearch from 7.8 on, reload {path} {where}, as on older engines.",
    )


def test_what_no_filter_can_update_by_itself_is_reloaded_beside_a_filter_that_can() -> None:
    [told] = when_used("stopwords", "F1", ("a",), {"a": "OpenSearch_2.11"})

    assert told == (
        "a (OpenSearch 2.11) reloads stopwords_path: analyzers/F1 only in search analyzers that also have a"
        " synonym or keyword_marker filter with updateable: true; elsewhere close and open the index, or"
        " reindex."
    )


def test_a_kind_without_a_setting_is_told_by_its_path() -> None:
    [told] = when_used("ik-words", "F1", ("a",), {"a": "6.8"})

    assert "use the file analyzers/F1." in told
    assert "ik-words" not in SETTINGS


def test_sudachi_waits_for_the_next_blue_green_deployment() -> None:
    assert (AT_BLUE_GREEN,) == when_used("sudachi", "F1", ("a",), {"a": "OpenSearch_2.11"})


def test_without_domains_there_is_nothing_to_reload() -> None:
    assert () == when_used("sudachi", "F1", (), {})
