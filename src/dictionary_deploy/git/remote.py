"""Find the GitHub repository of a remote."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]+):(?P<path>[^/].*)")
"""Git's short form of ssh URLs: `git@github.com:owner/name.git`."""


def name_at(url: str) -> str:
    """Return the path of a remote's repository at its host, without `.git`; empty for a local path."""
    return _split(url)[1]


def repository_at(url: str, server_url: str) -> str:
    """Return `owner/name` if `url`, of a remote, is a repository at `server_url`; else empty.

    A token is for one server. It is never sent to the server of another remote.
    """
    host, name = _split(url)
    is_there = host == (urlsplit(server_url).hostname or "")
    return name if is_there and re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII) else ""


def _split(url: str) -> tuple[str, str]:
    """Return the host and the repository's name; both empty if there is no host."""
    if "://" in url:
        try:
            parts = urlsplit(url)
        except ValueError:
            return "", ""
        host, path = parts.hostname or "", parts.path
    elif scp := _SCP.fullmatch(url):
        host, path = scp["host"].lower(), scp["path"]
    else:
        return "", ""
    return host, path.strip("/").removesuffix(".git") if host else ""
