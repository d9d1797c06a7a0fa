"""Print the files of the pure modules for `make coverage`: those of the contract `pure` in pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]

if __name__ == "__main__":
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (pure,) = (contract for contract in settings["contracts"] if contract.get("id") == "pure")
    paths = (f"src/{module.replace('.', '/')}" for module in pure["source_modules"])
    print(",".join(f"{path}.py,{path}/*" for path in paths))  # noqa: T201 for the Makefile
