"""Hyphenation patterns in FOP's XML, which Lucene reads with Java's XML parser.

This module fetches no document type and expands no entity, so a small file stays small.
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
"""Elements whose words are entries, with the prefix of their entries."""


@dataclass(slots=True)
class Document:
    """The content of a file up to its first fault. Positions are lines and columns, from 1."""

    root: str = ""
    doctype: str | None = None
    """The address of the document type."""
    doctype_at: tuple[int, int] = (1, 1)
    entities: list[tuple[int, int]] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    """Words with their elements."""
    fault: str = ""
    """The reason why the XML is not well-formed; empty if it is."""
    fault_at: tuple[int, int] = (1, 1)


@lru_cache(maxsize=2)
def parse(data: bytes) -> Document:
    """Return the document."""
    return _Reader().read(data)


class _Reader:
    """Fill a document from the events of expat."""

    def __init__(self) -> None:
        self._document = Document()
        self._section = ""
        self._texts: list[str] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._texts.append
        parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = self._doctype, self._entity
        # With a default handler, expat passes entities on instead of expanding them.
        parser.DefaultHandler = lambda _: None

    def read(self, data: bytes) -> Document:
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 the end of the data
        except (expat.ExpatError, LookupError, ValueError) as error:
            self._document.fault, self._document.fault_at = _fault(error), self._position
        return self._document

    @property
    def _position(self) -> tuple[int, int]:
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
        self._document.doctype, self._document.doctype_at = system, self._position

    def _entity(self, *_: object) -> None:
        self._document.entities.append(self._position)


def _fault(error: Exception) -> str:
    return expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)


def decode(data: bytes) -> Text:
    """Return the entries, one per line, without the layout of the XML."""
    words = parse(data).words
    return Text("\n".join(" ".join(filter(None, (SECTIONS[name], word))) for name, word in words))


def _not_well_formed(data: bytes, _: Options) -> Iterator[Finding]:
    r"""Flag hyphenation patterns that are not well-formed XML, such as TeX's.

    Engine: `Exception while reading hyphenation_patterns_path.`, caused by `org.xml.sax.SAXParseException;
    lineNumber: 1; columnNumber: 1; Content is not allowed in prolog.`

    Fix: fix the XML at the reported position. Convert TeX's patterns to FOP's XML.

    - \patterns{a1b}
    + <hyphenation-info><patterns>a1b</patterns></hyphenation-info>
    """
    document = parse(data)
    if document.fault:
        is_tex = data.lstrip()[:1] in {b"\\", b"%"}
        remedy = "Convert TeX's patterns to FOP's XML." if is_tex else "Fix the XML at this position."
        yield Finding(
            *document.fault_at,
            f"The file is not well-formed XML ({document.fault}), so the engine rejects it. {remedy}",
        )


def _no_patterns(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag hyphenation patterns without a pattern or an exception.

    The engine accepts the file but never splits a word, so the dictionary does nothing.

    - <hyphenation-info/>
    + <hyphenation-info><patterns>a1b</patterns></hyphenation-info>
    """
    document = parse(data)
    if not document.fault and not any(name != "classes" for name, _ in document.words):
        yield Finding(
            1,
            1,
            "The file has no patterns and no exceptions, so no word is ever split. Write them into"
            f" `<patterns>` in `<{ROOT}>`.",
        )


def _other_root(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag a root element other than `hyphenation-info`: the file probably has another format.

    - <patterns>a1b</patterns>
    + <hyphenation-info><patterns>a1b</patterns></hyphenation-info>
    """
    document = parse(data)
    if not document.fault and document.root != ROOT:
        yield Finding(
            1, 1, f"The root element is `{document.root}`, not `{ROOT}`. Write the patterns in FOP's XML."
        )


def _foreign_doctype(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag a document type other than hyphenation.dtd. The engine tries to fetch any other one.

    Engine: `Exception while reading hyphenation_patterns_path.`, caused by `java.io.FileNotFoundException:
    …/other.dtd (No such file or directory)` or, for an address, an error such as `java.net.ConnectException:
    Connection refused`.

    - <!DOCTYPE hyphenation-info SYSTEM "http://example.com/other.dtd">
    + <!DOCTYPE hyphenation-info SYSTEM "hyphenation.dtd">
    """
    document = parse(data)
    if document.doctype is not None and not document.doctype.endswith("hyphenation.dtd"):
        yield Finding(
            *document.doctype_at,
            f"The document type is `{document.doctype}`, and the engine rejects the file if it cannot fetch"
            " it. Name `hyphenation.dtd`, or no document type.",
        )


def _declared_entity(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag the declaration of an entity. Entities can make a small file very large, so the diff expands none.

    - <!ENTITY a "a1b">
    + a1b
    """
    for position in parse(data).entities:
        yield Finding(
            *position, "An entity is declared here, which the diff does not expand. Write its text."
        )


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
