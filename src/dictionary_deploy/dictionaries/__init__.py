"""The kinds of dictionary: validate a file of a kind, and parse it into entries."""

from dictionary_deploy.dictionaries.engines import engine_of
from dictionary_deploy.dictionaries.kind import Entries, Finding, Kind, Options, Rule
from dictionary_deploy.dictionaries.registry import KINDS
from dictionary_deploy.dictionaries.text import Line, Text
from dictionary_deploy.dictionaries.validate import validate

__all__ = ["KINDS", "Entries", "Finding", "Kind", "Line", "Options", "Rule", "Text", "engine_of", "validate"]
