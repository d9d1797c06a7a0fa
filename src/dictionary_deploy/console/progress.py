"""A terminal at whose foot rows tell what is being done now. Importing this imports rich, an extra."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from dictionary_deploy.console.terminal import Terminal

LONGEST_SUBJECT = 40
"""Characters of what a row is about, so that there is room for what is being done."""


class LiveTerminal(Terminal):
    """As a Terminal; what is being done has a row for each thing it is done to, on `err`, gone at the end."""

    def __init__(self, out: TextIO, err: TextIO, *, as_json: bool = False, show_debug: bool = False) -> None:
        super().__init__(out, err, as_json=as_json, show_debug=show_debug)
        self._rows: _Rows | None = None

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        self._rows = rows = _Rows(self._err)
        rows.start()
        try:
            yield lambda message: rows.show(" ".join(self._shown(message)))
        finally:
            rows.stop()
            self._rows = None

    def _say(self, stream: TextIO, message: str) -> None:
        if not self._rows:
            super()._say(stream, message)
            return
        self._rows.stop()  # so that the line stays, above them
        super()._say(stream, message)
        self._rows.start()


class _Rows:
    def __init__(self, stream: TextIO) -> None:
        subject = TextColumn("{task.fields[subject]}", markup=False)
        doing = TextColumn("{task.description}", markup=False)
        self._progress = Progress(
            SpinnerColumn(),
            TimeElapsedColumn(),
            subject,
            doing,
            console=Console(file=stream),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self.start, self.stop = self._progress.start, self._progress.stop
        self._tasks: dict[str, TaskID] = {}

    def show(self, message: str) -> None:
        subject, _, doing = message.partition(": ")
        if subject not in self._tasks:
            is_long = len(subject) > LONGEST_SUBJECT
            shown = f"…{subject[1 - LONGEST_SUBJECT :]}" if is_long else subject
            self._tasks[subject] = self._progress.add_task(doing, total=None, subject=shown)
        self._progress.update(self._tasks[subject], description=doing)
