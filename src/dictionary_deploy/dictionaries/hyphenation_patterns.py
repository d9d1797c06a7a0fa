"""Hyphenation patterns in FOP's XML, which Lucene reads with Java's XML parser.

This module fetches no document type and no external entity. Like Java, it limits the text of internal ones.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from dictionary_deploy.dictionaries.kind import DataRule, Finding, Kind, Options, excerpt
from dictionary_deploy.dictionaries.lucene.lines import line_keys, read_lines
from dictionary_deploy.dictionaries.lucene.ternary_tree import (
    BLOCK,
    MAX_NUMBERS,
    fails_to_compact,
    in_balanced_order,
    tree_of,
    units,
)
from dictionary_deploy.dictionaries.rules.encoding import BYTE_ORDER_MARK
from dictionary_deploy.dictionaries.rules.merge_conflict import MERGE_CONFLICT
from dictionary_deploy.dictionaries.text import Text

ROOT = "hyphenation-info"
SECTIONS = {"classes": "class", "exceptions": "exception", "patterns": ""}
"""Elements whose words are entries, with the prefix of their entries."""


MAX_CHARACTERS = 5_000_000
"""Characters of a file's text with its entities. Java rejects ten times as many."""
VERSIONS = ("1.0", "1.1")
_LUCENES_DOCTYPE = re.compile(r".*\bhyphenation.dtd\b.*", re.IGNORECASE | re.ASCII)
_ENCODING = re.compile(
    rb"""<\?xml[^>]{1,99}?\sencoding\s{0,9}=\s{0,9}["']([a-z][\w.-]{1,39})["']""", re.IGNORECASE | re.ASCII
)
_STRICT = ("ascii", "iso8859-1", "utf-16")
"""Encodings that expat reads like Java, by Python's names. UTF-8 is one of them only under this name."""
_NOT_OF_JAVA = re.compile(
    "charmap|hz|idna|iso8859-1[04]|koi8-t|kz1048|mac-(arabic|croatian|farsi|romanian)|palmos|ptcp154|punycode"
    "|(raw-)?unicode-escape|undefined|utf-7|utf-8-sig"
)
"""Encodings of Python that Java lacks."""
_WINDOWS = re.compile("windows-(31j|932|936|949|950)", re.IGNORECASE)
"""Java's names of encodings that Python knows only by their number."""

_VALUE = re.compile(r"(\d)\D?|\D")
"""A digit and the letter after it, or a letter without one."""


class XmlError(ValueError):
    """The engine rejects XML that expat accepts."""


@dataclass(slots=True)
class Document:
    """The content of a file up to its first fault. Positions are lines and columns, from 1."""

    root: str = ""
    doctype: str | None = None
    """The address of the document type."""
    public_id: str | None = None
    doctype_at: tuple[int, int] = (1, 1)
    external_entities: list[tuple[int, int]] = field(default_factory=list)
    """Places where the text of another file is used."""
    early_hyphens: list[tuple[int, int]] = field(default_factory=list)
    """Elements `hyphen` before any `exceptions`."""
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
        self._length = 0
        self._has_exceptions = False
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.XmlDeclHandler = self._declaration
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ExternalEntityRefHandler = self._external_entity
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)

    def read(self, data: bytes) -> Document:
        try:
            self._parser.Parse(_readable(data), True)  # noqa: FBT003 the end of the data
        except (expat.ExpatError, LookupError, ValueError) as error:
            self._document.fault, self._document.fault_at = _fault(error), self._position
        return self._document

    @property
    def _position(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1

    def _declaration(self, version: str, *_: object) -> None:
        if version not in VERSIONS:
            raise XmlError(f"version {version} is not supported")

    def _start(self, qualified: str, _: object) -> None:
        name = _local(qualified)
        self._document.root = self._document.root or name
        self._has_exceptions |= name == "exceptions"
        if name == "hyphen" and not self._has_exceptions:
            self._document.early_hyphens.append(self._position)
        if name in SECTIONS:
            self._section = name
            self._texts.clear()

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CHARACTERS + self._parser.CurrentByteIndex:
            raise XmlError("its entities are too long")
        self._texts.append(text)

    def _end(self, qualified: str) -> None:
        name = _local(qualified)
        if name == self._section:
            self._document.words.extend((name, word) for word in "".join(self._texts).split())
            self._section = ""

    def _doctype(self, _: str, system: str | None, public: str | None, __: object) -> None:
        self._document.doctype, self._document.doctype_at = system, self._position
        self._document.public_id = public

    def _external_entity(self, context: str | None, _: object, system: str | None, public: str | None) -> int:
        if context is None:
            # A parameter entity, or the document type, which has its own rule.
            self._parser.ExternalEntityParserCreate(None).Parse(b"", True)  # noqa: FBT003 the end of the data
            if system == self._document.doctype or _is_lucenes(system, public):
                return 1
        self._document.external_entities.append(self._position)
        return 1  # continue


def _local(name: str) -> str:
    """Return an element's name without its namespace, which Lucene ignores."""
    return name.rpartition(" ")[2]


def _is_lucenes(system: str | None, public: str | None) -> bool:
    """Return True for a document type that Lucene has."""
    return public == ROOT or _LUCENES_DOCTYPE.fullmatch(system or "") is not None


def _readable(data: bytes) -> bytes | str:
    """Return a file in an encoding that expat does not read like Java as text."""
    unmarked = data.removeprefix(BYTE_ORDER_MARK)
    declared = _ENCODING.match(unmarked)
    name = declared[1].decode("ascii") if declared else "UTF-8"
    if name.upper() == "UTF-8":
        return data
    try:
        codec = codecs.lookup(_WINDOWS.sub(_codepage, name)).name
        if _NOT_OF_JAVA.fullmatch(codec) or name.upper() == "UTF_8":
            raise XmlError(f"unknown encoding: {name}")
        return data if codec in _STRICT else unmarked.decode(codec, "replace")
    except LookupError:
        return data  # expat has the place of the unknown name


def _codepage(name: re.Match[str]) -> str:
    return f"cp{name[1].lower().replace('31j', '932')}"


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
    + <hyphenation-info><classes>aA bB</classes><patterns>a1b</patterns></hyphenation-info>
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
    + <hyphenation-info><classes>aA bB</classes><patterns>a1b</patterns></hyphenation-info>
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
    + <hyphenation-info><classes>aA bB</classes><patterns>a1b</patterns></hyphenation-info>
    """
    document = parse(data)
    if not document.fault and document.root != ROOT:
        yield Finding(
            1,
            1,
            f"The root element is {excerpt(document.root)}, not `{ROOT}`. Write the patterns in FOP's XML.",
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
    if document.doctype is not None and not _is_lucenes(document.doctype, document.public_id):
        yield Finding(
            *document.doctype_at,
            f"The document type is {excerpt(document.doctype)}, and the engine rejects the file if it cannot"
            " fetch it. Name `hyphenation.dtd`, or no document type.",
        )


def _declared_entity(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag an entity whose text is in another file.

    OpenSearch 3 rejects it. Older engines read a file of their own.

    - <!ENTITY a SYSTEM "patterns.txt">
    + <!ENTITY a "a1b">
    """
    for position in parse(data).external_entities:
        yield Finding(
            *position,
            "The text of this entity is in another file, which the engine does not have. Write its text.",
        )


def _no_classes(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag hyphenation patterns without `<classes>`, which list the letters of words.

    The engine accepts the file. But without classes it recognizes no letters and splits no words: the
    dictionary does nothing.

    - <hyphenation-info><patterns>a1b</patterns></hyphenation-info>
    + <hyphenation-info><classes>aA bB</classes><patterns>a1b</patterns></hyphenation-info>
    """
    document = parse(data)
    sections = {name for name, _ in document.words}
    if not document.fault and sections and "classes" not in sections:
        yield Finding(
            1,
            1,
            "The file has no classes, so the engine recognizes no letters and splits no words. Write the"
            " lowercase and uppercase form of each letter into `<classes>`, such as `aA bB`.",
        )


def _early_hyphen(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag a `hyphen` element before any `exceptions` element.

    Engine: `Exception while reading hyphenation_patterns_path.`, caused by a `NullPointerException`.

    - <patterns>a1b <hyphen pre="-"/></patterns>
    + <exceptions>a<hyphen pre="-"/>b</exceptions>
    """
    for position in parse(data).early_hyphens:
        yield Finding(
            *position,
            "`<hyphen>` comes before any `<exceptions>`, so the engine rejects the file. Remove it, or write"
            " it into `<exceptions>`.",
        )


def _too_many_patterns(data: bytes, _: Options) -> Iterator[Finding]:
    """Flag hyphenation patterns that the engine cannot store, such as a list of whole words.

    It rejects some sets of a thousand patterns and more, depending on their letters. It mixes them up if they
    have more than 65,536 characters that no other pattern shares.

    Engine: `java.lang.ArrayIndexOutOfBoundsException: Index 2048 out of bounds for length 2048`.

    Fix: use fewer and shorter patterns. Whole words belong in the file of `word_list_path`.
    """
    patterns = [word for name, word in parse(data).words if name == "patterns"]
    effect = _overflow(patterns)
    if effect:
        yield Finding(
            1,
            1,
            f"The engine cannot store these {len(patterns):,} patterns: {effect}. Use fewer or shorter ones."
            " Whole words belong in the file of `word_list_path`.",
        )


def _overflow(patterns: list[str]) -> str:
    """Return the effect of too many patterns; empty if the engine has room for them."""
    letters = ["".join(sign for sign in pattern if not sign.isdecimal()) for pattern in patterns]
    if units(letters) < BLOCK:
        return ""
    tree = tree_of(in_balanced_order(letters))
    if fails_to_compact(tree):
        return "it rejects the file"
    values = dict.fromkeys(_VALUE.sub(_digit, f"{pattern}.") for pattern in patterns)
    is_full = tree.is_full or (units([*values]) > MAX_NUMBERS and tree_of(values).is_full)
    return "it mixes them up" if is_full else ""


def _digit(value: re.Match[str]) -> str:
    return value[1] or "0"


HYPHENATION = Kind(
    "hyphenation-patterns",
    (
        MERGE_CONFLICT,
        DataRule("not-well-formed", "error", _not_well_formed),
        DataRule("foreign-doctype", "error", _foreign_doctype),
        DataRule("early-hyphen", "error", _early_hyphen),
        DataRule("declared-entity", "error", _declared_entity),
        DataRule("no-patterns", "error", _no_patterns),
        DataRule("no-classes", "error", _no_classes),
        DataRule("too-many-patterns", "error", _too_many_patterns),
        DataRule("other-root", "warning", _other_root),
    ),
    read_lines,
    line_keys,
    decode=decode,
    setting="hyphenation_patterns_path",
    description="patterns of `hyphenation_decompounder` filters, in FOP's XML",
    entries_are="patterns, exceptions and classes",
)
