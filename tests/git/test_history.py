from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from dictionary_deploy.errors import DeployError
from dictionary_deploy.git.history import GitHistory
from tests.git.repository import ENVIRON, commit, git

NOBODY = "f" * 40


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Create a repository without a remote."""
    repository = tmp_path / "repository"
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch=main")
    return repository


def clone(repository: Path, *options: str) -> Path:
    target = repository.parent / "clone"
    git(repository.parent, "clone", "--quiet", *options, f"file://{repository}", str(target))
    return target


def refusal(history: GitHistory, branch: str = "main", of: str = NOBODY) -> DeployError:
    with pytest.raises(DeployError) as caught:
        history.standing(branch, of, [], [])
    return caught.value


def test_origin_url_is_that_of_the_remote_or_empty(repository: Path) -> None:
    commit(repository, a="1")

    assert "" == GitHistory(repository).origin()
    assert f"file://{repository}" == GitHistory(clone(repository)).origin()


# ---------------------------------------------------------------- files


def test_files_of_the_tip_are_at_the_tip(repository: Path) -> None:
    tip = commit(repository, a="1")

    standing = GitHistory(repository).standing("main", tip, ["search/a", "built"], [])

    assert (tip, {"search/a": "tip", "built": "tip"}) == (standing.tip, standing.files)


def test_files_behind_the_tip_are_same_moved_or_untracked(repository: Path) -> None:
    old = commit(repository, same="1", moved="1", removed="1")
    tip = commit(repository, moved="2", removed=None, later="1")

    files = ["search/same", "search/moved", "search/removed", "search/later", "built"]
    standing = GitHistory(repository).standing("main", old, files, [])

    assert standing.tip == tip
    assert standing.files == {
        "search/same": "same",
        "search/moved": "moved",
        "search/removed": "moved",
        "search/later": "untracked",
        "built": "untracked",
    }


def test_reverted_file_is_the_same(repository: Path) -> None:
    old = commit(repository, a="1")
    commit(repository, a="2")
    commit(repository, a="1")

    assert GitHistory(repository).standing("main", old, ["search/a"], []).files == {"search/a": "same"}


def test_links_and_folders_are_untracked(repository: Path) -> None:
    (repository / "link").symlink_to("search/a")
    (repository / "folder").symlink_to("search")
    old = commit(repository, a="1")
    commit(repository, b="1")

    files = ["link", "folder/a", "search"]
    expected = dict.fromkeys(files, "untracked")
    assert expected == GitHistory(repository).standing("main", old, files, []).files


@pytest.mark.parametrize("name", ["--help", "-z", ":(top)a", "*", "a\nb", "a b", "ä\u3042", '"a"'])
def test_name_that_looks_like_an_option_or_pattern_is_literal(repository: Path, name: str) -> None:
    (repository / name).write_text("1")
    old = commit(repository, other="1")
    (repository / name).write_text("2")
    commit(repository, other="1")

    files = [name, "search/other"]
    expected = {name: "moved", "search/other": "same"}
    assert expected == GitHistory(repository).standing("main", old, files, []).files


def test_commit_of_another_branch_is_off_the_branch(repository: Path) -> None:
    tip = commit(repository, a="1")
    git(repository, "checkout", "--quiet", "-b", "other")
    other = commit(repository, a="2")

    standing = GitHistory(repository).standing("main", other, ["search/a"], [])

    assert (tip, {"search/a": "off-branch"}) == (standing.tip, standing.files)


@pytest.mark.parametrize("unknown", [NOBODY, "", "HEAD", "main", "--all"])
def test_missing_commit_is_unknown(repository: Path, unknown: str) -> None:
    commit(repository, a="1")

    standing = GitHistory(repository).standing("main", unknown, ["search/a"], [unknown])

    assert (standing.files, standing.distances) == ({"search/a": "unknown"}, {unknown: None})


def test_commit_missing_in_a_shallow_clone_is_unknown(repository: Path) -> None:
    old = commit(repository, a="1")
    commit(repository, a="2")
    commit(repository, a="3")
    shallow = clone(repository, "--depth=1")
    git(shallow, "fetch", "--quiet", "--depth=1", "origin", old)

    assert GitHistory(shallow).standing("main", old, ["search/a"], []).files == {"search/a": "unknown"}


# ---------------------------------------------------------------- distances


def test_distance_is_the_number_of_missing_branch_commits(repository: Path) -> None:
    first = commit(repository, a="1")
    second = commit(repository, a="2")
    tip = commit(repository, a="3")
    git(repository, "checkout", "--quiet", "-b", "other")
    other = commit(repository, a="4")

    standing = GitHistory(repository).standing("main", tip, [], [tip, second, first, other, NOBODY])

    assert standing.distances == {tip: 0, second: 1, first: 2, other: None, NOBODY: None}


def test_object_that_is_not_a_commit_has_no_distance(repository: Path) -> None:
    tip = commit(repository, a="1")
    tree = git(repository, "rev-parse", "HEAD^{tree}")

    assert GitHistory(repository).standing("main", tip, [], [tree]).distances == {tree: None}


def test_commit_includes_parents_and_merged_commits(repository: Path) -> None:
    first, second = commit(repository, a="1"), commit(repository, a="2")
    git(repository, "checkout", "--quiet", "-b", "late", first)
    late = commit(repository, b="1")
    git(repository, "checkout", "--quiet", "main")
    git(repository, "merge", "--quiet", "--no-edit", "late")
    merged, history = git(repository, "rev-parse", "HEAD"), GitHistory(repository)

    assert history.has(first, late)
    assert history.has(second, merged)
    assert history.has(late, merged)
    assert not history.has(late, second)
    assert not history.has(second, late)
    assert not history.has(merged, late)


def test_blobs_of_regular_files_are_known_at_the_tip_and_at_the_commit(repository: Path) -> None:
    (repository / "link").symlink_to("search/a")
    old = commit(repository, a="1")
    tip = commit(repository, a="2", later="1")
    files = ["search/a", "search/later", "link", "built"]
    nothing = dict.fromkeys(files, "")

    def blob(at: str) -> str:
        return git(repository, "rev-parse", at)

    standing = GitHistory(repository).standing("main", old, files, [])

    later = {"search/a": blob(f"{tip}:search/a"), "search/later": blob(f"{tip}:search/later")}
    assert standing.blobs == {**nothing, **later}
    assert standing.own_blobs == {**nothing, "search/a": blob(f"{old}:search/a")}


# ---------------------------------------------------------------- the branch


def test_tip_is_that_of_origin_not_of_the_local_branch(repository: Path) -> None:
    tip = commit(repository, a="1")
    local = clone(repository)
    ahead = commit(local, a="2")

    standing = GitHistory(local).standing("main", ahead, ["search/a"], [])

    assert (tip, {"search/a": "off-branch"}) == (standing.tip, standing.files)


def test_unfetched_tip_of_origin_error_names_git_fetch(repository: Path) -> None:
    old = commit(repository, a="1")
    local = clone(repository)
    tip = commit(repository, a="2")

    error = refusal(GitHistory(local), of=old)

    assert error.reason == "github-failed"
    assert error.message == f"The checkout lacks commit {tip}, the tip of main at origin."
    assert error.remedy == "Run `git fetch origin`."


@pytest.mark.parametrize("branch", ["next", "mai*", "main~0", "main^{commit}", "--all"])
def test_missing_branch_is_refused(repository: Path, branch: str) -> None:
    commit(repository, a="1")

    error = refusal(GitHistory(repository), branch)

    assert error.reason == "wrong-branch"
    assert error.message == f"Branch {branch} not found in the checkout."


@pytest.mark.parametrize("branch", ["next", "mai*"])
def test_local_branch_missing_at_origin_is_refused(repository: Path, branch: str) -> None:
    commit(repository, a="1")
    local = clone(repository)
    git(local, "branch", "next")

    assert refusal(GitHistory(local), branch).message == f"Branch {branch} not found at origin."


def test_branch_name_is_not_matched_as_a_suffix(repository: Path) -> None:
    commit(repository, a="1")
    git(repository, "branch", "refs/heads/next")

    assert refusal(GitHistory(clone(repository)), "next").reason == "wrong-branch"


def test_committer_date_of_a_commit_is_returned(repository: Path) -> None:
    sha = commit(repository, a="1")

    expected = float(git(repository, "show", "--no-patch", "--format=%ct", sha))
    assert expected == GitHistory(repository).committed_at(sha)


def test_default_branch_is_the_head_of_origin(repository: Path) -> None:
    commit(repository, a="1")
    local = clone(repository)
    git(local, "checkout", "--quiet", "-b", "other")

    assert GitHistory(local).default_branch() == "main"


def test_origin_with_a_detached_head_has_no_default_branch(repository: Path) -> None:
    commit(repository, a="1")
    git(repository, "checkout", "--quiet", "--detach")

    assert GitHistory(clone(repository)).default_branch() is None


def test_default_branch_without_origin_is_unknown(repository: Path) -> None:
    commit(repository, a="1")

    assert GitHistory(repository).default_branch() is None


# ---------------------------------------------------------------- is the commit on the branch


def test_commit_of_the_branch_reaches_its_tip(repository: Path) -> None:
    first, tip = commit(repository, a="1"), commit(repository, a="2")

    assert [tip, tip] == [GitHistory(repository).reach("main", each) for each in (first, tip)]


def test_base_is_the_last_commit_of_the_branch(repository: Path) -> None:
    older, tip = commit(repository, a="1"), commit(repository, a="2")
    git(repository, "checkout", "--quiet", "-b", "laptop", older)
    other = commit(repository, a="3")
    git(repository, "checkout", "--quiet", "--orphan", "unrelated")
    unrelated = commit(repository, a="4")
    history = GitHistory(repository)

    commits = (older, tip, other, unrelated)
    assert [older, tip, older, ""] == [history.base("main", each) for each in commits]


def test_base_is_unknown_if_the_tip_is_not_fetched(repository: Path) -> None:
    old = commit(repository, a="1")
    local = clone(repository)
    commit(repository, a="2")

    assert "" == GitHistory(local).base("main", old)


def test_commit_off_the_branch_does_not_reach_it(repository: Path) -> None:
    commit(repository, a="1")
    git(repository, "checkout", "--quiet", "-b", "evil")
    evil = commit(repository, a="2")

    with pytest.raises(DeployError, match=f"Commit {evil} is not on the branch main") as raised:
        GitHistory(repository).reach("main", evil)

    assert raised.value.reason == "wrong-branch"


def test_commit_with_missing_history_is_unknown(repository: Path, tmp_path: Path) -> None:
    old = commit(repository, a="1")
    commit(repository, a="2")
    commit(repository, a="3")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", str(shallow))
    git(shallow, "fetch", "--quiet", "--depth=1", "origin", old)

    with pytest.raises(DeployError) as raised:
        GitHistory(shallow).reach("main", old)

    assert (raised.value.reason, raised.value.remedy) == ("github-failed", "Run `git fetch --unshallow`.")


def test_missing_branch_is_refused_for_a_rollback(repository: Path) -> None:
    commit(repository, a="1")
    history = GitHistory(repository)

    for ask in (lambda: history.base("next", "a" * 40), lambda: history.reach("next", "a" * 40)):
        with pytest.raises(DeployError) as raised:
            ask()

        assert (raised.value.reason, raised.value.remedy) == (
            "wrong-branch",
            "Set `--branch` to the branch that is deployed.",
        )


def test_file_is_read_at_a_commit(repository: Path) -> None:
    old, tip = commit(repository, a="1"), commit(repository, a="2")
    history = GitHistory(repository)

    assert [history.read(old, "search/a"), history.read(tip, "search/a")] == [b"1", b"2"]
    assert history.read(tip, "search/b") is None


# ---------------------------------------------------------------- git


def test_git_variables_of_the_caller_are_ignored(repository: Path, tmp_path: Path) -> None:
    tip = commit(repository, a="1")
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet", "--initial-branch=other")
    environ = ENVIRON | {
        "GIT_DIR": str(other / ".git"),
        "GIT_INDEX_FILE": str(other / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git" / "objects"),
        "GIT_NAMESPACE": "other",
    }

    assert GitHistory(repository, environ).standing("main", tip, [], []).tip == tip


def test_replacement_refs_are_ignored(repository: Path) -> None:
    old = commit(repository, a="1")
    tip = commit(repository, a="2")
    git(repository, "checkout", "--quiet", "--orphan", "other")
    git(repository, "replace", tip, commit(repository, a="3"))

    assert GitHistory(repository).standing("main", old, [], [old]).distances == {old: 1}


@pytest.mark.skipif(os.geteuid() != 0, reason="giving files away takes root")
def test_checkout_of_another_user_needs_safe_directory(
    repository: Path,
) -> None:
    tip = commit(repository, a="1")
    shutil.chown(repository, 1001)
    shutil.chown(repository / ".git", 1001)
    told = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": str(repository),
    }

    error = refusal(GitHistory(repository, ENVIRON))

    assert "belongs to another user" in error.message
    assert error.remedy.endswith(f"`git config --global --add safe.directory {repository}`.")
    assert GitHistory(repository, ENVIRON | told).standing("main", tip, [], []).tip == tip


def test_workspace_path_can_be_a_link(repository: Path, tmp_path: Path) -> None:
    tip = commit(repository, a="1")
    (tmp_path / "link").symlink_to(repository)

    assert GitHistory(tmp_path / "link").standing("main", tip, [], []).tip == tip


def test_missing_git_error_recommends_to_install_it(repository: Path, tmp_path: Path) -> None:
    error = refusal(GitHistory(repository, {"PATH": str(tmp_path)}))

    assert error.reason == "github-failed"
    assert error.message == (
        "The history of the branch cannot be read: git cannot be started (No such file or directory)."
    )
    assert error.remedy == "Install git."


@pytest.mark.parametrize("branch", ["nul\0", "\ud800"])
def test_name_with_a_null_byte_is_refused(repository: Path, branch: str) -> None:
    commit(repository, a="1")

    assert "does not accept the name" in refusal(GitHistory(repository), branch).message


def test_git_error_output_is_reported_on_one_line(repository: Path) -> None:
    commit(repository, a="1")
    git(repository, "remote", "add", "origin", str(repository / "absent"))

    message = refusal(GitHistory(repository)).message

    assert "git ls-remote failed: fatal: " in message
    assert "\n" not in message
    assert message.endswith("and the repository exists.")


def test_folder_that_is_no_repository_is_named(tmp_path: Path) -> None:
    error = refusal(GitHistory(tmp_path))

    assert f"{tmp_path} is not in a git repository." in error.message
    assert error.remedy.startswith("Run the command in a checkout of the repository.")


@pytest.mark.parametrize("password", ["secret", "a@b@secret"])
def test_password_in_the_origin_url_is_redacted(repository: Path, password: str) -> None:
    commit(repository, a="1")
    git(repository, "remote", "add", "origin", f"http://mona:{password}@127.0.0.1:1/search")

    error = refusal(GitHistory(repository))

    assert "ls-remote failed" in error.message
    assert "secret" not in error.message


def test_unresponsive_origin_times_out(repository: Path, tmp_path: Path) -> None:
    commit(repository, a="1")
    git(repository, "remote", "add", "origin", "ssh://git.example/search")
    git(repository, "config", "core.sshCommand", f"sleep 60; touch '{tmp_path}/answered'")

    error = refusal(GitHistory(repository, timeout_seconds=0.5))

    assert error.message == ("The history of the branch cannot be read: git ls-remote timed out after 0.5 s.")
    assert not (tmp_path / "answered").exists()
