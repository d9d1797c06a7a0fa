"""`python -m release`: the steps of .github/workflows/release.yml that are more than one command.

check                  prints version=…, or says why this commit cannot be released
publish --image IMAGE  makes and pushes the tags, on a commit whose action.yml names the image
notes --image IMAGE    prints the notes of the release
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dictionary_deploy import __version__
from release.action_file import pin_image
from release.changelog import notes
from release.repository import Repository
from release.version import ReleaseError, major_tag, refuse_old, refuse_stale_references


def main(arguments: Sequence[str], folder: Path, version: str) -> int:
    """Do what `arguments` say, for the checkout `folder` of `version`; the exit status."""
    parser = argparse.ArgumentParser(prog="release", description=__doc__)
    parser.add_argument("step", choices=("check", "publish", "notes"))
    parser.add_argument("--image", default="", help="registry/name@sha256:digest")
    options = parser.parse_args(arguments)
    try:
        if options.step == "check":
            _check(folder, version)
        elif options.step == "publish":
            _publish(folder, version, options.image)
        else:
            sys.stdout.write(notes((folder / "CHANGELOG.md").read_text("utf-8"), version))
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _check(folder: Path, version: str) -> None:
    refuse_old(version, Repository(folder).tags())
    documents = [folder / "README.md", *sorted((folder / "docs").glob("*.md"))]
    documents += [path for path in sorted((folder / "examples").rglob("*")) if path.is_file()]
    refuse_stale_references(
        version, {str(path.relative_to(folder)): path.read_text("utf-8") for path in documents}
    )
    notes((folder / "CHANGELOG.md").read_text("utf-8"), version)
    sys.stdout.write(f"version={version}\n")


def _publish(folder: Path, version: str, image: str) -> None:
    """Both tags, once: repeated with the same image nothing changes, with another one it fails."""
    repository = Repository(folder)
    action = pin_image((folder / "action.yml").read_text("utf-8"), image)
    commit = repository.commit("action.yml", action, f"Release {version}\n\nThe action runs {image}.")
    refuse_old(version, [tag for tag, sha in repository.tags().items() if sha != commit])
    repository.push(commit, f"v{version}", major_tag(version))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd(), __version__))
