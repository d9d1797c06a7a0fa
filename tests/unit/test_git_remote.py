from __future__ import annotations

import pytest

from dictionary_deploy.git.remote import name_at, repository_at


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/octo/shop.git",
        "https://github.com/octo/shop",
        "https://github.com/octo/shop/",
        "https://x-access-token:ghs_1@GitHub.com/octo/shop.git",
        "git@github.com:octo/shop.git",
        "github.com:octo/shop",
        "ssh://git@github.com/octo/shop.git",
        "ssh://git@github.com:22/octo/shop.git",
        "git://github.com/octo/shop.git",
    ],
)
def test_every_way_to_write_a_remote_of_github_is_understood(url: str) -> None:
    assert "octo/shop" == repository_at(url, "https://github.com")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/git/octo/shop.git",
        "../shop.git",
        "file:///github.com/octo/shop",
        "https://github.com.evil.example/octo/shop",
        "https://evil.example/github.com/octo/shop",
        "git@evil.example:octo/shop.git",
        "https://github.com/octo",
        "https://github.com/octo/shop/tree",
        "https://github.com/octo/sh op",
        "https://[github.com/octo/shop",
    ],
)
def test_path_that_is_not_a_repository_returns_none(url: str) -> None:
    assert "" == repository_at(url, "https://github.com")


def test_self_hosted_server_is_supported() -> None:
    url = "git@git.acme.example:octo/shop.git"

    assert "octo/shop" == repository_at(url, "https://git.acme.example")
    assert "" == repository_at(url, "https://github.com")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://gitlab.example.com/acme/search/shop.git", "acme/search/shop"),
        ("git@gitlab.example.com:acme/shop.git", "acme/shop"),
        ("/srv/git/octo/shop.git", ""),
        ("file:///srv/git/octo/shop.git", ""),
        ("https://[broken/shop", ""),
        ("", ""),
    ],
)
def test_repository_has_a_name_at_any_host_and_none_in_a_folder(url: str, name: str) -> None:
    assert name == name_at(url)
