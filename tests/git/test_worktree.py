from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.git.worktree import MAX_CONFIG_BYTES, open_dictionary, read_config
from dictionary_deploy.model import Content

RULES = b"laptop, notebook\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with one dictionary, and a secret beside it that is none of the repository's."""
    workspace = tmp_path / "workspace"
    (workspace / ".git").mkdir(parents=True)
    (workspace / ".git" / "config").write_text("[core]\n")
    (workspace / "search").mkdir()
    (workspace / "search" / "synonyms.txt").write_bytes(RULES)
    (tmp_path / "secret").write_text("hush\n")
    return workspace


def refusal(workspace: Path, file: str) -> ContentError:
    with pytest.raises(ContentError) as caught:
        open_dictionary(workspace, file)
    return caught.value


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


# ---------------------------------------------------------------- what is opened


def test_a_file_is_opened_with_its_hash_and_size_and_at_its_beginning(workspace: Path) -> None:
    with open_dictionary(workspace, "search/synonyms.txt") as file:
        assert file.content == Content(hashlib.sha256(RULES).hexdigest(), len(RULES))
        assert file.handle.read() == RULES


def test_it_is_read_again_from_its_beginning_as_often_as_wanted(workspace: Path) -> None:
    with open_dictionary(workspace, "search/synonyms.txt") as file:
        assert [file.read(), file.read(), file.handle.read()] == [RULES, RULES, RULES]


def test_what_is_read_is_the_file_that_was_hashed_though_another_has_taken_its_name(workspace: Path) -> None:
    other = workspace / "other.txt"
    other.write_text("other\n")

    with open_dictionary(workspace, "search/synonyms.txt") as file:
        other.replace(workspace / "search" / "synonyms.txt")
        assert file.read() == RULES


def test_the_handle_is_closed_when_the_block_ends(workspace: Path) -> None:
    with open_dictionary(workspace, "search/synonyms.txt") as file:
        pass

    assert file.handle.closed


def test_an_empty_file_is_a_file(workspace: Path) -> None:
    (workspace / "empty.txt").touch()

    with open_dictionary(workspace, "empty.txt") as file:
        assert file.content == Content(hashlib.sha256(b"").hexdigest(), 0)


def test_a_file_larger_than_the_blocks_it_is_hashed_in_is_hashed_as_a_whole(workspace: Path) -> None:
    data = os.urandom(3 * 1024 * 1024 + 1)
    (workspace / "large.dic").write_bytes(data)

    with open_dictionary(workspace, "large.dic") as file:
        assert file.content == Content(hashlib.sha256(data).hexdigest(), len(data))


@pytest.mark.parametrize("file", ["./search/synonyms.txt", "search//synonyms.txt"])
def test_spellings_of_the_same_path_lead_to_the_same_file(workspace: Path, file: str) -> None:
    with open_dictionary(workspace, file) as opened:
        assert opened.read() == RULES


@pytest.mark.parametrize(
    ("link", "target", "file"),
    [
        ("link.txt", "search/synonyms.txt", "link.txt"),
        ("words", "search", "words/synonyms.txt"),
        ("search/up.txt", "../search/synonyms.txt", "search/up.txt"),
    ],
)
def test_a_link_that_stays_in_the_workspace_is_followed(
    workspace: Path, link: str, target: str, file: str
) -> None:
    (workspace / link).symlink_to(target)

    with open_dictionary(workspace, file) as opened:
        assert opened.read() == RULES


def test_a_workspace_that_is_itself_a_link_is_fine(workspace: Path) -> None:
    link = workspace.parent / "link"
    link.symlink_to(workspace)

    with open_dictionary(link, "search/synonyms.txt") as opened:
        assert opened.read() == RULES


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "file",
    [
        "",
        ".",
        "/etc/hostname",
        "../secret",
        "search/../search/synonyms.txt",
        ".git/config",
        "search/.git/config",
        "nul\0",
        "\ud800",
    ],
)
def test_a_path_that_is_none_of_the_repository_is_refused(workspace: Path, file: str) -> None:
    error = refusal(workspace, file)

    assert error.reason == "invalid-dictionary"
    assert error.message == f"{file!r} is not a path in the repository."
    assert error.remedy == "Set a path relative to the repository's root, without `..`."


@pytest.mark.parametrize(
    ("link", "target", "file"),
    [
        ("link.txt", "../secret", "link.txt"),
        ("link.txt", "/etc/passwd", "link.txt"),
        ("outside", "..", "outside/secret"),
        ("link.txt", ".git/config", "link.txt"),
        ("words", ".git", "words/config"),
        ("here", ".", "here"),
    ],
)
def test_a_link_out_of_the_repositorys_own_files_is_refused(
    workspace: Path, link: str, target: str, file: str
) -> None:
    (workspace / link).symlink_to(target)

    error = refusal(workspace, file)

    assert error.message.startswith(f"{file} is a link to a path outside the repository: /")
    assert error.remedy == "Commit the file itself."


def test_a_neighbour_whose_name_begins_like_the_workspaces_is_outside(workspace: Path) -> None:
    (workspace.parent / "workspace-of-another").write_text("hush\n")
    (workspace / "link.txt").symlink_to("../workspace-of-another")

    assert "is a link to a path outside the repository" in refusal(workspace, "link.txt").message


def test_links_in_a_circle_are_refused(workspace: Path) -> None:
    (workspace / "a").symlink_to("b")
    (workspace / "b").symlink_to("a")

    assert refusal(workspace, "a").message == "a cannot be read: Too many levels of symbolic links."


def test_a_name_too_long_for_the_disk_is_refused(workspace: Path) -> None:
    assert refusal(workspace, "a" * 300).message.endswith("cannot be read: File name too long.")


def test_a_folder_is_refused(workspace: Path) -> None:
    error = refusal(workspace, "search")

    assert (error.message, error.remedy) == (
        "search is a folder or a device, not a file.",
        "Set the path of a file.",
    )


def test_a_fifo_is_refused_without_waiting_for_someone_to_write(workspace: Path) -> None:
    os.mkfifo(workspace / "pipe")

    assert refusal(workspace, "pipe").message == "pipe is a folder or a device, not a file."


@pytest.mark.skipif(os.geteuid() != 0, reason="making a device takes root")
def test_a_device_is_refused(workspace: Path) -> None:
    os.mknod(workspace / "zero", 0o20666, os.makedev(1, 5))

    assert refusal(workspace, "zero").message == "zero is a folder or a device, not a file."


def test_a_missing_file_is_refused_with_the_names_near_it(workspace: Path) -> None:
    error = refusal(workspace, "search/synonym.txt")

    assert error.message == "File search/synonym.txt not found."
    assert error.remedy == "Did you mean search/synonyms.txt?"


@pytest.mark.parametrize("file", ["synonyms.txt", "serch/synonyms.txt", "search/synonyms.txt/more"])
def test_a_missing_file_with_no_name_near_it_asks_for_its_spelling(workspace: Path, file: str) -> None:
    assert refusal(workspace, file).remedy == (
        "Check that the path is correct, and that an earlier step checks the file out or builds it."
    )


def test_names_outside_the_workspace_are_not_told(workspace: Path) -> None:
    (workspace / "outside").symlink_to("..")

    error = refusal(workspace, "outside/secrets")

    assert "secret," not in f"{error}"
    assert "Did you mean" not in error.remedy


def test_names_of_gits_own_are_not_told(workspace: Path) -> None:
    (workspace / "inner").symlink_to(".git")

    assert "Did you mean" not in refusal(workspace, "inner/confi").remedy


def test_a_git_lfs_pointer_is_refused_with_the_switch_that_fetches_the_file(workspace: Path) -> None:
    (workspace / "large.dic").write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
        "size 12345\n",
    )

    error = refusal(workspace, "large.dic")

    assert error.message == "large.dic is a Git LFS pointer, not the file itself."
    assert error.remedy == "Set `lfs: true` for actions/checkout."


def test_a_long_file_that_begins_like_a_pointer_is_none(workspace: Path) -> None:
    (workspace / "large.txt").write_text("version https://git-lfs.github.com/spec/v1\n" * 100)

    with open_dictionary(workspace, "large.txt") as file:
        assert file.content.size == 4300


def test_nothing_stays_open_after_a_refusal(workspace: Path) -> None:
    (workspace / "pointer").write_text("version https://git-lfs.github.com/spec/v1\n")
    (workspace / "link").symlink_to("../secret")
    before = open_descriptors()

    for file in ("pointer", "link", "search", "search/missing.txt", "search/synonyms.txt/more"):
        refusal(workspace, file)

    assert before == open_descriptors()


# ---------------------------------------------------------------- the configuration


def config_refusal(workspace: Path, path: str) -> DeployError:
    with pytest.raises(DeployError) as caught:
        read_config(workspace, path)
    assert caught.value.reason == "invalid-config"
    return caught.value


def test_the_configuration_is_read(workspace: Path) -> None:
    (workspace / ".github").mkdir()
    (workspace / ".github" / "dictionaries.yml").write_bytes(b"bucket: acme\n")

    assert read_config(workspace, ".github/dictionaries.yml") == b"bucket: acme\n"


def test_of_a_configuration_beyond_the_limit_just_enough_is_read_to_notice(workspace: Path) -> None:
    (workspace / "d.yml").write_bytes(b"#" * (MAX_CONFIG_BYTES + 100))

    assert len(read_config(workspace, "d.yml")) == 256 * 1024 + 1


def test_a_missing_configuration_says_where_it_was_looked_for_and_what_is_near(workspace: Path) -> None:
    (workspace / "dictionaries.yaml").touch()

    error = config_refusal(workspace, "dictionaries.yml")

    assert error.message == (
        f"The configuration {workspace}/dictionaries.yml cannot be read. File dictionaries.yml not found."
    )
    assert error.remedy == "Did you mean dictionaries.yaml?"


def test_without_a_checkout_the_missing_configuration_asks_for_one(tmp_path: Path) -> None:
    error = config_refusal(tmp_path, ".github/dictionaries.yml")

    assert error.remedy == "Run actions/checkout before this step: nothing is checked out there."


def test_without_a_workspace_the_missing_configuration_asks_for_a_checkout(tmp_path: Path) -> None:
    error = config_refusal(tmp_path / "missing", "d.yml")

    assert error.remedy == "Run actions/checkout before this step: nothing is checked out there."


def test_a_configuration_outside_the_workspace_is_refused(workspace: Path) -> None:
    (workspace / "d.yml").symlink_to("../secret")

    assert "is a link to a path outside the repository" in config_refusal(workspace, "d.yml").message
