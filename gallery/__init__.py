"""Comments as GitHub shows them: `make gallery`, all that tests keep; `make docs`, the README's picture.

Rendered by GitHub's own Markdown library and its style sheet, photographed by Chromium in light and dark.
"""
