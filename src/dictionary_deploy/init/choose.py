"""Choose file, package and kind of each dictionary, from names in the repository and the account. Pure."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

EXTENSIONS = frozenset({".txt", ".csv", ".pl", ".xml", ".dic"})
KINDS = (
    (r"synonym.*\.pl$", "wordnet-synonyms"),
    (r"synonym", "synonyms"),
    (r"stop[-_. ]?words?", "stopwords"),
    (r"keep[-_. ]?words?", "keep-words"),
    (r"prot(ected)?[-_. ]?words?", "protected-words"),
    (r"keywords?", "keywords"),
    (r"articles?", "articles"),
    (r"hyphen.*\.xml$", "hyphenation-patterns"),
    (r"(decompound|compound)", "decompounder-words"),
    (r"stem", "stemmer-override"),
    (r"(char|mapping)", "char-mappings"),
    (r"nori|korean", "nori-user-dictionary"),
    (r"kuromoji|japanese|user[-_. ]?dict", "kuromoji-user-dictionary"),
)
"""Regular expressions for the names of files and packages, each with the kind, the best first."""
DEFAULT_KIND = "synonyms"
DEFAULT_NAME = "product-synonyms"
MIN_SIMILARITY = 0.6
"""Minimum similarity of two names, from 0 to 1."""
FOLDER = "search"
"""The folder of files that do not exist yet."""
MIN_NAME_CHARACTERS, MAX_NAME_CHARACTERS = 3, 28


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the configuration."""

    file: str
    package: str
    kind: str
    creates: bool = False
    """True if the package does not exist yet."""
    exists: bool = True
    """True if the repository has the file."""


def choose(files: Sequence[str], packages: Sequence[str]) -> list[Choice]:
    """Return an entry for each likely file and for each package without one; an example without any."""
    rest, names = [*packages], {*packages}
    choices = []
    for file, kind in likely_files(files):
        package = _nearest(file, kind, rest)
        if package:
            rest.remove(package)
            choices.append(Choice(file, package, kind))
        else:
            name = next(name for name in _new_names(file) if name not in names)
            names.add(name)
            choices.append(Choice(file, name, kind, creates=True))
    choices += [
        Choice(f"{FOLDER}/{package}.txt", package, kind_of(package) or DEFAULT_KIND, exists=False)
        for package in rest
    ]
    if not choices:
        example = f"{FOLDER}/{DEFAULT_NAME}.txt"
        return [Choice(example, DEFAULT_NAME, DEFAULT_KIND, creates=True, exists=False)]
    return choices


def likely_files(files: Sequence[str]) -> list[tuple[str, str]]:
    """Return the files whose names look like dictionaries, with their kinds.

    Hidden folders are skipped, and names with control characters or that are not UTF-8.
    """
    found = []
    for file in files:
        path = PurePosixPath(file)
        is_hidden = not file.isprintable() or any(part.startswith(".") for part in path.parts)
        kind = "" if is_hidden or path.suffix.lower() not in EXTENSIONS else kind_of(path.name)
        if kind:
            found.append((file, kind))
    return found


def kind_of(name: str) -> str:
    """Return the kind that a name suggests; empty without one."""
    return next((kind for pattern, kind in KINDS if re.search(pattern, name.lower())), "")


def _nearest(file: str, kind: str, packages: Sequence[str]) -> str:
    """Return the package whose name is closest to the file's; empty if none is similar or of its kind."""
    stem = PurePosixPath(file).stem.lower()
    of_kind = [package for package in packages if kind_of(package) == kind]
    if len(of_kind) == 1:
        return of_kind[0]
    return next(iter(difflib.get_close_matches(stem, of_kind or packages, 1, MIN_SIMILARITY)), "")


def _new_names(file: str) -> Iterator[str]:
    """Yield names that AWS allows: the file's, its path's, then numbered ones."""
    path = PurePosixPath(file)
    name = _valid_name(path.stem)
    yield name
    yield _valid_name(str(path.with_suffix("")))
    for number in itertools.count(2):
        yield f"{name[: MAX_NAME_CHARACTERS - len(f'-{number}')]}-{number}"


def _valid_name(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    name = name if re.match(r"[a-z]", name) else f"dictionary-{name}".strip("-")
    name = name[:MAX_NAME_CHARACTERS].rstrip("-")
    return name if len(name) >= MIN_NAME_CHARACTERS else f"{name}-dictionary"
