"""Print a step of the action, for the demo and `python -m sandbox run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.runner import Step

LOG_HEADING = "Log, as GitHub's runner shows it"
WIDTH = 100


def print_now(line: str) -> None:
    """Print the line, also if the output is a pipe."""
    print(line, flush=True)


def print_heading(title: str) -> None:
    """Print the title as a line of its own."""
    print_now(f"\n── {title} {'─' * (WIDTH - len(title) - 4)}\n")


def print_report(comments: Mapping[str, Sequence[str]], step: Step) -> None:
    """Print the comments below their titles, then the step summary."""
    for title, texts in comments.items():
        print_heading(title)
        print("\n\n".join(texts))
    print_heading("Step summary")
    print(_summary(step.summary.strip(), [text for texts in comments.values() for text in texts]))


def _summary(summary: str, comments: Sequence[str]) -> str:
    """Return the step summary without the part that equals a comment."""
    if not summary or not any(comment.rstrip().endswith(summary) for comment in comments):
        return summary
    return f"{summary.splitlines()[0]}\n\nThe rest is the text of the comment."
