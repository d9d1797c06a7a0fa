"""The comparison of files with their commit, in real repositories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.git.uncommitted import check_committed
from dictionary_deploy.git.worktree import open_dictionary
from tests.git.repository import commit, git

FILE = "search/words.txt"
OLD, NEW = "a\n", "a\nb\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path, **{"words.txt": OLD})
    return tmp_path


def check(repository: Path, file: str = FILE) -> bytes:
    """Return the bytes that can still be read after the check."""
    head = git(repository, "rev-parse", "HEAD")
    with open_dictionary(repository, file) as source:
        check_committed(repository, head, file, source.handle, source.content.size)
        return source.read()


def refusal(repository: Path, file: str = FILE) -> ContentError:
    with pytest.raises(ContentError) as caught:
        check(repository, file)
    return caught.value


def test_committed_file_passes_and_stays_readable(repository: Path) -> None:
    assert OLD.encode() == check(repository)


@pytest.mark.parametrize("is_staged", [False, True])
def test_changed_file_is_refused_with_two_fixes(repository: Path, *, is_staged: bool) -> None:
    (repository / FILE).write_text(NEW)
    if is_staged:
        git(repository, "add", FILE)

    error = refusal(repository)

    head = git(repository, "rev-parse", "HEAD")
    assert f"{FILE} has uncommitted changes: it differs from commit {head[:12]}." in error.message
    assert error.remedy.startswith("Commit the changes")
    assert error.remedy.endswith(f"`git restore --staged --worktree {FILE}`.")


def test_change_in_the_index_alone_is_ignored(repository: Path) -> None:
    (repository / FILE).write_text(NEW)
    git(repository, "add", FILE)
    (repository / FILE).write_text(OLD)

    assert OLD.encode() == check(repository)


def test_untracked_file_passes(repository: Path) -> None:
    (repository / "built.txt").write_text(NEW)

    assert NEW.encode() == check(repository, "built.txt")


def test_staged_new_file_is_refused(repository: Path) -> None:
    (repository / "new.txt").write_text(NEW)
    git(repository, "add", "new.txt")

    assert refusal(repository, "new.txt").remedy.endswith("`git rm --cached new.txt`.")


def test_line_ends_are_compared_as_git_stores_them(repository: Path) -> None:
    (repository / ".gitattributes").write_text("*.txt text eol=crlf\n")
    commit(repository)
    (repository / FILE).unlink()
    git(repository, "checkout", "--quiet", "--", FILE)

    assert b"a\r\n" == check(repository)


def test_committed_crlf_passes_despite_autocrlf(
    repository: Path,
) -> None:
    (repository / FILE).write_bytes(b"a\r\n")
    commit(repository)
    git(repository, "config", "core.autocrlf", "true")

    assert b"a\r\n" == check(repository)


def test_clean_filter_is_applied_before_the_comparison(repository: Path) -> None:
    git(repository, "config", "filter.upper.clean", "tr a-z A-Z")
    git(repository, "config", "filter.upper.smudge", "tr A-Z a-z")
    (repository / ".gitattributes").write_text("*.txt filter=upper\n")
    (repository / FILE).write_text(NEW)
    commit(repository)

    assert NEW.encode() == check(repository)


def test_large_file_is_compared_completely(repository: Path) -> None:
    (repository / FILE).write_bytes(b"x" * 3_000_000)
    commit(repository)
    assert 3_000_000 == len(check(repository))
    with (repository / FILE).open("r+b") as file:
        file.seek(2_999_999)
        file.write(b"y")

    assert FILE in refusal(repository).message


def test_link_within_the_repository_is_followed(repository: Path) -> None:
    (repository / "link.txt").symlink_to(FILE)
    commit(repository)
    assert OLD.encode() == check(repository, "link.txt")
    (repository / FILE).write_text(NEW)

    assert "link.txt has uncommitted changes" in refusal(repository, "link.txt").message


def test_sha256_repository_works_alike(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    commit(tmp_path, **{"words.txt": OLD})
    assert OLD.encode() == check(tmp_path)
    (tmp_path / FILE).write_text(NEW)

    assert FILE in refusal(tmp_path).message


def test_name_with_wildcards_is_not_a_pattern(repository: Path) -> None:
    commit(repository, **{"*.txt": NEW})
    (repository / FILE).write_text(NEW)

    assert NEW.encode() == check(repository, "search/*.txt")


def test_failing_git_is_an_error(repository: Path) -> None:
    with open_dictionary(repository, FILE) as source:
        shutil.rmtree(repository / ".git")

        with pytest.raises(DeployError, match="is not in a git repository"):
            check_committed(repository, "f" * 40, FILE, source.handle, source.content.size)
