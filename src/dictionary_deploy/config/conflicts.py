"""Find other configurations of the repository that deploy the same packages from other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dictionary_deploy.config import parse_all
from dictionary_deploy.errors import ConfigError
from dictionary_deploy.model import Config

_KEYS = (b"bucket", b"dictionaries")
"""Words that every configuration contains. Other files are not parsed."""


def find_conflicts(configs: Sequence[Config], beside: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return a sentence for each package that another configuration also deploys.

    `beside` has other YAML files by path. The same file in both is no conflict: the content is the same.
    Another bucket or prefix may be another account.
    """
    ours = {
        (config.bucket, config.prefix, dictionary.package): (config.path, dictionary.file)
        for config in configs
        for dictionary in config.dictionaries
    }
    found = []
    for other in _others(beside):
        for dictionary in other.dictionaries:
            path, file = ours.get((other.bucket, other.prefix, dictionary.package), ("", dictionary.file))
            if file != dictionary.file:
                found.append(
                    f"Package {dictionary.package} is deployed by two configurations: {path} deploys {file},"
                    f" {other.path} deploys {dictionary.file}. Remove it from one of them, or set another"
                    " `bucket` or `prefix` in one of them."
                )
    return tuple(dict.fromkeys(found))


def _others(beside: Mapping[str, bytes]) -> Iterator[Config]:
    """Yield the valid configurations among the files, for every environment."""
    for path, data in beside.items():
        if all(key in data for key in _KEYS):
            try:
                yield from parse_all(data, path)
            except ConfigError:
                continue  # not a configuration, or invalid: its own run reports that
