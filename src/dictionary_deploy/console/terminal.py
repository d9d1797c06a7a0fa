"""Write to a terminal or to the log of another CI system."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TextIO

from dictionary_deploy.console.lines import printable_lines, write_line
from dictionary_deploy.console.redaction import Redactor
from dictionary_deploy.report.annotations import Annotation


class Terminal:
    """A terminal or any other CI system: what is found out on `out`, warnings and errors on `err`.

    With `as_json`, `out` gets one JSON object of the outputs and nothing else; what is no string in it is
    none there either. Who reads both is not told twice: what was said already is only pointed at.
    """

    def __init__(self, out: TextIO, err: TextIO, *, as_json: bool = False, show_debug: bool = False) -> None:
        self._out = out
        self._err = err
        self._as_json = as_json
        self._show_debug = show_debug
        self._is_one = as_json or _end_in_one_place(out, err)
        self._redactor = Redactor()

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        self.info(title)
        yield

    def info(self, message: str) -> None:
        self._say(self._err if self._as_json else self._out, message)

    def progress(self) -> AbstractContextManager[Callable[[str], None]]:
        return nullcontext(self.info)

    def debug(self, message: str) -> None:
        if self._show_debug:
            self._say(self._err, message)

    def warning(self, message: str) -> None:
        self._say(self._err, f"warning: {message}")

    def error(self, message: str) -> None:
        self._say(self._err, f"error: {message}")

    def annotate(self, annotation: Annotation) -> None:
        place = f"{annotation.file}:{annotation.line}:{annotation.column}: " if annotation.file else ""
        title = f" ({annotation.title})" if annotation.title else ""
        said = annotation.title if annotation.is_logged and self._is_one else f"{annotation.message}{title}"
        self._say(self._err, f"{place}{annotation.level}: {said}")

    def mask(self, secret: str) -> None:
        self._redactor.add(secret)

    def masked(self, markdown: str) -> str:
        return self._redactor.hide_in_markdown(markdown)

    def outputs(self, values: Mapping[str, Any]) -> None:
        if self._as_json:
            write_line(self._out, json.dumps(self._hidden(values), indent=2))

    def _hidden(self, value: Any) -> Any:
        """`value`, which JSON has, without the secrets in its strings; what is around them stays JSON."""
        match value:
            case str():
                return self._redactor.hide(value)
            case Mapping():
                return {self._redactor.hide(name): self._hidden(each) for name, each in value.items()}
            case list() | tuple():
                return [self._hidden(each) for each in value]
        return value

    def summary(self, markdown: str) -> None:
        """Write nothing: there is no page for it here, and the log has said it all."""

    def _say(self, stream: TextIO, message: str) -> None:
        for line in self._shown(message):
            write_line(stream, line)

    def _shown(self, message: str) -> list[str]:
        return printable_lines(self._redactor.hide(message))


def _end_in_one_place(out: TextIO, err: TextIO) -> bool:
    """Whether who reads one of them reads the other, too: a terminal, or a log that has both."""
    try:
        return out is err or os.path.samestat(os.fstat(out.fileno()), os.fstat(err.fileno()))
    except OSError:
        return False
