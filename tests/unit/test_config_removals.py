"""Tests of the notes about removed dictionaries and domains."""

from __future__ import annotations

import pytest

from dictionary_deploy.config.removals import KEPT, find_removals
from dictionary_deploy.model import Config, Dictionary, Domains


def config(*dictionaries: Dictionary) -> Config:
    return Config("d.yml", "bucket", "dictionaries", None, "es", None, None, dictionaries)


def words(domains: Domains = "associated", package: str = "words") -> Dictionary:
    return Dictionary("words.txt", package, "stopwords", domains)


def test_removed_dictionary_is_named_with_its_package() -> None:
    told = "words.txt is removed from the configuration. Package words and its domains keep their version."

    assert (f"{told} {KEPT}",) == find_removals(config(words()), config(words(package="others")))


@pytest.mark.parametrize(
    ("before", "after", "removed"),
    [
        (("a", "b"), ("b",), "a"),
        (("a", "b"), "none", "a, b"),
        ("associated", ("a",), "associated domains except a"),
        ("associated", "none", "associated domains"),
    ],
)
def test_removed_domains_are_named(before: Domains, after: Domains, removed: str) -> None:
    [note] = find_removals(config(words(before)), config(words(after)))

    told = f"New versions of package words would no longer go to {removed}."
    assert note == f"{told} The current one stays there. {KEPT}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("associated", "associated"),
        (("a",), ("a", "b")),
        (("a", "b"), ("b", "a")),
        (("a",), "associated"),
        ("none", ("a",)),
        ("none", "none"),
    ],
)
def test_kept_and_added_domains_are_not_named(before: Domains, after: Domains) -> None:
    assert () == find_removals(config(words(before)), config(words(after)))
