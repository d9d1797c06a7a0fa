"""Markdown as GitHub renders it: GitHub's own cmark-gfm, then GitHub's changes to the rendered page.

cmark-gfm implements GitHub Flavored Markdown and footnotes. GitHub's later additions, in text nodes outside
of code and links, are not public; `acted_upon` knows the documented ones:
https://docs.github.com/en/get-started/writing-on-github. Custom autolinks of a repository (`TICKET-12`) and
the sample beside a colour in code (`#0969da`) are not covered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

from dictionary_deploy.errors import inline_code

# GitHub renders HTML too, and sanitizes it afterwards.
_OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_GITHUB_PRE_LANG

VOID = frozenset({"br", "hr", "img", "input"})
LITERAL = frozenset({"code", "pre"})

_ACTIVE = re.compile(
    r"""
      @[\w-]                                        # mentions, addresses
    | [#]\d | \bgh-\d | \b(?:cve|ghsa)-\w           # issues, advisories
    | (?<![0-9a-z]) [0-9a-f]{7,40} (?![0-9a-z])     # commits
    | :[\w+-]+:                                     # emoji
    | [$][^$]+[$]                                   # mathematics
    | \b(?:https?|ftp|mailto|xmpp): | \bwww[.]      # addresses
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass
class Element:
    """An element of the page with its raw attributes and its children."""

    name: str
    attributes: tuple[tuple[str, str | None], ...] = ()
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    @property
    def text(self) -> str:
        """Return the visible text."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, tuple(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop().name, f"</{tag}> ends something else"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, f"<{tag} /> is not void"
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.open[-1].children.append(Element("comment", (("is", data),)))

    def handle_decl(self, decl: str) -> None:
        self.open[-1].children.append(Element("declaration", (("is", decl),)))

    handle_pi = handle_decl
    unknown_decl = handle_decl


def render(markdown: str) -> Element:
    """Return GitHub's page; fail if an element is not closed where it should be."""
    builder = _Builder()
    builder.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, _OPTIONS))
    builder.close()
    assert ["page"] == [element.name for element in builder.open]
    return builder.open[0]


def acted_upon(page: Element) -> list[str]:
    """Return the text nodes in which GitHub links or replaces text."""
    items = (element for element in page.walk() if element.name == "li")
    return [node for node in _text_nodes(page) if _ACTIVE.search(node)] + [
        node for item in items for node in [*_text_nodes(item)][:1] if re.match(r"\s*\[[\sxX]\]", node)
    ]


def _text_nodes(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.name not in {*LITERAL, "a"}:
            yield from _text_nodes(child)


Tree = tuple[str, tuple[object, ...]] | str


def outline(
    element: Element, shown: Callable[[str, bool], str] = lambda text, _: text, *, is_code: bool = False
) -> Tree:
    """Return elements, and text as `shown` returns it for text and a flag for code, without `<span>`.

    Inline code is text between backticks. Whitespace outside of code counts as one space. The targets of
    links are omitted.
    """
    is_code = is_code or element.name in LITERAL
    parts: list[Tree] = []
    for child in _without_spans(element):
        if isinstance(child, str):
            part: Tree = shown(child, is_code)
        elif child.name == "code" and not is_code:
            part = inline_code(shown(child.text, not is_code))
        else:
            part = outline(child, shown, is_code=is_code)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    if not is_code:
        parts = [re.sub(r"\s+", " ", part).strip() if isinstance(part, str) else part for part in parts]
    attributes = tuple(each for each in element.attributes if each[0] != "href")
    return element.name, (*attributes, *(part for part in parts if part))


def _without_spans(element: Element) -> Iterator[Element | str]:
    for child in element.children:
        if isinstance(child, Element) and child.name == "span" and not child.attributes:
            yield from _without_spans(child)
        else:
            yield child
