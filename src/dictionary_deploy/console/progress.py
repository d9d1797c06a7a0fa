"""A terminal with progress rows at the bottom. This module imports rich, which is an extra."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from dictionary_deploy.console.lines import write_line
from dictionary_deploy.console.terminal import Terminal

MAX_SUBJECT_CHARACTERS = 40
"""Characters of a row's subject. The activity needs the rest of the row."""

COLORS = {"+": "green", "-": "red", "~": "yellow"}
"""The colors of changed entries. rich omits them in a file, and if NO_COLOR is set."""


class LiveTerminal(Terminal):
    """A Terminal that shows a progress row for each subject on `err`, and removes them at the end."""

    def __init__(self, out: TextIO, err: TextIO, *, as_json: bool = False, show_debug: bool = False) -> None:
        super().__init__(out, err, as_json=as_json, show_debug=show_debug)
        self._rows: _Rows | None = None

    def entry(self, line: str, sign: str) -> None:
        stream = self._err if self._as_json else self._out
        console = Console(file=stream)
        with console.capture() as captured:
            console.print(Text(self._redact_line(line), COLORS.get(sign, "")), end="", soft_wrap=True)
        write_line(stream, captured.get())

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        self._rows = rows = _Rows(self._err)
        rows.start()
        try:
            yield lambda message: rows.show(self._redact_line(message))
        finally:
            rows.stop()
            self._rows = None

    def _write(self, stream: TextIO, message: str) -> None:
        if not self._rows:
            super()._write(stream, message)
            return
        self._rows.stop()  # keep the line above the rows
        super()._write(stream, message)
        self._rows.start()


class _Rows:
    def __init__(self, stream: TextIO) -> None:
        subject = TextColumn("{task.fields[subject]}", markup=False)
        activity = TextColumn("{task.description}", markup=False)
        self._progress = Progress(
            SpinnerColumn(),
            TimeElapsedColumn(),
            subject,
            activity,
            console=Console(file=stream),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self.start, self.stop = self._progress.start, self._progress.stop
        self._tasks: dict[str, TaskID] = {}

    def show(self, message: str) -> None:
        subject, _, activity = message.partition(": ")
        if subject not in self._tasks:
            is_long = len(subject) > MAX_SUBJECT_CHARACTERS
            shown = f"…{subject[1 - MAX_SUBJECT_CHARACTERS :]}" if is_long else subject
            self._tasks[subject] = self._progress.add_task(activity, total=None, subject=shown)
        self._progress.update(self._tasks[subject], description=activity)
