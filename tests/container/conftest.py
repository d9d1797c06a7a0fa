from __future__ import annotations

import os

import pytest

from .runner import ROOT, Engine, find_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    found = find_engine()
    if found is None and not os.environ.get("CI"):
        pytest.skip("neither docker nor podman answers")
    assert found is not None, "neither docker nor podman answers"
    return found


@pytest.fixture(scope="session")
def image(engine: Engine) -> str:
    """The action's image, built as the runner builds it; it stays, and so do its layers for the next time."""
    tag = "localhost/dictionary-deploy:test"
    engine("build", "--quiet", "--tag", tag, str(ROOT))
    return tag
