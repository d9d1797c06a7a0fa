"""Write to GitHub's runner: workflow commands on its log, and files for outputs and step summary."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TextIO

from dictionary_deploy.console.lines import printable_line, write_line
from dictionary_deploy.console.redaction import Redactor
from dictionary_deploy.report.annotations import Annotation
from dictionary_deploy.report.printable import escape_unprintable


class Runner:
    """Write workflow commands to the log, and the outputs and the step summary to files.

    `output_path` and `summary_path` are the runner's GITHUB_OUTPUT and GITHUB_STEP_SUMMARY. If one is
    empty or not writable, log a warning: the deploy is already done.

    The runner reads both streams. Secrets for it to mask go to `err`, because users redirect and pipe `out`.
    With `as_json`, `out` gets only a JSON object of the outputs.
    """

    def __init__(
        self, out: TextIO, err: TextIO, output_path: str, summary_path: str, *, as_json: bool = False
    ) -> None:
        self._log = err if as_json else out
        self._masks = None if _is_regular_file(err) else err
        self._json = out if as_json else None
        self._output_path = output_path
        self._summary_path = summary_path
        self._redactor = Redactor()
        self.has_outputs = False

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        self._command("group", title)
        try:
            yield
        finally:
            self._command("endgroup", "")

    def info(self, message: str) -> None:
        write_line(self._log, without_commands(printable_line(self._redactor.redact(message))))

    def entry(self, line: str, sign: str) -> None:
        del sign
        self.info(line)

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
        if secret in self._redactor:
            return
        for line in filter(None, secret.splitlines()):  # the runner masks single lines
            if self._masks:
                write_line(self._masks, f"::add-mask::{escape_data(line)}")
        self._redactor.add(secret)

    def redact_markdown(self, markdown: str) -> str:
        return self._redactor.redact_markdown(markdown)

    def outputs(self, values: Mapping[str, Any]) -> None:
        self.has_outputs = True
        # A random delimiter: no value can contain it and begin another output.
        delimiter = f"end-{secrets.token_hex(16)}"
        texts = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()
        }
        entries = (
            f"{name}<<{delimiter}\n{self._redactor.redact(text)}\n{delimiter}\n"
            for name, text in texts.items()
        )
        self._append("outputs", "GITHUB_OUTPUT", self._output_path, "".join(entries))

    def json(self, values: Mapping[str, Any]) -> None:
        if self._json:
            write_line(self._json, self._redactor.to_json(values))

    def markdown(self, markdown: str) -> None:
        if not self._json:
            for line in self.redact_markdown(markdown).splitlines():
                write_line(self._log, without_commands(line))

    def summary(self, markdown: str) -> None:
        self._append(
            "step summary", "GITHUB_STEP_SUMMARY", self._summary_path, f"{self.redact_markdown(markdown)}\n"
        )

    def _append(self, name: str, variable: str, path: str, text: str) -> None:
        if not path:
            self.warning(
                f"The {name} cannot be written: {variable} is not set. Pass it to the container, as GitHub's"
                " runner does. The log has the report."
            )
            return
        try:
            _append_whole(path, text.encode(errors="backslashreplace"))
        except OSError as error:
            self.warning(f"The {name} cannot be written to {path} ({variable}): {error.strerror}.")

    def _command(self, name: str, message: str, properties: Mapping[str, str] | None = None) -> None:
        fields = ",".join(
            f"{key}={escape_property(escape_unprintable(self._redactor.redact(value)))}"
            for key, value in (properties or {}).items()
            if value
        )
        data = escape_data(printable_line(self._redactor.redact(message)))
        write_line(self._log, f"::{name}{' ' if fields else ''}{fields}::{data}")


def _append_whole(path: str, data: bytes) -> None:
    """Append all of the data, or nothing: the runner fails a step for half a block of an output."""
    # O_NONBLOCK: opening a FIFO would wait for a reader.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    try:
        length = os.fstat(descriptor).st_size
        written = 0
        try:
            while written < len(data):
                written += os.write(descriptor, data[written:])
        except OSError:
            if written:
                os.ftruncate(descriptor, length)
            raise
    finally:
        os.close(descriptor)


def _is_regular_file(stream: TextIO) -> bool:
    """Return True if the stream is redirected to a file, which the runner does not read."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def without_commands(line: str) -> str:
    """Return `line` without workflow commands: `::` at its start, `##[` anywhere."""
    line = line.replace("##[", "# #[")
    return re.sub(r"^(\s*):(?=:)", r"\1: ", line)


def escape_data(data: str) -> str:
    """Return `data` escaped for a workflow command (actions/toolkit, `escapeData`)."""
    return data.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(value: str) -> str:
    return escape_data(value).replace(":", "%3A").replace(",", "%2C")
