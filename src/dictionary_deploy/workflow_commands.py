"""Text as it has to be written so that GitHub's runner takes it for text, or for the value of a command."""

from __future__ import annotations

import re


def harmless(line: str) -> str:
    """Return `line` so that the runner sees no command in it: `::` at its start, or `##[` anywhere."""
    line = line.replace("##[", "# #[")
    return re.sub(r"^(\s*):(?=:)", r"\1: ", line)


def escaped(data: str) -> str:
    """Return `data` as the runner's workflow commands want it (actions/toolkit, `escapeData`)."""
    return data.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(value: str) -> str:
    return escaped(value).replace(":", "%3A").replace(",", "%2C")
