"""Hyphenation patterns in FOP's XML, which Lucene reads with Java's XML parser.

No document type is fetched here and no entity expanded, so that a small file stays small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Kind, Options
from dictionary_deploy.dictionaries.lucene.lines import line_keys, read_lines
from dictionary_deploy.dictionaries.text import Text

ROOT = "hyphenation-info"
SECTIONS = {"classes": "class", "exceptions": "exception", "patterns": ""}
"""The elements whose words are entries, and what stands before an entry of each."""


@dataclass(slots=True)
class Document:
    """What a file has, as far as it could be read. Places are lines and columns, from 1."""

    root: str = ""
    doctype: str | None = None
    """Where the document type says it lies."""
    doctype_at: tuple[int, int] = (1, 1)
    entities: list[tuple[int, int]] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    """Each with the element it stands in."""
    fault: str = ""
    """Why the XML is not well-formed."""
    fault_at: tuple[int, int] = (1, 1)


@lru_cache(maxsize=2)
def parse(data: bytes) -> Document:
    """The document, up to its fault if it has one."""
    return _Reader().read(data)


class _Reader:
    """Fills a document from what expat tells."""

    def __init__(self) -> None:
        self._document = Document()
        self._section = ""
        self._texts: list[str] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._texts.append
        parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = self._doctype, self._entity
        # With a default handler expat hands entities on instead of expanding them.
        parser.DefaultHandler = lambda _: None

    def read(self, data: bytes) -> Document:
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 expat's way to say that this is all
        except (expat.ExpatError, LookupError, ValueError) as error:
            self._document.fault, self._document.fault_at = _told(error), self._place
        return self._document

    @property
    def _place(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1

    def _start(self, name: str, _: object) -> None:
        self._document.root = self._document.root or name
        if name in SECTIONS:
            self._section = name
            self._texts.clear()

    def _end(self, name: str) -> None:
        if name == self._section:
            self._document.words.extend((name, word) for word in "".join(self._texts).split())
            self._section = ""

    def _doctype(self, _: str, system: str | None, *__: object) -> None:
        self._document.doctype, self._document.doctype_at = system, self._place

    def _entity(self, *_: object) -> None:
        self._document.entities.append(self._place)


def _told(error: Exception) -> str:
    return expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)


def decode(data: bytes) -> Text:
    """The entries, one a line; how the XML is laid out is no part of them."""
    words = parse(data).words
    return Text("\n".join(" ".join(filter(None, (SECTIONS[name], word))) for name, word in words))


def _not_well_formed(data: bytes, _: Options) -> Iterator[Finding]:
    document = parse(data)
    if document.fault:
        hint = (
            " TeX's patterns have to be turned into FOP's XML." if data.lstrip()[:1] in {b"\\", b"%"} else ""
        )
        yield Finding(
            *document.fault_at,
            f"The file is not well-formed XML ({document.fault}), and the engine refuses it.{hint}"
            " Mend the element at this place.",
        )


def _no_patterns(data: bytes, _: Options) -> Iterator[Finding]:
    document = parse(data)
    if not document.fault and not any(name != "classes" for name, _ in document.words):
        yield Finding(
            1,
            1,
            "The file has neither patterns nor exceptions: no word is ever divided. Write them into"
            f" `<patterns>` in `<{ROOT}>`.",
        )


def _other_root(data: bytes, _: Options) -> Iterator[Finding]:
    document = parse(data)
    if not document.fault and document.root != ROOT:
        yield Finding(
            1, 1, f"The outermost element is `{document.root}`, not `{ROOT}`. Write FOP's form of patterns."
        )


def _foreign_doctype(data: bytes, _: Options) -> Iterator[Finding]:
    document = parse(data)
    if document.doctype is not None and not document.doctype.endswith("hyphenation.dtd"):
        yield Finding(
            *document.doctype_at,
            f"The engine would fetch the document type `{document.doctype}`, and refuses the file when it"
            " cannot: it has only hyphenation.dtd. Name that one, or none.",
        )


def _declared_entity(data: bytes, _: Options) -> Iterator[Finding]:
    for place in parse(data).entities:
        yield Finding(*place, "An entity is declared here, and not expanded in the diff. Write its text.")


HYPHENATION = Kind(
    "hyphenation-patterns",
    (
        DataRule("not-well-formed", "error", _not_well_formed),
        DataRule("foreign-doctype", "error", _foreign_doctype),
        DataRule("no-patterns", "error", _no_patterns),
        DataRule("other-root", "warning", _other_root),
        DataRule("declared-entity", "warning", _declared_entity),
    ),
    read_lines,
    line_keys,
    decode=decode,
    setting="hyphenation_patterns_path",
    description="patterns of `hyphenation_decompounder` filters, in FOP's XML",
    entries_are="patterns, exceptions and classes",
)
