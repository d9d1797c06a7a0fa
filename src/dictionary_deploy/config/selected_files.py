"""Check the files of the input `only` against the configuration."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import Config


def check_only(configs: Sequence[Config], only: Sequence[str]) -> None:
    """Raise DeployError if none of the configurations, of one file, has a selected file."""
    files = [dictionary.file for config in configs for dictionary in config.dictionaries]
    if missing := [file for file in only if file not in files]:
        raise _unknown(missing, [*dict.fromkeys(files)], configs[0].path)


def _unknown(missing: Sequence[str], files: Sequence[str], path: str) -> DeployError:
    similar = difflib.get_close_matches(missing[0], files, 1)
    remedy = f"Did you mean {similar[0]}?" if similar else f"Its files are: {', '.join(files)}."
    names = ", ".join(missing)
    return DeployError("invalid-config", f"`only` has files that are missing in {path}: {names}.", remedy)
