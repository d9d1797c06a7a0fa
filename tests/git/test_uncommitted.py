"""Whether a file is what its commit has, in real repositories."""

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
    """The file's bytes as they can still be read after the check."""
    head = git(repository, "rev-parse", "HEAD")
    with open_dictionary(repository, file) as source:
        check_committed(repository, head, file, source.handle, source.content.size)
        return source.read()


def refusal(repository: Path, file: str = FILE) -> ContentError:
    with pytest.raises(ContentError) as caught:
        check(repository, file)
    return caught.value


def test_a_file_as_it_was_committed_passes_and_can_still_be_read(repository: Path) -> None:
    assert OLD.encode() == check(repository)


@pytest.mark.parametrize("is_staged", [False, True])
def test_a_file_that_was_changed_since_is_refused_with_two_ways_out(
    repository: Path, *, is_staged: bool
) -> None:
    (repository / FILE).write_text(NEW)
    if is_staged:
        git(repository, "add", FILE)

    error = refusal(repository)

    head = git(repository, "rev-parse", "HEAD")
    assert f"{FILE} has uncommitted changes: it differs from commit {head[:12]}." in error.message
    assert error.remedy.startswith("Commit the changes")
    assert error.remedy.endswith(f"`git restore --staged --worktree {FILE}`.")


def test_a_change_that_only_the_index_has_is_none(repository: Path) -> None:
    (repository / FILE).write_text(NEW)
    git(repository, "add", FILE)
    (repository / FILE).write_text(OLD)

    assert OLD.encode() == check(repository)


def test_a_file_that_git_does_not_track_may_be_any(repository: Path) -> None:
    (repository / "built.txt").write_text(NEW)

    assert NEW.encode() == check(repository, "built.txt")


def test_a_new_file_that_is_staged_and_not_committed_is_refused(repository: Path) -> None:
    (repository / "new.txt").write_text(NEW)
    git(repository, "add", "new.txt")

    assert refusal(repository, "new.txt").remedy.endswith("`git rm --cached new.txt`.")


def test_line_ends_count_as_git_has_them(repository: Path) -> None:
    (repository / ".gitattributes").write_text("*.txt text eol=crlf\n")
    commit(repository)
    (repository / FILE).unlink()
    git(repository, "checkout", "--quiet", "--", FILE)

    assert b"a\r\n" == check(repository)


def test_line_ends_that_were_committed_as_they_are_pass_whatever_git_would_make_of_them(
    repository: Path,
) -> None:
    (repository / FILE).write_bytes(b"a\r\n")
    commit(repository)
    git(repository, "config", "core.autocrlf", "true")

    assert b"a\r\n" == check(repository)


def test_a_filter_s_clean_side_decides_as_that_of_git_lfs_does(repository: Path) -> None:
    git(repository, "config", "filter.upper.clean", "tr a-z A-Z")
    git(repository, "config", "filter.upper.smudge", "tr A-Z a-z")
    (repository / ".gitattributes").write_text("*.txt filter=upper\n")
    (repository / FILE).write_text(NEW)
    commit(repository)

    assert NEW.encode() == check(repository)


def test_of_a_large_file_every_byte_counts(repository: Path) -> None:
    (repository / FILE).write_bytes(b"x" * 3_000_000)
    commit(repository)
    assert 3_000_000 == len(check(repository))
    with (repository / FILE).open("r+b") as file:
        file.seek(2_999_999)
        file.write(b"y")

    assert FILE in refusal(repository).message


def test_a_link_within_the_repository_is_what_it_leads_to(repository: Path) -> None:
    (repository / "link.txt").symlink_to(FILE)
    commit(repository)
    assert OLD.encode() == check(repository, "link.txt")
    (repository / FILE).write_text(NEW)

    assert "link.txt has uncommitted changes" in refusal(repository, "link.txt").message


def test_a_repository_of_sha256_is_no_different(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    commit(tmp_path, **{"words.txt": OLD})
    assert OLD.encode() == check(tmp_path)
    (tmp_path / FILE).write_text(NEW)

    assert FILE in refusal(tmp_path).message


def test_a_name_is_taken_for_no_pattern(repository: Path) -> None:
    commit(repository, **{"*.txt": NEW})
    (repository / FILE).write_text(NEW)

    assert NEW.encode() == check(repository, "search/*.txt")


def test_without_an_answer_from_git_nothing_is_said_to_be_committed(repository: Path) -> None:
    with open_dictionary(repository, FILE) as source:
        shutil.rmtree(repository / ".git")

        with pytest.raises(DeployError, match="not a git repository"):
            check_committed(repository, "f" * 40, FILE, source.handle, source.content.size)
