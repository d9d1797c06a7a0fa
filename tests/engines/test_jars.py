"""The pins of the engines, without running one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.engines.jars import EngineUnavailable, pins
from tests.engines.node import find_java

NIGHTLY = Path(__file__).parents[2] / ".github/workflows/nightly.yml"


def test_nightly_runs_every_pinned_version() -> None:
    job = yaml.safe_load(NIGHTLY.read_text("utf-8"))["jobs"]["engines"]

    assert [*pins()] == job["strategy"]["matrix"]["version"]


def test_every_jar_of_a_version_has_a_checksum() -> None:
    for version, pin in pins().items():
        assert {*pin.roots} <= {*pin.jars}, version
        assert {64} == {len(checksum) for checksum in pin.jars.values()}


def test_missing_java_is_reported_with_the_variable_to_set() -> None:
    with pytest.raises(EngineUnavailable, match=r"JDK of Java 3 or 2 is missing\..*set JAVA_HOME_3 to"):
        find_java((3, 2))
