"""The changelog's section of a version: the notes of its release."""

from __future__ import annotations

import re

from release.version import ReleaseError


def notes(changelog: str, version: str) -> str:
    """Return the changelog's section on `version`, without its heading.

    Raises ReleaseError if it is empty, has no date, or if there are lines under Unreleased.
    """
    sections = _sections(changelog)
    if sections.get("[Unreleased]"):
        raise ReleaseError(f"CHANGELOG.md has lines under Unreleased: move them under [{version}].")
    for heading, text in sections.items():
        if re.fullmatch(rf"\[{re.escape(version)}\] - [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}", heading):
            if not text:
                break
            return f"{text}\n"
    raise ReleaseError(f"CHANGELOG.md has nothing under ## [{version}] - YYYY-MM-DD: say what is new.")


def _sections(changelog: str) -> dict[str, str]:
    """The text under each heading of the second level."""
    parts = re.split(r"^## (.+)$", changelog, flags=re.MULTILINE)
    return {heading.strip(): text.strip() for heading, text in zip(parts[1::2], parts[2::2], strict=True)}
