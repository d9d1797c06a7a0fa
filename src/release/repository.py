"""The git side of a release: one commit on top of the released one, and the tags that lead to it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from release.version import ReleaseError

_BOT = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


class Repository:
    """A checkout whose `origin` takes the tags. Every method raises ReleaseError with what git said."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def tags(self) -> dict[str, str]:
        """The tags of `origin`, each with the object that it names."""
        lines = self._git("ls-remote", "--refs", "--tags", "origin").splitlines()
        pairs = (line.split("\trefs/tags/") for line in lines)
        return {name: sha for sha, name in pairs}

    def commit(self, file: str, text: str, message: str) -> str:
        """A commit on top of HEAD in which `file` has `text`; its SHA. HEAD and the working tree stay.

        It has HEAD's date, so that the same release makes the same commit, however often it is tried.
        """
        date = self._git("show", "--no-patch", "--format=%cI", "HEAD")
        somebody = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in zip(("NAME", "EMAIL", "DATE"), (*_BOT, date), strict=True)
        }
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            blob = self._git("hash-object", "-w", "--stdin", stdin=text)
            self._git("read-tree", "HEAD", **index)
            self._git("update-index", "--cacheinfo", f"100644,{blob},{file}", **index)
            tree = self._git("write-tree", **index)
        return self._git("commit-tree", tree, "-p", "HEAD", "-m", message, **somebody)

    def push(self, commit: str, new_tag: str, moving_tag: str) -> None:
        """Make `new_tag` and move `moving_tag`, both or neither. A `new_tag` that exists stays."""
        self._git(
            *("push", "--atomic", "origin"),
            f"{commit}:refs/tags/{new_tag}",
            f"+{commit}:refs/tags/{moving_tag}",
        )

    def _git(self, *arguments: str, stdin: str = "", **environ: str) -> str:
        done = subprocess.run(  # noqa: S603 the arguments are ours, and no shell reads them
            ["git", *arguments],  # noqa: S607 the git that is on the PATH
            cwd=self.path,
            env=os.environ | environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout.strip()
