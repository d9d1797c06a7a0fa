"""The JSON of GitHub's resources: functions from git's data to responses of the REST API."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from sandbox.github.checkout import Commit, Signature, TreeEntry
from sandbox.github.comments import Author, IssueComment
from sandbox.github.pull_requests import PullRequest


@dataclass(frozen=True, slots=True)
class Place:
    """A repository's name and this server's URL, the start of every URL."""

    server: str
    """Without a slash at the end."""
    full_name: str

    @property
    def api(self) -> str:
        return f"{self.server}/repos/{self.full_name}"

    @property
    def html(self) -> str:
        return f"{self.server}/{self.full_name}"

    def of(self, full_name: str) -> Place:
        """Return the place of a fork on the same server, or this one if the name is empty."""
        return Place(self.server, full_name) if full_name else self

    @property
    def id(self) -> int:
        """A stable ID for the name, within GraphQL's Int."""
        return zlib.crc32(self.full_name.lower().encode()) & 0x7FFFFFFF


def account(author: Author) -> dict[str, Any]:
    number = zlib.crc32(author.rest_login.encode()) & 0x7FFFFFFF
    return {"login": author.rest_login, "id": number, "type": author.type}


def repository(place: Place, default_branch: str) -> dict[str, Any]:
    owner, _, name = place.full_name.partition("/")
    return {
        "id": place.id,
        "name": name,
        "full_name": place.full_name,
        "owner": account(Author(owner, "User")),
        "private": False,
        "html_url": place.html,
        "url": place.api,
        "default_branch": default_branch,
        "created_at": "2020-01-02T03:04:05Z",
    }


def commit(place: Place, found: Commit) -> dict[str, Any]:
    return {
        "sha": found.sha,
        "commit": {
            "author": _signature(found.author),
            "committer": _signature(found.committer),
            "message": found.message,
            "tree": {"sha": found.tree, "url": f"{place.api}/git/trees/{found.tree}"},
        },
        "url": f"{place.api}/commits/{found.sha}",
        "html_url": f"{place.html}/commit/{found.sha}",
        "author": None,
        "committer": None,
        "parents": [{"sha": sha, "url": f"{place.api}/commits/{sha}"} for sha in found.parents],
    }


def _signature(signature: Signature) -> dict[str, str]:
    return {"name": signature.name, "email": signature.email, "date": signature.date}


def tree_entry(place: Place, entry: TreeEntry) -> dict[str, Any]:
    folder = "trees" if entry.type == "tree" else "blobs"
    size = {} if entry.size is None else {"size": entry.size}
    url = f"{place.api}/git/{folder}/{entry.sha}"
    return {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.sha, **size, "url": url}


def pull_request(place: Place, found: PullRequest) -> dict[str, Any]:
    owner = place.full_name.partition("/")[0]
    return {
        "id": place.id ^ found.number,
        "number": found.number,
        "state": "closed" if found.merged_at else "open",
        "title": found.title,
        "body": None,
        "user": account(Author(owner, "User")),
        "url": f"{place.api}/pulls/{found.number}",
        "html_url": f"{place.html}/pull/{found.number}",
        "comments_url": f"{place.api}/issues/{found.number}/comments",
        "created_at": found.created_at,
        "closed_at": found.merged_at,
        "merged_at": found.merged_at,
        "merge_commit_sha": found.merge_commit_sha,
        "base": _side(place, found.base_ref, found.base_sha),
        "head": _side(place, found.head_ref, found.head_sha),
    }


def _side(place: Place, ref: str, sha: str) -> dict[str, Any]:
    owner = place.full_name.partition("/")[0]
    repo = {"id": place.id, "full_name": place.full_name, "url": place.api}
    return {"label": f"{owner}:{ref}", "ref": ref, "sha": sha, "repo": repo}


def issue_comment(place: Place, comment: IssueComment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "url": f"{place.api}/issues/comments/{comment.id}",
        "html_url": comment_url(place, comment),
        "issue_url": f"{place.api}/issues/{comment.number}",
        "user": account(comment.author),
        "body": comment.body,
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
    }


def comment_url(place: Place, comment: IssueComment) -> str:
    return f"{place.html}/pull/{comment.number}#issuecomment-{comment.id}"
