"""The action.yml of a release, which names an image in place of the Dockerfile."""

from __future__ import annotations

import re

from release.version import ReleaseError

_FROM_SOURCE = "  image: Dockerfile\n"
_IMAGE = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}", re.ASCII)


def pin_image(action: str, image: str) -> str:
    """Return `action` with `image`, `registry/name@sha256:digest`, in place of the Dockerfile.

    ReleaseError for an image without a digest, and for an action.yml that is not built from source.
    """
    if not _IMAGE.fullmatch(image):
        raise ReleaseError(f"{image!r} is no image by digest, such as ghcr.io/owner/name@sha256:<64 digits>.")
    if action.count(_FROM_SOURCE) != 1:
        raise ReleaseError("action.yml does not have `image: Dockerfile` once: release a commit of main.")
    return action.replace(_FROM_SOURCE, f"  image: docker://{image}\n")
