"""The interface through which the program writes: to GitHub's runner or to a terminal.

Both escape characters that do not print, and redact what was given to `mask`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from dictionary_deploy.report.annotations import Annotation


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
