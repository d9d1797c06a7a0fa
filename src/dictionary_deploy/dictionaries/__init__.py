"""The kinds of dictionary: how a file of each is read into entries."""

from dictionary_deploy.dictionaries.kind import Entry, Kind, Parsed
from dictionary_deploy.dictionaries.kinds import KINDS

__all__ = ["KINDS", "Entry", "Kind", "Parsed"]
