from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from docs import rules

from tests.engines.jars import EngineUnavailable, pins
from tests.engines.judge import Judge, running_judge

VERSIONS = (os.environ.get("VERSIONS") or " ".join(rules.VERSIONS)).split()


@pytest.fixture(scope="session", params=[*pins()] if VERSIONS == ["all"] else VERSIONS)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """Yield one node at a time: pytest runs all tests of a version before it starts the next."""
    try:
        with running_judge(request.param) as judge:
            yield judge
    except EngineUnavailable as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
