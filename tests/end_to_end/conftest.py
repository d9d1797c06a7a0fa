"""The scene of the end-to-end tests: empty services, a repository with one commit, a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.scene import Scene, set_scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with set_scene(tmp_path) as scene:
        yield scene
