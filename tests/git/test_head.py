from __future__ import annotations

import os
from pathlib import Path

import pytest

from dictionary_deploy.errors import EventError
from dictionary_deploy.git.head import find_checkout_below, read_head
from tests.git.repository import git

SHA = "1f" * 20


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    repository = tmp_path / "repository"
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "commit", "--quiet", "--allow-empty", "--message=first")
    return repository


def head(repository: Path) -> str:
    return git(repository, "rev-parse", "HEAD")


def refusal(workspace: Path) -> EventError:
    with pytest.raises(EventError) as caught:
        read_head(workspace)
    assert caught.value.reason == "not-checked-out"
    assert "actions/checkout" in caught.value.remedy
    return caught.value


def test_commit_of_the_checked_out_branch_is_returned(repository: Path) -> None:
    assert head(repository) == read_head(repository)


def test_commit_of_a_detached_head_is_returned(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--detach")
    git(repository, "commit", "--quiet", "--allow-empty", "--message=second")

    assert head(repository) == read_head(repository)


def test_packed_branch_is_read(repository: Path) -> None:
    git(repository, "tag", "--annotate", "--message=one", "v1")
    git(repository, "pack-refs", "--all")

    assert head(repository) == read_head(repository)


def test_loose_branch_overrides_the_packed_one(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", "--message=second")

    assert head(repository) == read_head(repository)


def test_symbolic_ref_is_followed(repository: Path) -> None:
    git(repository, "symbolic-ref", "refs/heads/live", "refs/heads/main")
    git(repository, "symbolic-ref", "HEAD", "refs/heads/live")

    assert head(repository) == read_head(repository)


def test_linked_worktree_is_followed_to_its_repository(repository: Path) -> None:
    worktree = repository.parent / "worktree"
    git(repository, "worktree", "add", "--quiet", "-b", "other", str(worktree))
    git(worktree, "commit", "--quiet", "--allow-empty", "--message=second")
    git(repository, "pack-refs", "--all")

    assert head(worktree) == read_head(worktree)
    assert head(worktree) != read_head(repository)


def test_submodule_is_followed_to_its_repository(repository: Path) -> None:
    outer = repository.parent / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet")
    git(outer, "submodule", "--quiet", "add", str(repository), "inner")

    assert (outer / "inner" / ".git").is_file()
    assert head(repository) == read_head(outer / "inner")


def test_sha256_commit_is_returned(repository: Path) -> None:
    (repository / ".git" / "HEAD").write_text(f"{'2e' * 32}\n")

    assert read_head(repository) == "2e" * 32


def test_folder_without_git_has_no_commit(tmp_path: Path) -> None:
    assert read_head(tmp_path) is None


def test_missing_workspace_has_no_commit(tmp_path: Path) -> None:
    assert read_head(tmp_path / "missing") is None


def test_branch_without_a_commit_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")

    error = refusal(tmp_path)
    assert f"The branch main in {tmp_path}/.git has no commit yet." == error.message
    assert "Commit the configuration and the dictionaries first." == error.at_terminal


def test_circular_symbolic_refs_are_refused(repository: Path) -> None:
    heads = repository / ".git" / "refs" / "heads"
    (heads / "main").write_text("ref: refs/heads/other\n")
    (heads / "other").write_text("ref: refs/heads/main\n")

    assert "has no commit" in refusal(repository).message


@pytest.mark.parametrize(
    "value", ["", "nonsense", "ref: ../../secret", "ref: refs/../../secret", "ref: HEAD", SHA[:39]]
)
def test_head_that_is_neither_commit_nor_ref_is_refused(repository: Path, value: str) -> None:
    (repository / ".git" / "HEAD").write_text(f"{value}\n")

    assert refusal(repository).message == f"{repository}/.git has {value!r} instead of a commit or a ref."


def test_reftable_is_refused(repository: Path) -> None:
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    (repository / ".git" / "reftable").mkdir()

    assert refusal(repository).message == (
        f"{repository}/.git stores its refs as reftable, which only git can read."
    )
    assert "GIT_DEFAULT_REF_FORMAT: files" in refusal(repository).remedy
    assert "git refs migrate" in refusal(repository).at_terminal


@pytest.mark.parametrize("name", ["packed-refs", "commondir", "HEAD"])
def test_fifo_in_git_is_refused_and_not_waited_for(repository: Path, name: str) -> None:
    git(repository, "pack-refs", "--all")
    path = repository / ".git" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)

    assert str(repository) in refusal(repository).message


def test_git_that_is_a_fifo_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".git")

    assert refusal(tmp_path).message == f"{tmp_path}/.git cannot be read: .git is not a file."


@pytest.mark.parametrize("folder", ["shop", "work/shop"])
def test_checkout_below_the_workspace_is_found(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder / ".git").mkdir(parents=True)

    assert folder == find_checkout_below(tmp_path)
    assert "" == find_checkout_below(tmp_path / folder)


def test_worktree_of_a_repository_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/.git/worktrees/w\n")

    message = f"{tmp_path}/.git points to /nowhere/.git/worktrees/w, which has no HEAD."
    assert message == refusal(tmp_path).message


def test_git_file_with_a_missing_target_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("nonsense\n")

    assert refusal(tmp_path).message == f"{tmp_path}/.git cannot be read: it does not begin with 'gitdir: '."


def test_unreadable_git_file_is_refused(repository: Path) -> None:
    (repository / ".git" / "commondir").mkdir()

    assert refusal(repository).message == f"{repository}/.git cannot be read: commondir is not a file."
