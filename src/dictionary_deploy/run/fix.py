"""Apply fixes to the dictionaries in the working tree, for `validate --fix`."""

from __future__ import annotations

import difflib
import secrets
import shutil
from collections.abc import Iterator, Sequence

from dictionary_deploy.context import RunContext
from dictionary_deploy.dictionaries import KINDS
from dictionary_deploy.dictionaries.fix import FileFormat, apply_fixes
from dictionary_deploy.dictionaries.review import is_read_whole, options_of
from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.git.worktree import open_dictionary
from dictionary_deploy.model import Config, Dictionary

MAX_DIFF_LINES = 20_000
"""Maximum lines of a file whose diff is printed: to compare more takes too long."""


def fix_files(context: RunContext, configs: Sequence[Config]) -> None:
    """Write each file that a fix changes, and print the diff. Raises DeployError if one cannot be written."""
    files: dict[str, list[Dictionary]] = {}
    for config in configs:
        for dictionary in config.dictionaries:
            files.setdefault(dictionary.file, []).append(dictionary)
    for file, dictionaries in files.items():
        try:
            with open_dictionary(context.settings.workspace, file) as source:
                if not all(is_read_whole(each, source.content.size) for each in dictionaries):
                    continue
                before = source.read()
        except ContentError:  # the validation reports it
            continue
        after = apply_fixes(before, [FileFormat(KINDS[each.kind], options_of(each)) for each in dictionaries])
        if after != before:
            for line in _diff(file, before, after):
                context.console.entry(line, line[:1])
            _write(context, file, after)


def _diff(file: str, before: bytes, after: bytes) -> Iterator[str]:
    one, other = (data.decode().splitlines() for data in (before, after))
    if max(len(one), len(other)) > MAX_DIFF_LINES:
        yield f"{file}: fixed. The diff is too long to print: run `git diff`."
    elif one == other:
        yield f"{file}: only line ends changed."
    else:
        yield from difflib.unified_diff(one, other, file, file, n=0, lineterm="")


def _write(context: RunContext, file: str, data: bytes) -> None:
    # The target of a link, which was opened safely. A file in place of it: no stop or full disk cuts it off.
    path = (context.settings.workspace / file).resolve()
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.open("r+b").close()  # a file that is read-only stays as it is
        try:
            temporary.write_bytes(data)
            shutil.copymode(path, temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise DeployError(
            "invalid-dictionary", f"{file} cannot be written: {error.strerror}.", "Check its permissions."
        ) from error
