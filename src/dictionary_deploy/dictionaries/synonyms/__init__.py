"""Synonyms in Solr's format."""

from __future__ import annotations

from dictionary_deploy.dictionaries.kind import Kind
from dictionary_deploy.dictionaries.rules.encoding import TEXT_RULES
from dictionary_deploy.dictionaries.synonyms.diff import compare
from dictionary_deploy.dictionaries.synonyms.expansions import count_synonyms, read_rules, read_synonyms
from dictionary_deploy.dictionaries.synonyms.file_rules import FILE_ERRORS, FILE_WARNINGS
from dictionary_deploy.dictionaries.synonyms.group_rules import GROUP_RULES
from dictionary_deploy.dictionaries.synonyms.line_rules import ERRORS, WARNINGS
from dictionary_deploy.dictionaries.synonyms.term_rules import TERM_RULES

__all__ = ["SYNONYMS", "read_rules", "show_expansion", "show_other_expansion"]


def show_expansion(term: str, values: tuple[str, ...]) -> str:
    """Return `laptop: notebook` for a term that stays, `ipod => i-pod` for one that is replaced."""
    others = ", ".join(value for value in values if value != term)
    return f"{term}: {others}" if term in values else f"{term} => {others}"


def show_other_expansion(term: str, before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Return the added and removed expansions of a term, such as `laptop: +notebook`."""
    had, has = set(before), set(after)
    new = [f"+{value}" for value in after if value not in had]
    old = [f"\N{MINUS SIGN}{value}" for value in before if value not in has]
    return f"{term}: {' '.join([*new, *old])}"


SYNONYMS = Kind(
    "synonyms",
    (*TEXT_RULES, *ERRORS, *FILE_ERRORS, *WARNINGS, *TERM_RULES, *FILE_WARNINGS, *GROUP_RULES),
    read_synonyms,
    count=count_synonyms,
    compare=compare,
    show=show_expansion,
    show_change=show_other_expansion,
    setting="synonyms_path",
    description="synonyms in Solr's format, for `synonym` and `synonym_graph` filters",
    entries_are="terms, each with its expansions",
)
