"""A file's text, and the places in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `number` is the physical line of the file, from 1."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text with LF at every line's end; a byte order mark is part of it, as it is for the engine.

    Lines are made anew each time they are asked for: those of a large file are several times its size.
    """

    content: str

    @classmethod
    def of(cls, data: bytes) -> Text:
        """The text of UTF-8 data, of which UnicodeDecodeError tells where it is none.

        Java's BufferedReader ends a line at LF, CR LF and a lone CR, and at nothing else.
        """
        content = data.decode("utf-8")
        return cls(content.replace("\r\n", "\n").replace("\r", "\n") if "\r" in content else content)

    @property
    def lines(self) -> list[str]:
        """The lines without their ends. What stands behind the last end is no line when it is empty."""
        lines = self.content.split("\n")
        if not lines[-1]:
            lines.pop()
        return lines

    def numbered(self) -> Iterator[Line]:
        """Every line with its number."""
        return (Line(text, number) for number, text in enumerate(self.lines, start=1))

    def line_at(self, offset: int) -> tuple[int, int]:
        """Where the line that holds the character at `offset` begins and ends."""
        end = self.content.find("\n", offset)
        return self.content.rfind("\n", 0, offset) + 1, len(self.content) if end < 0 else end
