"""The command: record signals first, then import the slow rest."""

from __future__ import annotations

import gc

from dictionary_deploy.signals import StopSignals


def main() -> None:
    """Run the command and end the process with its status."""
    signals = StopSignals()
    # Looking for cycles takes a tenth of the time of a short run, mostly during imports, and finds none worth
    # it: what is large here, contents and their entries, is in no cycle.
    gc.disable()
    from dictionary_deploy import cli  # noqa: PLC0415 it takes a while, in which a signal may come

    cli.main(signals)


if __name__ == "__main__":
    main()
