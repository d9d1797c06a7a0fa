"""The endpoint of a domain: the URL of its search engine, and where that finds the files of packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Endpoint:
    """A search engine that reads `analyzers/F123` below `folder`."""

    url: str
    folder: Path
    _versions: dict[str, str] = field(default_factory=dict)

    def put(self, package_id: str, version: str, read: Callable[[], bytes]) -> None:
        """Put the file of an active version there, once, as the service does on each node."""
        if self._versions.get(package_id) != version:
            path = self.folder / "analyzers" / package_id
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(read())
            self._versions[package_id] = version
