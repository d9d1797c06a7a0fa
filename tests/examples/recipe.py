"""The files of examples/, and the parts of them that tests run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def text(name: str) -> str:
    return (EXAMPLES / name).read_text(encoding="utf-8")


def workflow(name: str) -> dict[Any, Any]:
    """Return a workflow; its triggers have the key True, since YAML 1.1 parses `on` so."""
    found: dict[Any, Any] = yaml.safe_load(text(name))
    return found


def job(name: str) -> dict[str, Any]:
    """Return the only job of a workflow."""
    [found] = workflow(name)["jobs"].values()
    return dict(found)


def step(name: str, title: str) -> dict[str, Any]:
    """Return the step with this name in the only job of a workflow."""
    [found] = [each for each in job(name)["steps"] if each.get("name") == title]
    return dict(found)


WORKFLOWS = sorted(path.name for path in EXAMPLES.glob("*.yml") if "\njobs:\n" in path.read_text("utf-8"))
