"""What libraries log reaches the console alone, which masks and escapes it."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator

import pytest

from dictionary_deploy.console.library_logging import listen_to_libraries
from dictionary_deploy.console.runner import Runner
from dictionary_deploy.console.terminal import Terminal


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = handlers, level


def test_library_warning_is_an_escaped_debug_message() -> None:
    log = io.StringIO()
    runner = Runner(log, log, "", "")
    runner.mask("hide-this-token")
    log.seek(log.truncate(0))
    listen_to_libraries(runner)

    logging.getLogger("urllib3.connectionpool").warning("unparsed: %s", "\x1b\n::error::x hide-this-token")
    logging.getLogger("botocore").info("not wanted")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("::error::y", stacklevel=1)

    first, *rest = log.getvalue().splitlines()
    assert r"::debug::urllib3.connectionpool: unparsed: \x1b\n::error::x ***" == first
    assert ["::debug::py.warnings"] == [line[:20] for line in rest]


def test_library_error_is_logged_without_a_traceback() -> None:
    log = io.StringIO()
    listen_to_libraries(Runner(log, log, "", ""))

    logging.getLogger("urllib3").warning("cut off", exc_info=ValueError("x"))

    assert "::debug::urllib3: cut off\n" == log.getvalue()


def test_library_warning_is_hidden_without_debug_logging(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = io.StringIO(), io.StringIO()
    listen_to_libraries(Terminal(out, err))

    logging.getLogger("botocore").error("x")

    assert ("", "", "") == (out.getvalue(), err.getvalue(), capsys.readouterr().err)
