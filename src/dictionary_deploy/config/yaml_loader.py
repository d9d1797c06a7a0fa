"""Load YAML with the place of each value, without features that a configuration does not need.

The loader walks the parser's events, so that neither depth nor aliases can exhaust memory or stack:
`yaml.compose` crashes on 200,000 open brackets.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import Reader

from dictionary_deploy.config.yaml_errors import syntax_fault
from dictionary_deploy.errors import Fault

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32

# Far more than a number or date needs. Longer ones in base 60 (`1:30`) or 16 are slow or not printable.
_MAX_NUMBER_LENGTH = 64

_MAX_EXCERPT = 60

# PyYAML's compiled loader is ten times as fast, but not always there.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STANDARD_TAG = "tag:yaml.org,2002:"

# Other results of the resolver (`<<`, `=`) are plain text here.
_RESOLVED_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "timestamp")
)


@dataclass(frozen=True, slots=True)
class Located:
    """A value and its place in the file, in lines and columns from 1.

    A value in a mapping has the place of its key.
    """

    value: bool | float | str | dt.date | list[Located] | dict[str, Located] | None
    line: int
    column: int
    text: str = ""
    """The source text of a scalar: `no` for False. Empty for lists and mappings."""
    is_readable: bool = True
    """False if the YAML has a fault here, so that the value is undefined."""

    @property
    def entries(self) -> dict[str, Located]:
        """The mapping's values; empty for other nodes."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Located]:
        """The list's items; empty for other nodes."""
        return self.value if isinstance(self.value, list) else []

    @property
    def plain(self) -> Any:
        """The value without places, as other YAML loaders return it."""
        if isinstance(self.value, dict):
            return {key: child.plain for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain for child in self.value]
        return self.value


def parse_yaml(data: bytes, file: str) -> tuple[Located | None, tuple[Fault, ...]]:
    """Return the document in `data` and every fault of its YAML, in the file's order.

    `file` is the file's name in faults. The document is None if it cannot be parsed to its end. Otherwise
    it is complete except for faults: the first of duplicate keys counts, and an alias is null. An empty
    file is null.
    """
    if len(data) > MAX_BYTES:
        size = Fault(
            file, 1, f"The file has {len(data):,} bytes.", f"Reduce it to at most {MAX_BYTES:,} (256 KiB)."
        )
        return None, (size,)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, (Fault(file, line, "This line is not UTF-8.", "Save the file as UTF-8."),)
    if found := Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"This line has the character U+{ord(found.group()):04X}, which YAML does not allow."
        return None, (Fault(file, line, message, "Remove it."),)
    walk = _Walk(text, file)
    return walk.document(), tuple(sorted(walk.faults, key=lambda fault: (fault.line, fault.column)))


def excerpt(text: str) -> str:
    """Return `text` for a message: escape unprintable characters, and cut long text."""
    shown = "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in text[:_MAX_EXCERPT]
    )
    return shown if len(text) <= _MAX_EXCERPT else f"{shown}…"


class _TooDeepError(Exception):
    """The document is nested deeper than MAX_DEPTH. Its fault is already recorded."""


class _Walk:
    """One walk over the parser's events, which records faults."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._loader = _Loader(text)
        self.faults: list[Fault] = []

    def document(self) -> Located | None:
        try:
            return self._first_document()
        except yaml.MarkedYAMLError as error:
            self.faults.append(syntax_fault(error, self._text, self._file))
        except _TooDeepError:
            pass
        return None

    def _first_document(self) -> Located:
        self._loader.get_event()  # the stream's start
        if self._loader.check_event(yaml.StreamEndEvent):
            return Located(None, 1, 1)
        self._loader.get_event()  # the document's start
        event = self._loader.get_event()
        root = self._value(event, event.start_mark, 1)
        self._loader.get_event()  # the document's end
        following = self._loader.get_event()
        if isinstance(following, yaml.DocumentStartEvent):
            self._add_fault(
                following.start_mark, "A second document begins here.", "Keep one document: remove the '---'."
            )
        return root

    def _value(self, event: Any, place: Any, depth: int) -> Located:
        """Return the value that begins with `event`. `place` is the mark for its place."""
        line, column = place.line + 1, place.column + 1
        if isinstance(event, yaml.AliasEvent):
            message = f"The alias *{excerpt(str(event.anchor))} is not supported."
            self._add_fault(place, message, "Write the value itself.")
            return Located(None, line, column, is_readable=False)
        if event.anchor is not None:
            self._add_fault(place, f"The anchor &{excerpt(event.anchor)} is not supported.", "Remove it.")
        if event.tag is not None:
            message = f"The tag {excerpt(event.tag.replace(_STANDARD_TAG, '!!'))} is not supported."
            self._add_fault(place, message, "Remove it; to make a value a string, quote it.")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        if depth > MAX_DEPTH:
            message = f"Lists and mappings are nested deeper than {MAX_DEPTH} levels here."
            self._add_fault(event.start_mark, message, "Flatten them.")
            raise _TooDeepError
        if isinstance(event, yaml.SequenceStartEvent):
            return Located(self._items(depth), line, column)
        return Located(self._entries(depth), line, column)

    def _items(self, depth: int) -> list[Located]:
        items = []
        while not isinstance(event := self._loader.get_event(), yaml.SequenceEndEvent):
            items.append(self._value(event, event.start_mark, depth + 1))
        return items

    def _entries(self, depth: int) -> dict[str, Located]:
        entries: dict[str, Located] = {}
        while not isinstance(event := self._loader.get_event(), yaml.MappingEndEvent):
            mark = event.start_mark
            key = self._value(event, mark, depth + 1)
            value = self._value(self._loader.get_event(), mark, depth + 1)
            if not isinstance(key.value, str):
                remedy = (
                    f'Quote it: "{excerpt(key.text)}".' if key.text else "Write one name before the colon."
                )
                self._add_fault(mark, "This key is not a string in YAML.", remedy)
            elif key.value in entries:
                first = entries[key.value].line
                message = f"The key '{excerpt(key.value)}' is set twice, first on line {first}."
                self._add_fault(mark, message, "Keep one of the two.")
            else:
                entries[key.value] = value
        return entries

    def _scalar(self, event: Any, place: Any) -> Located:
        line, column, text = place.line + 1, place.column + 1, event.value
        tag = self._loader.resolve(yaml.ScalarNode, text, event.implicit)
        if event.tag is not None or tag not in _RESOLVED_TAGS:
            return Located(text, line, column, text, is_readable=event.tag is None)
        try:
            return Located(self._construct(tag, text), line, column, text)
        except ValueError:
            message = f"YAML reads {excerpt(text)} as a number or a date, but it is not a valid one."
            self._add_fault(place, message, "Quote it to make it a string.")
            return Located(None, line, column, text, is_readable=False)

    def _construct(self, tag: str, text: str) -> Any:
        if len(text) > _MAX_NUMBER_LENGTH:
            raise ValueError(text)
        return self._loader.construct_object(yaml.ScalarNode(tag, text))

    def _add_fault(self, mark: Any, message: str, remedy: str) -> None:
        self.faults.append(Fault(self._file, mark.line + 1, message, remedy, mark.column + 1))
