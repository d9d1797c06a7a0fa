"""What libraries log and warn of, for those who asked for debug messages: it may quote anything."""

from __future__ import annotations

import logging

from dictionary_deploy.console import Console


class LibraryLog(logging.Handler):
    """Hands records to the console, which masks and escapes them; Python would write them as they are."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        # Without the traceback that some add: the library has dealt with it, and the run goes on.
        self._console.debug(f"{record.name}: {record.getMessage()}")


def listen_to_libraries(console: Console) -> None:
    """Let `console` say what Python's logging and warnings have to say, from a warning upwards."""
    logging.captureWarnings(capture=True)
    logging.basicConfig(handlers=[LibraryLog(console)], level=logging.WARNING, force=True)
