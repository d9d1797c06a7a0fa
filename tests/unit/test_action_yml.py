from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from dictionary_deploy.settings.inputs import INPUTS

ACTION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "action.yml").read_text(encoding="utf-8"),
)


def test_inputs_are_those_of_the_table_in_order() -> None:
    expected = [
        (each.name, {"description": each.description, "default": each.action_default}) for each in INPUTS
    ]

    assert expected == list(ACTION["inputs"].items())


def test_every_default_is_a_string() -> None:
    assert {str} == {type(each["default"]) for each in ACTION["inputs"].values()}


def test_outputs_match_the_promise_and_have_descriptions() -> None:
    expected = ["result", "changed", "dictionaries", "summary", "comment-url", "failure-reason"]

    assert expected == list(ACTION["outputs"])
    assert all(each.keys() == {"description"} and each["description"] for each in ACTION["outputs"].values())


def test_name_and_description_meet_the_marketplace_limits() -> None:
    # No name of a user, an organization or a category there; several plain words are none.
    assert re.fullmatch(r"[A-Z][a-z]+( [a-z]+){2,5}", ACTION["name"])
    assert 0 < len(ACTION["description"]) <= 125
    assert ACTION["description"].isascii()


def test_image_is_built_or_has_a_digest_in_a_release() -> None:
    assert {"using", "image"} == ACTION["runs"].keys()
    assert "docker" == ACTION["runs"]["using"]
    assert re.fullmatch(r"Dockerfile|docker://ghcr\.io/\S+@sha256:[0-9a-f]{64}", ACTION["runs"]["image"])


def test_action_has_name_and_badge() -> None:
    assert ACTION["name"] == "Deploy search dictionaries"
    assert ACTION["branding"] == {"icon": "book-open", "color": "orange"}
