"""Render comments in Markdown as one HTML page in GitHub's style."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options

STYLES = Path(__file__).parent / "node_modules" / "github-markdown-css" / "github-markdown.css"

# Unsafe, since GitHub renders <details>. The report escapes other HTML, which its tests prove.
_OPTIONS = Options.CMARK_OPT_UNSAFE

_BOX = """
:root { color-scheme: light dark; --line: #d1d9e0; --head: #f6f8fa; --plus: #dafbe1; --minus: #ffebe9 }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --head: #151b23; --plus: #033a16; --minus: #67060c }
}
body { margin: 0 auto; padding: 24px; max-width: 860px }
h1.name { font: 600 20px sans-serif; margin: 32px 0 12px }
.comment { border: 1px solid var(--line); border-radius: 6px; margin-bottom: 24px }
.who { background: var(--head); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0;
       font: 14px sans-serif; padding: 8px 16px }
.comment .markdown-body { padding: 16px; border-radius: 0 0 6px 6px; overflow: hidden }
.plus { background: var(--plus) } .minus { background: var(--minus) }
"""


def page(comments: Mapping[str, str], *, with_names: bool) -> str:
    """Return the page of these comments (Markdown by name), each in a box as under a pull request."""
    styles = STYLES.read_text(encoding="utf-8")
    boxes = "".join(_box(name if with_names else "", markdown) for name, markdown in comments.items())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Comments</title>'
        f'<style>{styles}{_BOX}</style><body class="markdown-body">{boxes}</body></html>'
    )


def _box(name: str, markdown: str) -> str:
    title = f'<h1 class="name">{html.escape(name)}</h1>' if name else ""
    who = '<div class="who"><b>github-actions</b> bot commented</div>'
    body = _coloured(cmarkgfm.github_flavored_markdown_to_html(markdown, _OPTIONS))
    return f'{title}<div class="comment">{who}<div class="markdown-body">{body}</div></div>'


def _coloured(body: str) -> str:
    """Color the lines of a diff, which GitHub does after Markdown."""

    def colour(block: re.Match[str]) -> str:
        lines = block[2].splitlines()
        return block[1] + "\n".join(map(_coloured_line, lines)) + "\n" + block[3]

    return re.sub(r"(<pre[^>]*><code[^>]*>)(.*?)(</code></pre>)", colour, body, flags=re.DOTALL)


def _coloured_line(line: str) -> str:
    kind = {"+": "plus", "-": "minus"}.get(line[:1])
    return f'<span class="{kind}">{line}</span>' if kind else line
