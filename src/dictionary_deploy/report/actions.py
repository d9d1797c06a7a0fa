"""The user's action before search uses a version. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dictionary_deploy.model import CHANGES, DomainPackage, Result
from dictionary_deploy.report.indices import index_action, uses_version
from dictionary_deploy.report.live_versions import (
    GOOD,
    MAX_NAMES,
    first_names,
    is_behind,
    is_without_aws,
    lacks_domain,
    updated_names,
    version_rows,
)
from dictionary_deploy.report.reloading import (
    NO_ACTION,
    UPDATEABLE,
    domains_to_act_on,
    reload_notes,
    search_action,
)

NO_DOMAINS = "List domains under `domains`; the next deploy associates them."
OPT_OUT = "Associate domains yourself, because of `domains: none`, or set `domains: associated`."


def is_waiting(result: Result) -> bool:
    """Return True unless search uses the version on every domain without an action of the user.

    Unknown domains count, too.
    """
    return (
        is_behind(result)
        or bool(index_action(result))
        or (result.outcome in CHANGES and (not updated_names(result) or bool(_domains_to_act_on(result))))
    )


def next_action(result: Result) -> str:
    """Return the user's action before search uses the version, in sentences; empty for none."""
    if result.planned and result.outcome in CHANGES:
        return _planned_action(result)
    if lacks_domain(result):
        return NO_DOMAINS
    if result.outcome not in CHANGES:
        return index_action(result)
    if result.dictionary.domains == "none":
        return "" if result.domains and not is_behind(result) else OPT_OUT
    action = _search_actions(result, _domains_to_act_on(result))
    if action or _is_in_effect(result):
        return action
    return NO_ACTION if result.dictionary.kind in UPDATEABLE and _users(result) else ""


def _domains_to_act_on(result: Result) -> list[str]:
    """Return the domains with the version whose indices must be reopened or reindexed to use it.

    Domains whose indices were read are excluded.
    """
    return domains_to_act_on(result.dictionary.kind, _unread_domains(result, _users(result)), result.engines)


def _search_actions(result: Result, domains: Sequence[str]) -> str:
    """Return the actions for the indices that were read, and for the indices on the given domains."""
    actions = [index_action(result)]
    if domains and result.package:
        named = _with_engine(result, domains)
        actions.append(search_action(result.dictionary.kind, result.package.id, named))
    return " ".join(filter(None, actions))


def _unread_domains(result: Result, domains: Sequence[str]) -> list[str]:
    """Return the domains whose indices were not read."""
    read = {use.domain for use in result.indices}
    return [name for name in domains if name not in read]


def _is_in_effect(result: Result) -> bool:
    """Return True if every index uses the version, on all domains that have it."""
    return not _unread_domains(result, _users(result)) and all(map(uses_version, result.indices))


def _users(result: Result) -> list[str]:
    """Return the domains that get new versions and have this one."""
    if result.dictionary.domains == "none":
        return []
    active = {row.name for row in version_rows(result)[1:] if row.mark == GOOD}
    return [name for name in updated_names(result) if name in active]


def _with_engine(result: Result, domains: Sequence[str]) -> str:
    """Return the first domains; those that may reload the version, with the reason that this is unknown."""
    may_reload = result.dictionary.kind in UPDATEABLE
    return first_names(
        [
            f"{name} (engine unknown)" if may_reload and name not in result.engines else name
            for name in domains
        ]
    )


def _planned_action(result: Result) -> str:
    if is_without_aws(result):
        return "Merge to deploy it, unless its content is deployed already."
    start = "Run mode `deploy` to" if result.is_on_branch else "Merge to"
    if result.dictionary.domains == "none":
        return f"{start} deploy it to no domain, because of `domains: none`."
    if lacks_domain(result):
        return f"{start} deploy it to no domain. {NO_DOMAINS}"
    names = _planned_domains(result)
    if not names:
        return f"{start} deploy it."
    verb = "associate it with" if result.outcome == "applied" else "deploy it to"
    deploy = f"{start} {verb} {first_names(names)}."
    kind, engines = result.dictionary.kind, result.engines
    action = _search_actions(result, domains_to_act_on(kind, _unread_domains(result, names), engines))
    return f"{deploy} Then {action[0].lower()}{action[1:]}" if action else deploy


def _planned_domains(result: Result) -> list[str]:
    """Return the domains that would get the version."""
    names = updated_names(result)
    if result.package is None or result.outcome != "applied":
        return list(names)
    associated = {each.domain: each for each in result.domains or ()}
    return [name for name in names if _active_version(associated.get(name)) != result.package.available]


def _active_version(domain: DomainPackage | None) -> str:
    """Return the version that is active on a domain; empty when none is."""
    return domain.version if domain and domain.status == "ACTIVE" else ""


def reload_notes_for(result: Result) -> tuple[str, ...]:
    """Return notes on when search uses the version, one for each group of engines."""
    if result.outcome not in CHANGES or result.package is None or result.dictionary.domains == "none":
        return ()
    names = _unread_domains(result, updated_names(result))
    notes = reload_notes(result.dictionary.kind, result.package.id, names[:MAX_NAMES], result.engines)
    return (*notes, result.why_no_engines) if result.why_no_engines and notes else notes
