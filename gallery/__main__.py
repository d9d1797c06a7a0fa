"""`python -m gallery gallery` renders all golden comments on one page, `… docs` the README's picture."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

from docs import generate

from gallery.browser import MOST, SCHEMES, photograph
from gallery.page import page
from sandbox import demo

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests" / "data" / "report"
BUILT = Path(__file__).parent / "build"
DOCS = ROOT / "docs"
FIRST_DICTIONARY = 1200
"""Height in pixels of the demo's comment in the README: the overview and one dictionary."""


def main(argv: list[str]) -> int:
    if argv == ["docs"]:
        generate.main()
        comment = _demonstrated()
        (DOCS / "comment.md").write_text(f"{comment}\n", encoding="utf-8")
        show({"comment": comment}, DOCS / "comment", with_names=False, most=FIRST_DICTIONARY)
        return 0
    kept = {each.stem: each.read_text(encoding="utf-8") for each in sorted(KEPT.glob("*.md"))}
    show(kept, BUILT / "gallery", with_names=True)
    print(f"{len(kept)} comments: {BUILT / 'gallery.html'}, and as pictures beside it")
    return 0


def show(comments: dict[str, str], target: Path, *, with_names: bool, most: int = MOST) -> None:
    """Write a page of the comments to gallery/build, and pictures of at most `most` pixels to `target`."""
    BUILT.mkdir(exist_ok=True)
    built = BUILT / f"{target.name}.html"
    built.write_text(page(comments, with_names=with_names), encoding="utf-8")
    for scheme in SCHEMES:
        photograph(built, scheme, target.with_name(f"{target.name}-{scheme}.png"), most)


def _demonstrated() -> str:
    """Return the comment of `make demo`."""
    shown = io.StringIO()
    with redirect_stdout(shown):
        status = demo.main()
    if status:
        sys.exit(f"The demo failed:\n{shown.getvalue()}")
    _, _, rest = shown.getvalue().partition("── Comment on pull request")
    comment, _, _ = rest.partition("── Step summary")
    return comment.partition("\n")[2].strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
