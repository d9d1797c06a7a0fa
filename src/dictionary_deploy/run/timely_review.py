"""Review a file until the run's deadline at the latest."""

from __future__ import annotations

from concurrent.futures import wait

from dictionary_deploy.clock import MAX_SLEEP_SECONDS, Deadline, Interruption
from dictionary_deploy.decide import Refuse, Review
from dictionary_deploy.dictionaries.review import review
from dictionary_deploy.model import Dictionary
from dictionary_deploy.protocols import Source
from dictionary_deploy.run import aside

REMEDY = "Raise `timeout-minutes`, or split the file."


def review_in_time(
    dictionary: Dictionary,
    source: Source,
    before: bytes | None,
    *,
    deadline: Deadline,
    interruption: Interruption,
) -> Review:
    """Return the review of a file; a refusal if it is not done at the deadline, or when a signal arrives.

    Python cannot end a thread, so the review may go on. The end of the process does not wait for it.
    """
    if not interruption and not deadline.passed:
        done = aside.start(lambda: review(dictionary, source, before))
    while not interruption and not deadline.passed:
        if wait([done], min(MAX_SLEEP_SECONDS, deadline.remaining)).done:
            return done.result()
    until = f"before {dictionary.file} was validated."
    if interruption:
        why = f"Stopped by {interruption.signal} {until}"
        return Review(veto=Refuse("interrupted", why, "Rerun."))
    return Review(veto=Refuse("timed-out", f"Timed out {until}", REMEDY))
