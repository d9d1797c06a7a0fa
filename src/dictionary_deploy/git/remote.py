"""Find the GitHub repository of a remote."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]+):(?P<path>[^/].*)")
"""Git's short form of ssh URLs: `git@github.com:owner/name.git`."""


def repository_at(url: str, server_url: str) -> str:
    """Return `owner/name` if `url`, of a remote, is a repository at `server_url`; else empty.

    A token is for one server. It is never sent to the server of another remote.
    """
    if "://" in url:
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        host, path = parts.hostname or "", parts.path
    elif scp := _SCP.fullmatch(url):
        host, path = scp["host"], scp["path"]
    else:
        return ""
    name = path.strip("/").removesuffix(".git")
    is_there = host.lower() == (urlsplit(server_url).hostname or "")
    return name if is_there and re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII) else ""
