"""User dictionaries of the kuromoji tokenizer: `surface,segments,readings,part of speech`."""

from __future__ import annotations

from dictionary_deploy.dictionaries.kind import Kind
from dictionary_deploy.dictionaries.kuromoji_user_dictionary.entry import (
    entry_keys,
    read_entries,
    show_entry,
    show_other_entry,
)
from dictionary_deploy.dictionaries.kuromoji_user_dictionary.rules import RULES

KUROMOJI = Kind(
    "kuromoji-user-dictionary",
    RULES,
    read_entries,
    entry_keys,
    show=show_entry,
    show_change=show_other_entry,
    setting="user_dictionary",
    description="words with segments and readings, for `kuromoji_tokenizer`",
    entries_are="surface forms, each with segments, readings and part of speech",
)
