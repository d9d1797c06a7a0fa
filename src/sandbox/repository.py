"""A git repository with reproducible commits, for the demo, the tests and the benchmarks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGIN = datetime(2026, 3, 2, 10, 11, 12, tzinfo=UTC)
GIT_ENVIRON = {
    # Ignore the configuration of the user and the machine.
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    # A checkout can belong to the runner's user, and git refuses that of another user by default.
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
}


@dataclass
class Repository:
    """A repository whose equal commits have equal SHAs: author and dates are fixed."""

    path: Path
    """The working tree."""
    _commits: int = 0

    def init(self) -> None:
        """Create the repository with a branch `main` without commits."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--template=", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        """Run git; return its output without surrounding whitespace."""
        environ = {"PATH": os.environ.get("PATH", os.defpath), **GIT_ENVIRON}
        for role in ("AUTHOR", "COMMITTER"):
            environ[f"GIT_{role}_NAME"] = "Mona Lisa"
            environ[f"GIT_{role}_EMAIL"] = "monalisa@users.noreply.github.com"
            environ[f"GIT_{role}_DATE"] = (BEGIN + timedelta(seconds=self._commits)).isoformat()
        command = ["git", "-C", str(self.path), *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    @property
    def head(self) -> str:
        """The SHA of the checked out commit."""
        return self.git("rev-parse", "HEAD")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write the files by their names, without a commit."""
        for name, content in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def date_next_commit(self, when: datetime) -> None:
        """Let the next commit be made at this time, a second more or less."""
        self._commits = int((when - BEGIN).total_seconds())

    def commit(self, files: Mapping[str, str | bytes], message: str = "Change") -> str:
        """Write and commit the files on the checked out branch; return the SHA."""
        self._commits += 1
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head

    def merge(self, files: Mapping[str, str | bytes], number: int) -> str:
        """Merge pull request `number` with these changes; return the SHA of the merge commit."""
        branch = f"change-{number}"
        self.git("checkout", "--quiet", "-b", branch)
        self.commit(files, f"Change of {number}")
        self.git("checkout", "--quiet", "main")
        self._commits += 1
        return self.merge_branch(branch, number)

    def merge_branch(self, branch: str, number: int, body: str = "") -> str:
        """Merge the branch as GitHub's button does for pull request `number`; return the merge's SHA."""
        message = f"Merge pull request #{number} from octo/{branch}\n\n{body}".strip()
        self.git("merge", "--quiet", "--no-ff", "--message", message, branch)
        return self.head
