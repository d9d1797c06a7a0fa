"""What a run needs later, imported while AWS or GitHub answers: not before, and not by runs that never do."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from dictionary_deploy.model import Standing, Succession
from dictionary_deploy.protocols import Branch


def import_what_tells() -> None:
    """Import what GitHub is asked with, and the report made with."""
    import dictionary_deploy.github_api.client  # noqa: PLC0415 that is what this is for
    import dictionary_deploy.report.render  # noqa: F401, PLC0415 as above


def prepare_report() -> None:
    """Read the report's templates."""
    from dictionary_deploy.report.render import prepare  # noqa: PLC0415 as above

    prepare()


def importing_review(branch: Branch, pool: Executor) -> Branch:
    """The branch; when it is asked, what the branch still says is reviewed next."""

    def ask(files: Sequence[str], others: Sequence[str], successions: Sequence[Succession]) -> Standing:
        pool.submit(_import_review)
        return branch(files, others, successions)

    return ask


def _import_review() -> None:
    import dictionary_deploy.dictionaries.review  # noqa: F401, PLC0415 as above
