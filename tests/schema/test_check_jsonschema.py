"""The schema in check-jsonschema: it accepts and refuses the same files as our own check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "src" / "dictionary_deploy" / "dictionaries.schema.json"
DATA = ROOT / "tests" / "data" / "config"
MISTAKEN = sorted((DATA / "mistaken").glob("*.yml"))
RIGHT = [*sorted((ROOT / "examples").glob("dictionaries*.yml")), DATA / "every_key.yml"]
BEYOND_A_SCHEMA = {
    "apply_without_indices.yml",
    "environments_that_meet.yml",
    "environments_with_their_own_dictionaries.yml",
    "twice.yml",
}
"""Errors that only our own check finds: relations between entries and environments, repeated keys."""

pytestmark = pytest.mark.slow


def refused(files: list[Path]) -> set[str]:
    """Return the names of the files that the schema, or YAML, refuses."""
    command = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run(
        [command, "--schemafile", SCHEMA, "--output-format", "json", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    return {
        Path(each["filename"]).name for each in [*found.get("errors", ()), *found.get("parse_errors", ())]
    }


def test_every_example_is_accepted() -> None:
    assert set() == refused(RIGHT)


def test_every_error_that_a_schema_can_express_is_refused() -> None:
    assert {each.name for each in MISTAKEN} - BEYOND_A_SCHEMA == refused(MISTAKEN)
