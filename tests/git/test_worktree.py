from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from dictionary_deploy.errors import ContentError, DeployError
from dictionary_deploy.git.worktree import (
    MAX_CONFIG_BYTES,
    open_dictionary,
    read_config,
    read_yaml_beside,
)
from dictionary_deploy.model import Content

RULES = b"laptop, notebook\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Create a checkout with one dictionary, and a secret file outside it."""
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


# ---------------------------------------------------------------- opened files


def test_file_is_opened_at_its_beginning_with_hash_and_size(workspace: Path) -> None:
    with open_dictionary(workspace, "search/synonyms.txt") as file:
        assert file.content == Content(hashlib.sha256(RULES).hexdigest(), len(RULES))
        assert file.handle.read() == RULES


def test_file_can_be_read_repeatedly_from_its_beginning(workspace: Path) -> None:
    with open_dictionary(workspace, "search/synonyms.txt") as file:
        assert [file.read(), file.read(), file.handle.read()] == [RULES, RULES, RULES]


def test_replaced_file_is_read_as_it_was_hashed(workspace: Path) -> None:
    other = workspace / "other.txt"
    other.write_text("other\n")

    with open_dictionary(workspace, "search/synonyms.txt") as file:
        other.replace(workspace / "search" / "synonyms.txt")
        assert file.read() == RULES


def test_handle_is_closed_at_the_end_of_the_block(workspace: Path) -> None:
    with open_dictionary(workspace, "search/synonyms.txt") as file:
        pass

    assert file.handle.closed


def test_empty_file_is_opened(workspace: Path) -> None:
    (workspace / "empty.txt").touch()

    with open_dictionary(workspace, "empty.txt") as file:
        assert file.content == Content(hashlib.sha256(b"").hexdigest(), 0)


def test_file_larger_than_a_block_is_hashed_completely(workspace: Path) -> None:
    data = os.urandom(3 * 1024 * 1024 + 1)
    (workspace / "large.dic").write_bytes(data)

    with open_dictionary(workspace, "large.dic") as file:
        assert file.content == Content(hashlib.sha256(data).hexdigest(), len(data))


@pytest.mark.parametrize("file", ["./search/synonyms.txt", "search//synonyms.txt"])
def test_spellings_of_a_path_open_the_same_file(workspace: Path, file: str) -> None:
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
def test_link_within_the_workspace_is_followed(workspace: Path, link: str, target: str, file: str) -> None:
    (workspace / link).symlink_to(target)

    with open_dictionary(workspace, file) as opened:
        assert opened.read() == RULES


def test_workspace_can_be_a_link(workspace: Path) -> None:
    link = workspace.parent / "link"
    link.symlink_to(workspace)

    with open_dictionary(link, "search/synonyms.txt") as opened:
        assert opened.read() == RULES


# ---------------------------------------------------------------- refused files


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
def test_path_outside_the_repository_is_refused(workspace: Path, file: str) -> None:
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
def test_link_to_a_path_outside_the_repository_is_refused(
    workspace: Path, link: str, target: str, file: str
) -> None:
    (workspace / link).symlink_to(target)

    error = refusal(workspace, file)

    assert error.message == f"{file} is a link to a path outside the repository."
    assert error.remedy == "Commit the file itself."


@pytest.mark.parametrize(
    "target",
    [
        "../{name}",
        "/etc/{name}",
        "../{name}/x",
        "/etc/hostname/{name}",
        "../{name}/../workspace/search/synonyms.txt",
        "/proc/{name}/self/root",
        ".git/{name}",
        "search/../../{name}",
    ],
)
@pytest.mark.parametrize("inner", ["", "/deeper"])
def test_link_error_does_not_show_whether_its_target_exists(workspace: Path, target: str, inner: str) -> None:
    messages = []
    for name in ("secret", "config", "passwd", "missing", "a" * 300):
        link = workspace / "link"
        link.symlink_to(target.format(name=name))
        error = refusal(workspace, f"link{inner}")
        messages.append((error.message, error.remedy))
        link.unlink()

    assert {(f"link{inner} is a link to a path outside the repository.", "Commit the file itself.")} == {
        *messages
    }


@pytest.mark.parametrize("through", ["workspace", "link"])
def test_absolute_link_into_the_workspace_is_followed(workspace: Path, through: str) -> None:
    named = workspace.parent / through
    if through == "link":
        named.symlink_to(workspace)
    (workspace / "a.txt").symlink_to(named / "search/synonyms.txt")

    with open_dictionary(named, "a.txt") as opened:
        assert opened.read() == RULES


def test_sibling_with_the_workspace_name_as_prefix_is_outside(workspace: Path) -> None:
    (workspace.parent / "workspace-of-another").write_text("hush\n")
    (workspace / "link.txt").symlink_to("../workspace-of-another")

    assert "is a link to a path outside the repository" in refusal(workspace, "link.txt").message


def test_circular_links_are_refused(workspace: Path) -> None:
    (workspace / "a").symlink_to("b")
    (workspace / "b").symlink_to("a")

    assert refusal(workspace, "a").message == "a cannot be read: Too many levels of symbolic links."


def test_overlong_name_is_refused(workspace: Path) -> None:
    assert refusal(workspace, "a" * 300).message.endswith("cannot be read: File name too long.")


def test_folder_is_refused(workspace: Path) -> None:
    error = refusal(workspace, "search")

    assert (error.message, error.remedy) == (
        "search is a folder or a device, not a file.",
        "Set the path of a file.",
    )


def test_fifo_is_refused_without_blocking(workspace: Path) -> None:
    os.mkfifo(workspace / "pipe")

    assert refusal(workspace, "pipe").message == "pipe is a folder or a device, not a file."


@pytest.mark.skipif(os.geteuid() != 0, reason="making a device takes root")
def test_device_is_refused(workspace: Path) -> None:
    os.mknod(workspace / "zero", 0o20666, os.makedev(1, 5))

    assert refusal(workspace, "zero").message == "zero is a folder or a device, not a file."


def test_missing_file_error_suggests_similar_names(workspace: Path) -> None:
    error = refusal(workspace, "search/synonym.txt")

    assert error.message == "File search/synonym.txt not found."
    assert error.remedy == "Did you mean search/synonyms.txt?"


@pytest.mark.parametrize("file", ["synonyms.txt", "serch/synonyms.txt", "search/synonyms.txt/more"])
def test_missing_file_without_similar_names_error_names_the_spelling(workspace: Path, file: str) -> None:
    error = refusal(workspace, file)

    assert error.remedy == (
        "Check that the path is correct, and that an earlier step checks the file out or builds it."
    )
    assert error.at_terminal == "Add the file, or fix the path."


def test_names_outside_the_workspace_are_not_suggested(workspace: Path) -> None:
    (workspace / "outside").symlink_to("..")

    error = refusal(workspace, "outside/secrets")

    assert "secret," not in f"{error}"
    assert "Did you mean" not in error.remedy


def test_names_in_the_git_folder_are_not_suggested(workspace: Path) -> None:
    (workspace / "inner").symlink_to(".git")

    assert "Did you mean" not in refusal(workspace, "inner/confi").remedy


def test_lfs_pointer_error_names_the_checkout_setting(workspace: Path) -> None:
    (workspace / "large.dic").write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
        "size 12345\n",
    )

    error = refusal(workspace, "large.dic")

    assert error.message == "large.dic is a Git LFS pointer, not the file itself."
    assert error.remedy == "Set `lfs: true` for actions/checkout."


def test_long_file_that_starts_like_a_pointer_passes(workspace: Path) -> None:
    (workspace / "large.txt").write_text("version https://git-lfs.github.com/spec/v1\n" * 100)

    with open_dictionary(workspace, "large.txt") as file:
        assert file.content.size == 4300


def test_refused_file_is_closed(workspace: Path) -> None:
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


def test_configuration_is_read(workspace: Path) -> None:
    (workspace / ".github").mkdir()
    (workspace / ".github" / "dictionaries.yml").write_bytes(b"bucket: acme\n")

    assert read_config(workspace, ".github/dictionaries.yml") == b"bucket: acme\n"


def test_oversized_configuration_is_read_one_byte_past_the_limit(workspace: Path) -> None:
    (workspace / "d.yml").write_bytes(b"#" * (MAX_CONFIG_BYTES + 100))

    assert len(read_config(workspace, "d.yml")) == 256 * 1024 + 1


def test_missing_configuration_names_its_path_and_similar_names(workspace: Path) -> None:
    (workspace / "dictionaries.yaml").touch()

    error = config_refusal(workspace, "dictionaries.yml")

    assert error.message == (
        f"The configuration {workspace}/dictionaries.yml cannot be read. File dictionaries.yml not found."
    )
    assert error.remedy == "Did you mean dictionaries.yaml?"


def test_empty_workspace_error_names_actions_checkout(tmp_path: Path) -> None:
    error = config_refusal(tmp_path, ".github/dictionaries.yml")

    assert error.remedy == "Run actions/checkout before this step: nothing is checked out there."


def test_missing_workspace_error_names_actions_checkout(tmp_path: Path) -> None:
    error = config_refusal(tmp_path / "missing", "d.yml")

    assert error.remedy == "Run actions/checkout before this step: nothing is checked out there."


def test_configuration_outside_the_workspace_is_refused(workspace: Path) -> None:
    (workspace / "d.yml").symlink_to("../secret")

    assert "is a link to a path outside the repository" in config_refusal(workspace, "d.yml").message


# ---------------------------------------------------------------- files beside the configuration


def test_yaml_files_beside_the_configuration_are_read(workspace: Path) -> None:
    folder = workspace / ".github"
    (folder / "folder.yml").mkdir(parents=True)
    for name in ("dictionaries.yml", "b.yaml", "a.yml", "c.txt"):
        (folder / name).write_text(name)
    (folder / "link.yml").symlink_to(workspace.parent / "secret")

    expected = {".github/a.yml": b"a.yml", ".github/b.yaml": b"b.yaml"}
    assert expected == read_yaml_beside(workspace, ".github/dictionaries.yml")
    assert {} == read_yaml_beside(workspace, "missing/dictionaries.yml")
