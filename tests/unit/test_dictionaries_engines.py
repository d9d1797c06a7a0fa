"""Engines by the names of the configuration."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dictionary_deploy.config import parse_config
from dictionary_deploy.dictionaries.engines import engine_of
from dictionary_deploy.errors import ConfigError

FILE = """
bucket: search-dictionaries
domains: associated
dictionaries: [{{file: a.txt, package: words, kind: stopwords, engine: {}}}]
"""


@pytest.mark.parametrize(
    ("patch", "minor"),
    [
        ("opensearch-1.3.11", "opensearch-1.3"),
        ("opensearch-2.19.6", "opensearch-2.19"),
        ("opensearch-2.4.x", "opensearch-2.4"),
        ("elasticsearch-7.10.2", "elasticsearch-7.10"),
        ("elasticsearch-7.4.2", "elasticsearch-7.4"),
    ],
)
def test_patch_version_has_the_rules_of_its_minor_version(patch: str, minor: str) -> None:
    (dictionary,) = parse_config(FILE.format(patch).encode(), "dictionaries.yml", "").dictionaries

    assert engine_of(minor) == replace(engine_of(dictionary.engine), name=minor)


@pytest.mark.parametrize(
    ("name", "has_comments"), [("1.3.10", True), ("1.3.9", True), ("1.3.20", False), ("1.3.x", False)]
)
def test_patch_version_of_opensearch_1_3_sets_comments_in_mappings(name: str, *, has_comments: bool) -> None:
    (dictionary,) = parse_config(
        FILE.format(f"opensearch-{name}").encode(), "dictionaries.yml", ""
    ).dictionaries

    assert engine_of(dictionary.engine).comments_in_mappings is has_comments


@pytest.mark.parametrize(
    "name", ["opensearch-2.x.1", "opensearch-2.19.6.1", "opensearch-2", "opensearch-2.1."]
)
def test_other_version_is_a_fault(name: str) -> None:
    with pytest.raises(ConfigError, match="'engine' cannot be"):
        parse_config(FILE.format(name).encode(), "dictionaries.yml", "")
