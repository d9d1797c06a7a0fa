"""Write to GitHub's runner or to a terminal.

Both implementations redact masked secrets, and write each message as one line: they escape its line breaks
and all other characters that do not print.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from dictionary_deploy.report.annotations import Annotation


class Console(Protocol):
    """The output of a run."""

    has_outputs: bool
    """True once outputs were written."""

    def group(self, title: str) -> AbstractContextManager[None]:
        """Group the output of the block under `title`."""
        ...

    def info(self, message: str) -> None: ...

    def entry(self, line: str, sign: str) -> None:
        """Write a changed entry; `sign` is `+`, `-` or `~`."""
        ...

    def debug(self, message: str) -> None:
        """Write a message that is shown only with debug logging."""
        ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...

    def progress(self) -> AbstractContextManager[Callable[[str], None]]:
        """Return a function that shows the current activity. Its messages are `subject: activity`."""
        ...

    def annotate(self, annotation: Annotation) -> None:
        """Write a message about a place in a file."""
        ...

    def mask(self, secret: str) -> None:
        """Redact `secret` in all later output."""
        ...

    def redact_markdown(self, markdown: str) -> str:
        """Return `markdown` with all masked secrets redacted."""
        ...

    def outputs(self, values: Mapping[str, Any]) -> None:
        """Write outputs of the step: strings and JSON values. Later ones are added."""
        ...

    def json(self, values: Mapping[str, Any]) -> None:
        """Print all outputs as one JSON object, if `--json` is set."""
        ...

    def markdown(self, markdown: str) -> None:
        """Print Markdown as it is, with secrets redacted; nothing with `--json`."""
        ...

    def summary(self, markdown: str) -> None:
        """Write the step summary."""
        ...
