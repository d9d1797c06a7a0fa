"""REST: the repository, its branches, commits, trees and files."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request

from sandbox.github import resources
from sandbox.github.checkout import ChangedFile, Checkout, Commit, GitObject
from sandbox.github.errors import ApiError, no_commit, not_found
from sandbox.github.pages import page_of
from sandbox.github.resources import Place

# The contents API sends larger files only as the raw media type.
_CONTENTS_LIMIT = 1024 * 1024


class GitRoutes:
    """Views of one checkout. `place` returns the place with the host of the current request."""

    def __init__(self, checkout: Checkout, place: Callable[[], Place]) -> None:
        self._checkout = checkout
        self._place = place

    def repository(self, **_: str) -> Response:
        return jsonify(resources.repository(self._place(), self._checkout.default_branch))

    def branches(self, **_: str) -> Response:
        found = [
            {"name": name, "commit": self._link(oid)} for name, oid in self._checkout.refs().branches.items()
        ]
        return page_of(found, lambda branch: branch)

    def branch(self, branch: str, **_: str) -> Response:
        oid = self._checkout.refs().branches.get(branch)
        if oid is None:
            raise ApiError(404, "Branch not found")
        commit = resources.commit(self._place(), self._commit_or_404(oid))
        return jsonify({"name": branch, "commit": commit, "protected": False})

    def ref(self, ref: str, **_: str) -> Response:
        if ref.startswith("heads/"):
            oid = self._checkout.refs().branches.get(ref.removeprefix("heads/"))
        else:
            oid = self._checkout.refs().below("refs/").get(ref)
        found = self._checkout.resolve(oid) if oid else None
        if not found:
            raise not_found()
        place = self._place()
        target = {"type": found.type, "sha": found.oid, "url": f"{place.api}/git/{found.type}s/{found.oid}"}
        return jsonify({"ref": f"refs/{ref}", "url": f"{place.api}/git/refs/{ref}", "object": target})

    def git_commit(self, commit_sha: str, **_: str) -> Response:
        found = resources.commit(self._place(), self._commit_or_404(commit_sha))
        return jsonify({"sha": found["sha"], **found["commit"], "parents": found["parents"]})

    def tree(self, tree_sha: str, **_: str) -> Response:
        found = self._checkout.commit(tree_sha)
        root = GitObject(found.tree, "tree", 0) if found else self._checkout.resolve(tree_sha)
        if not root or root.type != "tree":
            raise not_found()
        place = self._place()
        entries = self._checkout.tree(root.oid, recursive=bool(request.args.get("recursive")))
        tree = [resources.tree_entry(place, entry) for entry in entries]
        url = f"{place.api}/git/trees/{root.oid}"
        return jsonify({"sha": root.oid, "url": url, "tree": tree, "truncated": False})

    def blob(self, file_sha: str, **_: str) -> Response:
        found = self._checkout.resolve(file_sha)
        if not found or found.type != "blob":
            raise not_found()
        url = f"{self._place().api}/git/blobs/{found.oid}"
        return jsonify({"sha": found.oid, "size": found.size, "url": url, **self._encoded_blob(found)})

    def commits(self, **_: str) -> Response:
        revision = request.args.get("sha") or self._checkout.default_branch
        start = self._checkout.commit(revision)
        if not start:
            raise not_found()
        history = list(self._checkout.commits(start.sha, path=request.args.get("path", "")))
        place = self._place()
        return page_of(history, lambda commit: resources.commit(place, commit))

    def commit(self, ref: str, **_: str) -> Response:
        found = self._checkout.commit(ref)
        if not found:
            raise no_commit(ref)
        return jsonify(resources.commit(self._place(), found))

    def compare(self, basehead: str, **_: str) -> Response:
        base_name, dots, head_name = basehead.partition("...")
        if not dots:
            raise not_found()
        base, head = self._commit_or_404(base_name), self._commit_or_404(head_name)
        comparison = self._checkout.compare(base.sha, head.sha)
        if not comparison:
            raise ApiError(404, f"No common ancestor between {base_name} and {head_name}.")
        place = self._place()
        shas = self._checkout.between(base.sha, head.sha)[::-1]
        merge_base = self._checkout.merge_base(base.sha, head.sha)
        files = self._checkout.changed_files(merge_base, head.sha)
        return jsonify(
            {
                "url": f"{place.api}/compare/{basehead}",
                "base_commit": resources.commit(place, base),
                "merge_base_commit": resources.commit(place, self._commit_or_404(merge_base)),
                "status": comparison.status,
                "ahead_by": comparison.ahead_by,
                "behind_by": comparison.behind_by,
                "total_commits": comparison.ahead_by,
                # GitHub's own limits: 250 commits, 300 files.
                "commits": [resources.commit(place, self._commit_or_404(sha)) for sha in shas[-250:]],
                "files": [_changed_file(file) for file in files[:300]],
            }
        )

    def contents(self, path: str = "", **_: str) -> Response:
        revision = request.args.get("ref") or self._checkout.default_branch
        start = self._checkout.commit(revision)
        if not start:
            raise ApiError(404, f"No commit found for the ref {revision}")
        found = self._checkout.resolve(f"{start.sha}:{path}")
        if not found:
            raise not_found()
        if found.type == "tree":
            entries = self._checkout.tree(found.oid, recursive=False)
            return jsonify(
                [self._content(f"{path}/{entry.path}".lstrip("/"), entry.sha) for entry in entries]
            )
        if "raw" in request.headers.get("Accept", ""):
            return Response(self._checkout.blob(found.oid), content_type="application/vnd.github.raw+json")
        if found.size > _CONTENTS_LIMIT:
            return jsonify(self._content(path, found.oid) | {"content": "", "encoding": "none"})
        return jsonify(self._content(path, found.oid) | self._encoded_blob(found))

    def _content(self, path: str, oid: str) -> dict[str, Any]:
        found = self._checkout.resolve(oid)
        kind = "dir" if found and found.type == "tree" else "file"
        size = found.size if found and kind == "file" else 0
        url = f"{self._place().api}/contents/{path}"
        return {
            "type": kind,
            "size": size,
            "name": path.rpartition("/")[2],
            "path": path,
            "sha": oid,
            "url": url,
        }

    def _encoded_blob(self, found: GitObject) -> dict[str, str]:
        content = base64.encodebytes(self._checkout.blob(found.oid)).decode()
        return {"content": content, "encoding": "base64"}

    def _link(self, oid: str) -> dict[str, str]:
        return {"sha": oid, "url": f"{self._place().api}/commits/{oid}"}

    def _commit_or_404(self, revision: str) -> Commit:
        found = self._checkout.commit(revision)
        if not found:
            raise not_found()
        return found


ROUTES = (
    ("", "GET", GitRoutes.repository),
    ("/branches", "GET", GitRoutes.branches),
    ("/branches/<path:branch>", "GET", GitRoutes.branch),
    ("/git/ref/<path:ref>", "GET", GitRoutes.ref),
    ("/git/refs/<path:ref>", "GET", GitRoutes.ref),
    ("/git/commits/<commit_sha>", "GET", GitRoutes.git_commit),
    ("/git/trees/<path:tree_sha>", "GET", GitRoutes.tree),
    ("/git/blobs/<file_sha>", "GET", GitRoutes.blob),
    ("/commits", "GET", GitRoutes.commits),
    ("/commits/<path:ref>", "GET", GitRoutes.commit),
    ("/compare/<path:basehead>", "GET", GitRoutes.compare),
    ("/contents/", "GET", GitRoutes.contents),
    ("/contents/<path:path>", "GET", GitRoutes.contents),
)
"""Path below the repository, method and view."""


def _changed_file(file: ChangedFile) -> dict[str, str]:
    previous = {"previous_filename": file.previous_filename} if file.previous_filename else {}
    return {"filename": file.filename, "status": file.status, "sha": file.sha, **previous}
