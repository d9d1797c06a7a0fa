"""Apply the inputs `only` and `allow-shrink` to a configuration."""

from __future__ import annotations

from dataclasses import replace

from dictionary_deploy.config.selected_files import check_only
from dictionary_deploy.events.trigger import Trigger
from dictionary_deploy.model import Config, Result
from dictionary_deploy.settings import Settings

NO_LIMIT = 100
"""The value of `max-shrink` that allows any loss."""


def select(config: Config, settings: Settings, trigger: Trigger) -> tuple[Config, list[Result]]:
    """Return the configuration with the selected dictionaries, and a result for each of the others.

    Raises DeployError if the configuration does not have a selected file.
    """
    check_only([config], settings.only)
    selected, skipped = [], []
    for dictionary in config.dictionaries:
        if not settings.only or dictionary.file in settings.only:
            allowed = NO_LIMIT if settings.allow_shrink else dictionary.max_shrink
            selected.append(replace(dictionary, max_shrink=allowed))
        else:
            message = "The input `only` does not select it."
            planned = trigger.mode == "plan"
            skipped.append(Result(dictionary, "skipped", message, planned, commit=trigger.commit))
    return replace(config, dictionaries=tuple(selected)), skipped
