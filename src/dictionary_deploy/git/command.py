"""git, called with what it needs and no more, outside GitHub's runner.

No GIT_ variable leads it to another repository, no argument can be taken for an option or a pattern,
and it never asks for a password. Whether the checkout may be trusted is its own decision.
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

# How the remote is reached, and whom git trusts, is the user's business. Which repository this is about
# is not: a pre-commit hook, for one, runs with GIT_DIR and GIT_INDEX_FILE set.
_KEPT = re.compile(r"GIT_(ASKPASS|SSH|SSH_COMMAND|SSH_VARIANT|SSL_CAINFO|SSL_CAPATH|CONFIG_\w+)")
_SET = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_LITERAL_PATHSPECS": "1"}


class Git:
    """git in the checkout whose root is `workspace`.

    A call raises DeployError (`github-failed`: nobody else can say outside GitHub) when git is missing,
    fails, or does not answer within `timeout_seconds`; only asking the remote takes noticeable time.
    """

    def __init__(
        self, workspace: Path, environ: Mapping[str, str] = os.environ, timeout_seconds: float = GIT_SECONDS
    ) -> None:
        self._workspace = workspace.resolve()
        self._timeout_seconds = timeout_seconds
        self._environ = {
            name: value
            for name, value in environ.items()
            if not name.startswith("GIT_") or _KEPT.fullmatch(name)
        } | _SET

    def __call__(self, *arguments: str, no: int = 0, sent: BinaryIO | None = None) -> str:
        """What git prints, with `sent` to read; nothing when it exits with `no`, as some commands say no."""
        command = ("git", "-C", str(self._workspace), *arguments)
        try:
            status, output, errors = self._run(command, sent)
        except OSError as error:
            raise _failed(f"git cannot be started ({error.strerror})", "Install git.") from error
        except ValueError as error:
            raise _failed(f"git {arguments[0]} cannot be asked about a name like that ({error})") from error
        except subprocess.TimeoutExpired as error:
            name = f"git {arguments[0]}"
            raise _failed(f"{name} did not answer within {self._timeout_seconds:g} s") from error
        if status not in (0, no):
            raise self._refused(arguments[0], errors)
        return output

    def _refused(self, name: str, errors: str) -> DeployError:
        if "dubious ownership" in errors:
            return _failed(
                f"{self._workspace} belongs to another user, and git does not trust it",
                f"Run it as that user; or, if you trust what is in it: git config --global --add"
                f" safe.directory {self._workspace}",
            )
        return _failed(f"git {name} failed: {_without_password(errors.strip())}")

    def _run(self, command: Sequence[str], sent: BinaryIO | None) -> tuple[int, str, str]:
        with subprocess.Popen(  # noqa: S603 -- no shell, and git is the one found in PATH as in a terminal
            command,
            env=self._environ,
            stdin=sent or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
        ) as process:
            try:
                output, errors = process.communicate(timeout=self._timeout_seconds)
            except BaseException:
                # With ssh or whatever else git has started, which would keep the pipes open.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
        return process.returncode, output, errors


def _without_password(text: str) -> str:
    """Without what a remote's URL may have before its host."""
    return re.sub(r"://[^/@\s]+@", "://***@", text)


def _failed(
    what: str, remedy: str = "See that git works in the checkout and reaches its origin."
) -> DeployError:
    return DeployError("github-failed", f"The history of the branch cannot be read: {what}.", remedy)
