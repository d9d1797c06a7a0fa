"""The compiled schema gives the verdicts of jsonschema."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.config.schema import full_validator, is_valid

VALIDATOR = full_validator()

BASE: dict[str, Any] = {
    "bucket": "acme-dictionaries",
    "domains": "associated",
    "prefix": "dictionaries",
    "take-over": False,
    "service": "es",
    "dictionaries": [
        {
            "file": "synonyms.txt",
            "package": "synonyms",
            "kind": "synonyms",
            "domains": ["search-prod"],
            "max-shrink": 20,
            "ignore": ["chain"],
            "analyzer": {"tokenizer": "standard", "stopwords": ["the"]},
        }
    ],
    "environments": {"production": {"domains": "none", "dictionaries": [{"file": "synonyms.txt"}]}},
}

LITERALS: list[Any] = [
    *(None, False, True, -1, 0, 5, 100, 101, 5.0, 5.5, float("nan")),
    *("", "a", "a\n", "F1", "es", "G123", "x" * 600),
    *([], {}, [[]], [1, True], ["associated"], ["search-prod"], ["search-prod", "search-prod"]),
]
KEYS = ["branch", "region", "expand", "unknown", "a b", "filter"]

values = st.sampled_from(LITERALS).map(copy.deepcopy) | st.text(max_size=5)
steps = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> Any:
    """Return a valid document with up to three values or keys replaced, removed or added."""
    document = copy.deepcopy(BASE)
    for _ in range(draw(st.integers(0, 3))):
        place: Any = document
        for step in draw(steps):
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys or not isinstance(place[keys[step % len(keys)]], dict | list):
                break
            place = place[keys[step % len(keys)]]
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if isinstance(place, list):
            place.append(draw(values))
        elif change == "add" or not place:
            place[draw(st.sampled_from(["branch", "region", "expand", "unknown", "a b", "filter"]))] = draw(
                values
            )
        elif change == "replace":
            place[draw(st.sampled_from(sorted(place)))] = draw(values)
        else:
            del place[draw(st.sampled_from(sorted(place)))]
    return document


@given(document=documents() | values)
def test_verdict_is_that_of_jsonschema(document: Any) -> None:
    assert is_valid(document) == (not list(VALIDATOR.iter_errors(document)))
