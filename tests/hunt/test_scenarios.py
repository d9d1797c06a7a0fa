"""Past findings of the hunter and deliberate user actions, replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hunt.scenario import play

SCENARIOS = sorted((Path(__file__).parents[1] / "data" / "hunt").glob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_past_violations_do_not_recur(path: Path) -> None:
    world = play(path.read_text(encoding="utf-8").splitlines())

    assert world.tried["converged"] > 0
