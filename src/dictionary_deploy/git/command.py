"""Run git with a minimal environment, outside of GitHub's runner.

No GIT_ variable selects another repository, no argument is parsed as an option or a pattern, and git never
prompts for a password. Git itself decides whether it trusts the checkout.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from dictionary_deploy.clock import GIT_SECONDS
from dictionary_deploy.errors import DeployError

# The user decides how to reach the remote and what git trusts, but not which repository this is: a
# pre-commit hook, for example, runs with GIT_DIR and GIT_INDEX_FILE set.
_INHERITED = re.compile(r"GIT_(ASKPASS|SSH|SSH_COMMAND|SSH_VARIANT|SSL_CAINFO|SSL_CAPATH|CONFIG_\w+)")
_SET = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_LITERAL_PATHSPECS": "1"}


class Git:
    """Git in the checkout whose root is `workspace`.

    A call raises DeployError (`github-failed`) if git is missing, fails, or takes longer than
    `timeout_seconds`. Only requests to the remote take noticeable time.
    """

    def __init__(
        self, workspace: Path, environ: Mapping[str, str] = os.environ, timeout_seconds: float = GIT_SECONDS
    ) -> None:
        self._workspace = workspace.resolve()
        self._timeout_seconds = timeout_seconds
        self._environ = {
            name: value
            for name, value in environ.items()
            if not name.startswith("GIT_") or _INHERITED.fullmatch(name)
        } | _SET

    def __call__(self, *arguments: str, no: int = 0, stdin: BinaryIO | None = None) -> str:
        """Return git's output. `no` is a second exit status that is not an error."""
        command = ("git", "-C", str(self._workspace), *arguments)
        try:
            status, output, errors = self._run(command, stdin)
        except OSError as error:
            raise _history_error(f"git cannot be started ({error.strerror})", "Install git.") from error
        except ValueError as error:
            raise _history_error(f"git {arguments[0]} does not accept the name ({error})") from error
        except subprocess.TimeoutExpired as error:
            raise _history_error(f"git {arguments[0]} timed out after {self._timeout_seconds:g} s") from error
        if status not in (0, no):
            raise self._command_error(arguments[0], errors)
        return output

    def _command_error(self, name: str, errors: str) -> DeployError:
        if "dubious ownership" in errors:
            return _history_error(
                f"{self._workspace} belongs to another user, so git does not trust it",
                f"Run the command as that user. If you trust the repository, run"
                f" `git config --global --add safe.directory {self._workspace}`.",
            )
        if "not a git repository" in errors:
            return _history_error(
                f"{self._workspace} is not in a git repository",
                "Run the command in a checkout of the repository. `git init` creates a repository.",
            )
        message = _without_password("; ".join(filter(None, map(str.strip, errors.splitlines()))))
        return _history_error(f"git {name} failed: {message.rstrip('.')}")

    def _run(self, command: Sequence[str], stdin: BinaryIO | None) -> tuple[int, str, str]:
        with subprocess.Popen(  # noqa: S603 -- no shell, and PATH finds the same git as in a terminal
            command,
            env=self._environ,
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
        ) as process:
            try:
                output, errors = process.communicate(timeout=self._timeout_seconds)
            except BaseException:
                # Also its child processes, such as ssh, which would keep the pipes open.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
        return process.returncode, output, errors


def _without_password(text: str) -> str:
    """Return the text without credentials in URLs."""
    return re.sub(r"://[^/\s]+@", "://***@", text)


def _history_error(
    problem: str, remedy: str = "Check that git works in the checkout and can reach origin."
) -> DeployError:
    return DeployError("github-failed", f"The history of the branch cannot be read: {problem}.", remedy)
