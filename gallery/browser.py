"""Screenshots of a page, by headless Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

Scheme = Literal["light", "dark"]

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTH = 920
MOST = 16_384
"""Maximum height in pixels that Chromium renders."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SCHEMES = {"dark": 0, "light": 1}
"""Chromium's own numbers."""


def photograph(page: Path, scheme: Scheme, picture: Path, most: int = MOST) -> None:
    """Return a PNG of the page, at most `most` pixels high, in GitHub's light or dark colors."""
    height = min(_height(page), most)
    _run(page, scheme, f"--window-size={WIDTH},{height}", f"--screenshot={picture}")


def _height(page: Path) -> int:
    with TemporaryDirectory() as directory:
        measuring = Path(directory, page.name)
        script = "<script>onload = () => document.title = document.documentElement.scrollHeight</script>"
        measuring.write_text(page.read_text(encoding="utf-8") + script, encoding="utf-8")
        found = re.search(r"<title>(\d+)</title>", _run(measuring, "light", "--dump-dom"))
    return int(found[1]) if found else 1000


def _run(page: Path, scheme: Scheme, *options: str) -> str:
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    if browser is None:
        sys.exit(f"There is no {' or '.join(NAMES)} on the PATH: install Chromium.")
    with TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--no-sandbox",  # it shows only this page, and root cannot use the sandbox
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            f"--user-data-dir={profile}",
            f"--blink-settings=preferredColorScheme={_SCHEMES[scheme]}",
            f"--window-size={WIDTH},1000",
            *options,
            page.resolve().as_uri(),
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
