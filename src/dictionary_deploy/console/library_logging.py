"""Send the logs and warnings of libraries to the console as debug messages. They may contain secrets."""

from __future__ import annotations

import logging

from dictionary_deploy.console import Console


class LibraryLogHandler(logging.Handler):
    """Send records to the console, which redacts and escapes them."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        # Without the traceback: the library has handled the error.
        self._console.debug(f"{record.name}: {record.getMessage()}")


def listen_to_libraries(console: Console) -> None:
    """Send log records from WARNING up, and Python's warnings, to `console`."""
    logging.captureWarnings(capture=True)
    logging.basicConfig(handlers=[LibraryLogHandler(console)], level=logging.WARNING, force=True)
