"""Two configurations of one repository that deploy one package."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from dictionary_deploy.config import parse_all
from dictionary_deploy.config.conflicts import find_conflicts
from dictionary_deploy.model import Config

SYNONYMS = {"file": "synonyms.txt", "package": "product-synonyms", "kind": "synonyms"}


def document(*dictionaries: dict[str, Any], **top: Any) -> bytes:
    content = {"bucket": "acme", "domains": "none", "dictionaries": list(dictionaries), **top}
    return yaml.safe_dump(content).encode()


OURS: tuple[Config, ...] = parse_all(document(SYNONYMS), "a.yml")


def test_other_file_for_the_same_package_is_named() -> None:
    other = document({**SYNONYMS, "file": "other.txt"}, environments={"test": {}, "prod": {}})

    [sentence] = find_conflicts(OURS, {"b.yml": other})

    assert sentence.startswith(
        "Package product-synonyms is deployed by two configurations: a.yml deploys synonyms.txt,"
        " b.yml deploys other.txt."
    )


@pytest.mark.parametrize(
    "other",
    [
        document(SYNONYMS),
        document({**SYNONYMS, "file": "other.txt"}, bucket="acme-prod"),
        document({**SYNONYMS, "file": "other.txt"}, prefix="other"),
        document({**SYNONYMS, "file": "other.txt", "package": "other-package"}),
        document({**SYNONYMS, "file": "other.txt"}, unknown=1),
        b"bucket: [dictionaries",
        b"version: 2\nupdates: []\n",
    ],
)
def test_other_yaml_file_is_no_conflict(other: bytes) -> None:
    assert () == find_conflicts(OURS, {"b.yml": other})
