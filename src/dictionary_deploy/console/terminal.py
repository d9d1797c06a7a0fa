"""Write to a terminal or to the log of another CI system."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TextIO

from dictionary_deploy.console.lines import printable_line, write_line
from dictionary_deploy.console.redaction import Redactor
from dictionary_deploy.report.annotations import Annotation


class Terminal:
    """Write messages to `out`, warnings and errors to `err`.

    With `as_json`, write only a JSON object of the outputs to `out`, and everything else to `err`. If both
    end in the same place, an annotation does not repeat a logged message.
    """

    def __init__(self, out: TextIO, err: TextIO, *, as_json: bool = False, show_debug: bool = False) -> None:
        self._out = out
        self._err = err
        self._as_json = as_json
        self._show_debug = show_debug
        self._has_one_reader = as_json or _are_same_file(out, err)
        self._redactor = Redactor()
        self.has_outputs = False

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        self.info(title)
        yield

    def info(self, message: str) -> None:
        self._write(self._err if self._as_json else self._out, message)

    def entry(self, line: str, sign: str) -> None:
        del sign
        self.info(line)

    def progress(self) -> AbstractContextManager[Callable[[str], None]]:
        return nullcontext(self.info)

    def debug(self, message: str) -> None:
        if self._show_debug:
            self._write(self._err, message)

    def warning(self, message: str) -> None:
        self._write(self._err, f"warning: {message}")

    def error(self, message: str) -> None:
        self._write(self._err, f"error: {message}")

    def annotate(self, annotation: Annotation) -> None:
        place = f"{annotation.file}:{annotation.line}:{annotation.column}: " if annotation.file else ""
        title = f" ({annotation.title})" if annotation.title else ""
        text = (
            annotation.title
            if annotation.is_logged and self._has_one_reader
            else f"{annotation.message}{title}"
        )
        self._write(self._err, f"{place}{annotation.level}: {text}")

    def mask(self, secret: str) -> None:
        self._redactor.add(secret)

    def redact_markdown(self, markdown: str) -> str:
        return self._redactor.redact_markdown(markdown)

    def outputs(self, _: Mapping[str, Any]) -> None:
        """Write nothing: there is no step."""
        self.has_outputs = True

    def json(self, values: Mapping[str, Any]) -> None:
        if self._as_json:
            write_line(self._out, self._redactor.to_json(values))

    def markdown(self, markdown: str) -> None:
        if not self._as_json:
            write_line(self._out, self.redact_markdown(markdown))

    def summary(self, markdown: str) -> None:
        """Write nothing: the log already has the report."""

    def _write(self, stream: TextIO, message: str) -> None:
        write_line(stream, self._redact_line(message))

    def _redact_line(self, message: str) -> str:
        return printable_line(self._redactor.redact(message))


def _are_same_file(out: TextIO, err: TextIO) -> bool:
    """Return True if both streams are the same terminal or file."""
    try:
        return out is err or os.path.samestat(os.fstat(out.fileno()), os.fstat(err.fileno()))
    except OSError:
        return False
