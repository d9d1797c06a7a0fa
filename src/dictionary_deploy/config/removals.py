"""Find the dictionaries and domains that a change removes from the configuration."""

from __future__ import annotations

from collections.abc import Iterator

from dictionary_deploy.model import Config, Dictionary

KEPT = "Removing an entry deletes nothing in AWS."


def find_removals(before: Config, after: Config) -> tuple[str, ...]:
    """Return a note for each dictionary, and each dictionary's domains, that only `before` has."""
    remaining = {dictionary.package: dictionary for dictionary in after.dictionaries}
    return tuple(
        note
        for dictionary in before.dictionaries
        for note in _notes(dictionary, remaining.get(dictionary.package))
    )


def _notes(before: Dictionary, after: Dictionary | None) -> Iterator[str]:
    if after is None:
        yield (
            f"{before.file} is removed from the configuration. Package {before.package} and its domains keep"
            f" their version. {KEPT}"
        )
    elif removed := _removed_domains(before, after):
        yield (
            f"New versions of package {before.package} would no longer go to {removed}. The current one stays"
            f" there. {KEPT}"
        )


def _removed_domains(before: Dictionary, after: Dictionary) -> str:
    """Return the domains that only `before` updates; empty without any."""
    if after.domains in {"associated", before.domains} or before.domains == "none":
        return ""
    if isinstance(before.domains, tuple):
        return ", ".join(name for name in before.domains if name not in after.domains)
    names = f" except {', '.join(after.domains)}" if isinstance(after.domains, tuple) else ""
    return f"associated domains{names}"
