"""Where the program speaks: to GitHub's runner, or to a terminal.

Both show foreign text as it is and let none of it act: characters that do not print are escaped, and
to the runner no line is a workflow command but our own. What was given to `mask` is written nowhere.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Protocol, TextIO

from dictionary_deploy.masks import Masks
from dictionary_deploy.report.outputs import Annotation
from dictionary_deploy.report.visible import visible
from dictionary_deploy.workflow_commands import escaped, escaped_property, harmless


class Console(Protocol):
    """What a run may say, and where its results go."""

    def group(self, title: str) -> AbstractContextManager[None]:
        """Put what is said within under `title`."""
        ...

    def info(self, message: str) -> None: ...

    def debug(self, message: str) -> None:
        """Say what only those see who asked for it."""
        ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...

    def progress(self) -> AbstractContextManager[Callable[[str], None]]:
        """Say within what is being done now; each message begins with what it is done to, and a colon."""
        ...

    def annotate(self, annotation: Annotation) -> None:
        """Point at a place in a file."""
        ...

    def mask(self, secret: str) -> None:
        """Never write `secret` from now on."""
        ...

    def masked(self, markdown: str) -> str:
        """Return `markdown` without what was given to `mask`, for those who hand it over themselves."""
        ...

    def outputs(self, values: Mapping[str, Any]) -> None:
        """Hand over the outputs: strings, and what JSON has."""
        ...

    def summary(self, markdown: str) -> None:
        """Hand over the step summary."""
        ...


class Runner:
    """GitHub's runner: workflow commands on its log, and files for the outputs and the step summary.

    `output_path` and `summary_path` are the runner's GITHUB_OUTPUT and GITHUB_STEP_SUMMARY. When one
    is empty or cannot be written, a warning says so: a finished deploy does not fail for that.
    """

    def __init__(self, log: TextIO, output_path: str, summary_path: str) -> None:
        self._log = log
        self._output_path = output_path
        self._summary_path = summary_path
        self._masks = Masks()

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        self._command("group", title)
        try:
            yield
        finally:
            self._command("endgroup", "")

    def info(self, message: str) -> None:
        for line in _lines(self._masks.hide(message)):
            _print(self._log, harmless(line))

    def progress(self) -> AbstractContextManager[Callable[[str], None]]:
        return nullcontext(self.info)

    def debug(self, message: str) -> None:
        self._command("debug", message)

    def warning(self, message: str) -> None:
        self._command("warning", message)

    def error(self, message: str) -> None:
        self._command("error", message)

    def annotate(self, annotation: Annotation) -> None:
        place = {
            "title": annotation.title,
            "file": annotation.file,
            "line": str(annotation.line or ""),
            "col": str(annotation.column or ""),
        }
        self._command(annotation.level, annotation.message, place)

    def mask(self, secret: str) -> None:
        if secret in self._masks:
            return
        for line in filter(None, secret.splitlines()):  # the runner masks within single lines
            _print(self._log, f"::add-mask::{escaped(line)}")
        self._masks.add(secret)

    def masked(self, markdown: str) -> str:
        return self._masks.hide_in_markdown(markdown)

    def outputs(self, values: Mapping[str, Any]) -> None:
        # Nobody who does not know the delimiter can end a value with it and begin another output.
        delimiter = f"end-{secrets.token_hex(16)}"
        texts = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()
        }
        entries = (
            f"{name}<<{delimiter}\n{self._masks.hide(text)}\n{delimiter}\n" for name, text in texts.items()
        )
        self._append("outputs", "GITHUB_OUTPUT", self._output_path, "".join(entries))

    def summary(self, markdown: str) -> None:
        self._append("step summary", "GITHUB_STEP_SUMMARY", self._summary_path, f"{self.masked(markdown)}\n")

    def _append(self, what: str, variable: str, path: str, text: str) -> None:
        if not path:
            self.warning(f"There is nowhere to write the {what} to: {variable} is not set.")
            return
        try:
            with Path(path).open("a", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
        except OSError as error:
            self.warning(f"The {what} could not be written to {path} ({variable}): {error.strerror}.")

    def _command(self, name: str, message: str, properties: Mapping[str, str] | None = None) -> None:
        given = ",".join(
            f"{key}={escaped_property(visible(self._masks.hide(value)))}"
            for key, value in (properties or {}).items()
            if value
        )
        data = escaped("\n".join(_lines(self._masks.hide(message))))
        _print(self._log, f"::{name}{' ' if given else ''}{given}::{data}")


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
        self._masks = Masks()

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
        said = annotation.title if annotation.is_told and self._is_one else f"{annotation.message}{title}"
        self._say(self._err, f"{place}{annotation.level}: {said}")

    def mask(self, secret: str) -> None:
        self._masks.add(secret)

    def masked(self, markdown: str) -> str:
        return self._masks.hide_in_markdown(markdown)

    def outputs(self, values: Mapping[str, Any]) -> None:
        if self._as_json:
            _print(self._out, json.dumps(self._hidden(values), indent=2))

    def _hidden(self, value: Any) -> Any:
        """`value`, which JSON has, without the secrets in its strings; what is around them stays JSON."""
        match value:
            case str():
                return self._masks.hide(value)
            case Mapping():
                return {self._masks.hide(name): self._hidden(each) for name, each in value.items()}
            case list() | tuple():
                return [self._hidden(each) for each in value]
        return value

    def summary(self, markdown: str) -> None:
        """Write nothing: there is no page for it here, and the log has said it all."""

    def _say(self, stream: TextIO, message: str) -> None:
        for line in self._shown(message):
            _print(stream, line)

    def _shown(self, message: str) -> list[str]:
        return _lines(self._masks.hide(message))


def _end_in_one_place(out: TextIO, err: TextIO) -> bool:
    """Whether who reads one of them reads the other, too: a terminal, or a log that has both."""
    try:
        return out is err or os.path.samestat(os.fstat(out.fileno()), os.fstat(err.fileno()))
    except OSError:
        return False


def _print(stream: TextIO, line: str) -> None:
    # Whoever read it may be gone, or the disk full: no deploy ends in its midst for that. The exit status
    # tells, since what could not be written cannot be flushed at the end either.
    with suppress(OSError):
        stream.write(f"{line}\n")  # at once: while one thread writes a line, another may mask a secret
        stream.flush()  # a log read through a pipe is to be on time


def _lines(message: str) -> list[str]:
    # Not what else Python ends a line at: a name with U+2028 in it would make a line of its own.
    return [visible(line, keep="\t") for line in re.split(r"\r\n?|\n", message.removesuffix("\n"))]
