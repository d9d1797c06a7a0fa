"""Which repository of GitHub the remote of a checkout is."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:]+):(?P<path>[^/].*)")
"""How git also writes ssh: `git@github.com:owner/name.git`."""


def repository_at(url: str, server_url: str) -> str:
    """`owner/name` when `url`, a remote's, is of a repository at `server_url`; else empty.

    A token is for one server: it is never sent to another that some remote names.
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
