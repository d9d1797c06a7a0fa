"""Where a commit stands on its branch, as the checkout's own git answers: outside GitHub nobody else can.

git is called with what it needs and no more: no GIT_ variable leads it to another repository, no
argument can be taken for an option or a pattern, and it never asks for a password.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from dictionary_deploy.errors import DeployError
from dictionary_deploy.model import SHA, Place, Standing

# How the remote is reached is the user's business. Which repository this is about is not: a
# pre-commit hook, for one, runs with GIT_DIR and GIT_INDEX_FILE set.
_KEPT = frozenset(
    {"GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"}
)
_SET = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_LITERAL_PATHSPECS": "1"}


class GitHistory:
    """The history of the checkout whose root is `workspace`.

    Every method raises DeployError (`github-failed`) when git is missing, fails, or does not
    answer within `timeout_seconds`; only asking the remote takes noticeable time.
    """

    def __init__(
        self, workspace: Path, environ: Mapping[str, str] = os.environ, timeout_seconds: float = 60
    ) -> None:
        self._workspace = workspace.resolve()
        self._timeout_seconds = timeout_seconds
        self._environ = {
            name: value for name, value in environ.items() if not name.startswith("GIT_") or name in _KEPT
        } | _SET

    def head_branch(self) -> str | None:
        """The branch that is checked out; None when what is checked out is no branch."""
        ref = self._git("symbolic-ref", "--quiet", "HEAD", no=1)
        return ref.removeprefix("refs/heads/").rstrip("\n") or None

    def default_branch(self) -> str | None:
        """The repository's default branch: what is HEAD at `origin`, without an `origin` what is here."""
        if not self._has_origin():
            return self.head_branch()
        answer = self._git("ls-remote", "--symref", "--", "origin", "HEAD")
        found = re.match(r"ref: refs/heads/(.+)\tHEAD\n", answer)
        return found[1] if found else None

    def standing(self, branch: str, commit: str, files: Sequence[str], others: Sequence[str]) -> Standing:
        """Where `commit`, its `files` and `others` stand against the tip of `branch`.

        The tip is asked of `origin`; without an `origin` it is the local branch's. A file that is a
        link counts as untracked: what git has of it stays the same when the file it leads to changes.
        Raises DeployError (`wrong-branch`) when there is no such branch.
        """
        tip = self._tip(branch)
        missing = [other for other in others if not self._has(other)]
        if missing and self._is_shallow():
            raise DeployError(
                "github-failed",
                f"The clone is shallow and lacks {', '.join(missing)}: which commit is newer cannot be told.",
                "Run `git fetch --unshallow` first.",
            )
        return Standing(
            tip=tip,
            files=self._places(tip, commit, files),
            distances={other: self._distance(tip, other) for other in others},
        )

    def _tip(self, branch: str) -> str:
        ref = f"refs/heads/{branch}"
        if self._has_origin():
            where = "at origin"
            answer = self._git("ls-remote", "--", "origin", ref)
        else:
            where = "in the checkout"
            answer = self._git("for-each-ref", "--format=%(objectname)%09%(refname)", "--", ref)
        # Both take the ref for a pattern.
        lines = (line.split("\t") for line in answer.splitlines())
        tip = next((sha for sha, name in lines if name == ref), None)
        if tip is None:
            raise DeployError(
                "wrong-branch", f"There is no branch {branch} {where}.", "Set `branch:` in the configuration."
            )
        if not self._has(tip):
            raise DeployError(
                "github-failed",
                f"The checkout lacks {tip}, which is the tip of {branch} {where}.",
                "Run `git fetch origin` first.",
            )
        return tip

    def _has_origin(self) -> bool:
        return "origin" in self._git("remote").splitlines()

    def _has(self, commit: str) -> bool:
        if not SHA.fullmatch(commit):
            return False
        return bool(self._git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}", no=1))

    def _is_shallow(self) -> bool:
        return self._git("rev-parse", "--is-shallow-repository") == "true\n"

    def _distance(self, tip: str, commit: str) -> int | None:
        if not self._has(commit):
            return None
        counts = self._git("rev-list", "--left-right", "--count", f"{tip}...{commit}", "--")
        behind, ahead = map(int, counts.split())
        return behind if ahead == 0 else None

    def _places(self, tip: str, commit: str, files: Sequence[str]) -> Mapping[str, Place]:
        if commit == tip:
            return dict.fromkeys(files, "tip")
        if self._distance(tip, commit) is None:
            # Where a shallow clone ends, a commit of the branch looks like one of none.
            is_unknown = self._is_shallow() or not self._has(commit)
            return dict.fromkeys(files, "unknown" if is_unknown else "off-branch")
        here, there = self._blobs(commit, files), self._blobs(tip, files)
        return {file: _place(here.get(file), there.get(file)) for file in files}

    def _blobs(self, commit: str, files: Sequence[str]) -> Mapping[str, str]:
        """The object IDs of those of `files` that are files in the commit: no links, folders, submodules."""
        if not files:
            return {}
        answer = self._git("ls-tree", "-z", "--full-tree", commit, "--", *files)
        entries = (entry.split("\t", 1) for entry in answer.split("\0") if entry)
        return {file: entry.split()[2] for entry, file in entries if entry.startswith("100")}

    def _git(self, *arguments: str, no: int = 0) -> str:
        """What git prints; nothing when it exits with `no`, by which some of its commands say no."""
        trust = f"safe.directory={self._workspace}"
        command = ("git", "-C", str(self._workspace), "-c", trust, *arguments)
        try:
            status, output, errors = self._run(command)
        except OSError as error:
            raise _failed(f"git cannot be started ({error.strerror})", "Install git.") from error
        except ValueError as error:
            raise _failed(f"git {arguments[0]} cannot be asked about a name like that ({error})") from error
        except subprocess.TimeoutExpired as error:
            name = f"git {arguments[0]}"
            raise _failed(f"{name} did not answer within {self._timeout_seconds:g} s") from error
        if status not in (0, no):
            raise _failed(f"git {arguments[0]} failed: {_without_password(errors.strip())}")
        return output

    def _run(self, command: Sequence[str]) -> tuple[int, str, str]:
        with subprocess.Popen(  # noqa: S603 -- no shell, and git is the one found in PATH as in a terminal
            command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
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


def _place(here: str | None, there: str | None) -> Place:
    if here is None:
        return "untracked"
    return "same" if here == there else "moved"


def _without_password(text: str) -> str:
    """Without what a remote's URL may have before its host."""
    return re.sub(r"://[^/@\s]+@", "://***@", text)


def _failed(
    what: str, remedy: str = "See that git works in the checkout and reaches its origin."
) -> DeployError:
    return DeployError("github-failed", f"The history of the branch cannot be read: {what}.", remedy)
