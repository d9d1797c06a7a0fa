from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictionary_deploy.clock import Deadline, Interruption, SystemClock, duration, pause_after


@dataclass
class Clock:
    """A clock that is moved by hand."""

    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_deadline_has_passed_at_zero() -> None:
    clock = Clock(100.0)
    deadline = Deadline.after(clock, 60.0)

    clock.sleep(59.0)
    assert (1.0, False) == (deadline.remaining, deadline.passed)
    clock.sleep(2.0)
    assert (0.0, True) == (deadline.remaining, deadline.passed)


def test_deadline_has_passed_at_its_moment() -> None:
    assert Deadline.after(Clock(), 0.0).passed


def test_interruption_is_false_until_a_signal_sets_it() -> None:
    interruption = Interruption()

    assert not interruption
    interruption.set("SIGTERM")
    assert interruption


def test_first_signal_is_reported() -> None:
    interruption = Interruption()
    interruption.set("SIGINT")
    interruption.set("SIGTERM")

    assert "SIGINT" == interruption.signal


def test_machine_clock_is_monotonic() -> None:
    before = time.monotonic()

    assert before <= SystemClock(Interruption()).now() <= time.monotonic()


def test_interruption_ends_a_sleep_at_once() -> None:
    interruption = Interruption()
    interruption.set("SIGTERM")
    clock = SystemClock(interruption)
    before = clock.now()

    clock.sleep(600.0)

    assert clock.now() - before < 60.0


@given(waited=st.floats(0, 3600), jitter=st.floats(0, 1))
def test_pause_is_at_most_a_tenth_of_the_wait_and_a_second(waited: float, jitter: float) -> None:
    assert 0 < pause_after(waited, lambda: jitter) <= waited / 10 + 1


@given(waited=st.floats(0, 3600), longer=st.floats(0, 3600))
def test_pauses_grow_with_the_wait(waited: float, longer: float) -> None:
    assert pause_after(waited, lambda: 0.5) <= pause_after(waited + longer, lambda: 0.5)


def test_jitter_makes_a_pause_a_fifth_longer_at_most() -> None:
    assert pause_after(60.0, lambda: 1.0) == pytest.approx(1.2 * pause_after(60.0, lambda: 0.0))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 s"),
        (8.4, "8 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (125.0, "2 min 5 s"),
        (3600.0, "60 min 0 s"),
    ],
)
def test_duration_has_minutes_and_seconds(seconds: float, said: str) -> None:
    assert said == duration(seconds)


def test_sleep_without_interruption_ends_by_itself() -> None:
    interruption = Interruption()

    SystemClock(interruption).sleep(0)

    assert not interruption


def test_deadline_counts_the_time_after_it() -> None:
    clock = Clock(100.0)
    deadline = Deadline.after(clock, 60.0)

    assert deadline.overtime == 0.0
    clock.sleep(75.0)
    assert deadline.overtime == 15.0


def test_another_thread_can_wait_for_an_interruption() -> None:
    interruption = Interruption()

    assert not interruption.happens_within(0.0)
    interruption.set("SIGTERM")
    assert interruption.happens_within(1e300)
