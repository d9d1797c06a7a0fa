"""The command and the action: arguments, the handler of all exceptions, the exit status."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from dictionary_deploy.clock import (
    MAX_OVERTIME_SECONDS,
    MAX_QUIET_STOP_SECONDS,
    MAX_STOP_SECONDS,
    Deadline,
    Interruption,
    SystemClock,
)
from dictionary_deploy.console import Console
from dictionary_deploy.console.library_logging import listen_to_libraries
from dictionary_deploy.console.lines import has_unwritten_lines
from dictionary_deploy.console.redaction import secrets_of
from dictionary_deploy.console.runner import Runner
from dictionary_deploy.console.terminal import Terminal
from dictionary_deploy.context import RunContext
from dictionary_deploy.errors import DeployError, Explanation, unexpected_error
from dictionary_deploy.git.head import find_root
from dictionary_deploy.host.machine import Machine
from dictionary_deploy.host.runner import GithubRunner
from dictionary_deploy.model import Failure, Report
from dictionary_deploy.report.annotations import annotations_of
from dictionary_deploy.report.outputs import json_values, outputs
from dictionary_deploy.run import run
from dictionary_deploy.settings import Settings, is_in_runner, parse_settings
from dictionary_deploy.settings.command_line import Command
from dictionary_deploy.signals import StopSignals, end_process

RERUN = "Rerun: it picks up where it left off."


def main(signals: StopSignals) -> NoReturn:
    """Run once and end the process with status 0, or 1 if something is invalid or failed.

    A signal stops the run at its next step: it still writes its report.
    """
    interruption = Interruption()
    signals.forward(interruption.set)
    are_open = [_open_stream(name) for name in ("stdout", "stderr")]
    status = _run(sys.argv[1:], interruption)
    exit_process(status if all(are_open) else status or 1)


def _open_stream(name: str) -> bool:
    """Prepare the stream for any text. Return False if it is closed, as with `>&-`."""
    stream = getattr(sys, name)
    if stream is None:
        setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 open to the end
    elif isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # an unprintable character must not end the run
    return stream is not None


def exit_process(status: int) -> NoReturn:
    """End the process without cleaning up. The status is not 0 if its output could not be written.

    Python's cleanup takes a quarter of the time of a short run. It also waits for the threads of the pool,
    which may wait for a response of AWS.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the reader has closed it, or the disk is full
            status = status or 1
    os._exit(status or int(has_unwritten_lines()))


def _end_in_time(console: Console, interruption: Interruption, seconds: float) -> None:
    """End the process if the run does not end by itself, so that the user gets outputs.

    A thread waits for a signal, or for the end of the time of the run.
    """

    def watch() -> None:
        if interruption.happens_within(seconds + MAX_OVERTIME_SECONDS):
            time.sleep(MAX_QUIET_STOP_SECONDS)
            why = Explanation("interrupted", f"Stopped by {interruption.signal}.", RERUN)
        else:
            why = Explanation("timed-out", "Timed out.", RERUN)
        # In its own thread, because the log may hang.
        reporting = threading.Thread(target=_report_last, args=(console, why), daemon=True)
        reporting.start()
        reporting.join(MAX_STOP_SECONDS - MAX_QUIET_STOP_SECONDS)
        end_process(1)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()


def _report_last(console: Console, why: Explanation) -> None:
    if not console.has_outputs:
        report_failure(console, why)


def _run(argv: Sequence[str], interruption: Interruption) -> int:
    """Return the exit status. Every exception is reported."""
    console = _console(None)
    try:
        settings = parse_settings(argv, os.environ)
        if settings.github is None:
            settings = replace(settings, workspace=find_root(settings.workspace))
        console = _console(settings)
        for secret in dict.fromkeys([settings.github_token, *secrets_of(os.environ)]):
            console.mask(secret)
        listen_to_libraries(console)
        if any(each.startswith("--github-token") for each in argv):
            console.warning("Other users of this machine can see --github-token. Set GITHUB_TOKEN instead.")
        clock = SystemClock(interruption)
        _end_in_time(console, interruption, settings.timeout_seconds)
        if settings.command:
            return _run_command(settings.command, settings, console, clock, interruption)
        host = (
            GithubRunner(settings, settings.github, console, clock) if settings.github else Machine(settings)
        )
        deadline = Deadline.after(clock, settings.timeout_seconds)
        return run(RunContext(settings, host, console, clock, deadline, interruption))
    except DeployError as error:
        report_failure(console, error.explain(in_workflow=is_in_runner(os.environ)))
    except Exception as error:  # noqa: BLE001 users get a message instead of a traceback
        for line in traceback.format_exc().splitlines():
            console.debug(line)
        report_failure(console, unexpected_error(error).explain(in_workflow=True))
    return 1


def _run_command(
    command: Command, settings: Settings, console: Console, clock: SystemClock, interruption: Interruption
) -> int:
    """Run a command other than a mode; return the exit status. Its modules are slow to import."""
    if command == "status":
        from dictionary_deploy.status.run import show_status  # noqa: PLC0415

        return show_status(settings, console, clock)
    from dictionary_deploy.doctor.run import (  # noqa: PLC0415
        check_absent_policies,
        examine,
        write_policies_of_new_config,
    )

    if command == "init":
        from dictionary_deploy.init.run import initialize  # noqa: PLC0415

        check_absent_policies(settings, [""])
        written = initialize(settings, console)
        policies = write_policies_of_new_config(written.deploy_role, settings, console, clock)
        for step in written.next_steps:
            console.info(step)
        console.json({**written.values, "written": [*written.values["written"], *policies]})
        return 0
    return examine(settings, console, clock, interruption)


def _console(settings: Settings | None) -> Console:
    """Return the console for GitHub's runner or for a terminal."""
    as_json, debug = (settings.as_json, settings.debug) if settings else ("--json" in sys.argv, False)
    if is_in_runner(os.environ):
        output, summary = os.environ.get("GITHUB_OUTPUT", ""), os.environ.get("GITHUB_STEP_SUMMARY", "")
        return Runner(sys.stdout, sys.stderr, output, summary, as_json=as_json)
    terminal = _live_terminal() if settings and _can_show_progress() else Terminal
    return terminal(sys.stdout, sys.stderr, as_json=as_json, show_debug=debug)


def _can_show_progress() -> bool:
    """Return True if stderr is a terminal that can show progress in place."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("CI")


def _live_terminal() -> type[Terminal]:
    """Return a terminal with progress if rich is installed: `pip install 'dictionary-deploy[terminal]'`."""
    try:
        from dictionary_deploy.console.progress import LiveTerminal  # noqa: PLC0415 an extra, and for terminals alone
    except ImportError:
        return Terminal
    return LiveTerminal


def report_failure(console: Console, why: Explanation) -> None:
    """Report a run that ended before it had a report."""
    report = Report(mode="auto", results=(), config_path="", failure=Failure.of(why))
    values = outputs(report)
    console.outputs(values)
    for annotation in annotations_of(report):
        console.annotate(annotation)
    console.json(json_values(report))


if __name__ == "__main__":
    sys.exit("Run `python -m dictionary_deploy`.")
