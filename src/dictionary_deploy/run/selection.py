"""Apply the inputs `only` and `allow-shrink` to a configuration."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from dictionary_deploy.errors import DeployError
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.model import Config, Result
from dictionary_deploy.settings import Settings

NO_LIMIT = 100
"""The value of `max-shrink` that allows any loss."""


def select(config: Config, settings: Settings, trigger: Trigger) -> tuple[Config, list[Result]]:
    """Return the configuration with the selected dictionaries, and a result for each of the others.

    Raises DeployError if the configuration does not have a selected file.
    """
    files = [dictionary.file for dictionary in config.dictionaries]
    if missing := [file for file in settings.only if file not in files]:
        raise _unknown(missing, files, config.path)
    chosen, left_out = [], []
    for dictionary in config.dictionaries:
        if not settings.only or dictionary.file in settings.only:
            allowed = NO_LIMIT if settings.allow_shrink else dictionary.max_shrink
            chosen.append(replace(dictionary, max_shrink=allowed))
        else:
            message = "The input `only` leaves it out."
            planned = trigger.mode == "plan"
            left_out.append(Result(dictionary, "skipped", message, planned, commit=trigger.commit))
    return replace(config, dictionaries=tuple(chosen)), left_out


def _unknown(missing: Sequence[str], files: Sequence[str], path: str) -> DeployError:
    similar = difflib.get_close_matches(missing[0], files, 1)
    remedy = f"Did you mean {similar[0]}?" if similar else f"Its files are: {', '.join(files)}."
    names = ", ".join(missing)
    return DeployError("invalid-config", f"`only` has files that {path} does not have: {names}.", remedy)
