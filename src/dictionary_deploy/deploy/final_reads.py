"""The last look: what was done early is looked at once more, so that the report tells what is so now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from dictionary_deploy.deploy.look import Looker
from dictionary_deploy.deploy.track import Track
from dictionary_deploy.model import Package
from dictionary_deploy.next_step import Done, Observed, Refuse, Step, Write, next_step

FRESH_SECONDS = 5.0
"""How old a look may be of which the report tells, when others were waited for since."""

NO_ANSWER = "AWS was asked once more and did not answer."


@dataclass(slots=True)
class LastLook:
    """Looks once more at what was done long before other dictionaries were. Writes nothing."""

    looker: Looker
    observed: Callable[[Track], Observed]
    writes: bool
    """Whether the run may write; otherwise a dictionary ends at the step that would."""
    _seen: list[tuple[Track, Package]] = field(default_factory=list)
    """What the report would have told without it."""

    def begin(self, tracks: Sequence[Track], busy_until: float) -> None:
        """Look at what was looked at long before `busy_until`, when the last wait or write was over.

        A dictionary that ended because the lock was lost is left out: what is live is the other run's to say.
        """
        self._seen = [
            (track, track.package)
            for track in tracks
            if track.package
            and not track.calls
            and busy_until - track.looked_at >= FRESH_SECONDS
            and not (isinstance(track.step, Refuse) and track.step.reason == "locked")
        ]
        for track, _ in self._seen:
            track.trouble = None
        if self._seen:
            self.looker.again([track for track, _ in self._seen])

    def end(self) -> None:
        """Take back what is no longer so, and what nobody knows any more."""
        for track, was in self._seen:
            if track.trouble or track.calls:
                track.domains = None
                track.why_no_domains = str(track.trouble or NO_ANSWER)
            if track.package is was and isinstance(track.step, Done | Refuse):
                doubt = f"Whether that is still so is not known. {track.why_no_domains}"
                track.step = replace(track.step, message=f"{track.step.message} {doubt}")
            elif track.step and track.package:
                now = next_step(track.wanted, self.observed(track), track.attempt)
                track.step = self._still_true(track.step, now, was.available, track.package.available)

    def _still_true(self, step: Step, now: Step, was: str, available: str) -> Step:
        """The step that tells what is the case: `step`, that of this moment (`now`), or why it is neither.

        `was` is the version that was available when `step` was decided, `available` the one that is.
        """
        is_end = isinstance(now, Done | Refuse) or (isinstance(now, Write) and not self.writes)
        if isinstance(now, Done) or (is_end and not isinstance(step, Refuse)):
            return now
        if available == was:
            return step
        came = f"{available or 'No version'} is available by now, in place of {was or 'none'}"
        if isinstance(step, Refuse):
            return replace(step, message=f"{step.message} {came}.")
        return Refuse(
            "update-failed",
            f"{came}: it came while this run went on with other dictionaries.",
            "Rerun: it looks at what is deployed and goes on from there.",
        )
