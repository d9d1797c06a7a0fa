"""Comments as GitHub renders them: all golden ones (`make gallery`), or the README's picture (`make docs`).

Rendered by GitHub's own Markdown library and its style sheet, photographed by Chromium in light and dark.
"""
