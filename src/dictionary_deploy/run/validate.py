"""Mode `validate`: read every dictionary, without network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dictionary_deploy.config.conflicts import find_conflicts
from dictionary_deploy.context import RunContext
from dictionary_deploy.decide.result import conclude_unreadable, conclude_validated
from dictionary_deploy.errors import ContentError
from dictionary_deploy.git.worktree import open_dictionary, read_yaml_beside
from dictionary_deploy.model import Config, Dictionary, Report, Result
from dictionary_deploy.run.fix import fix_files
from dictionary_deploy.run.timely_review import review_in_time


def validate(context: RunContext, configs: Sequence[Config], report: Report) -> Report:
    """Validate every dictionary in every environment. The same finding of several is reported once."""
    if context.settings.fix:
        fix_files(context, configs)
    first: dict[str, Dictionary] = {}
    read: dict[Dictionary, Result] = {}
    finders: dict[Result, list[str]] = {}
    for config in configs:
        for dictionary in config.dictionaries:
            as_read = _as_read(dictionary)
            if as_read not in read:
                shown_as = first.setdefault(dictionary.file, dictionary)
                read[as_read] = replace(_read(context, dictionary), dictionary=shown_as)
            finders.setdefault(read[as_read], []).append(config.environment)
    results = [
        replace(result, message=f"In {', '.join(found_in)}: {result.message}")
        if len(found_in) < len(configs)
        else result
        for result, found_in in finders.items()
    ]
    bad = sum(bool(result.reason) for result in results)
    beside = read_yaml_beside(context.settings.workspace, context.settings.config)
    of_environments = (warning for config in configs for warning in config.warnings)
    for warning in dict.fromkeys([*of_environments, *find_conflicts(configs, beside)]):
        context.console.warning(warning)
    note = f"Valid: {len(results) - bad} of {len(results)}."
    shown = tuple(result for result in results if result.reason or result.problems)
    return replace(report, mode="validate", environment="", results=shown, notes=(note,))


def _as_read(dictionary: Dictionary) -> Dictionary:
    """Return the dictionary without the settings that do not affect its validation."""
    return replace(
        dictionary,
        package="",
        domains="none",
        description=None,
        create=False,
        max_shrink=0,
        shrink_to=None,
        take_over=False,
        indices=(),
        apply="none",
        left_out=(),
        line=0,
    )


def _read(context: RunContext, dictionary: Dictionary) -> Result:
    try:
        with open_dictionary(context.settings.workspace, dictionary.file) as source:
            found = review_in_time(
                dictionary, source, None, deadline=context.deadline, interruption=context.interruption
            )
            return conclude_validated(dictionary, found)
    except ContentError as error:
        return conclude_unreadable(dictionary, "", error.explain(in_workflow=context.host.in_workflow))
