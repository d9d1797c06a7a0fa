"""The command: record signals first, then import the slow rest."""

from __future__ import annotations

import gc

from dictionary_deploy.signals import StopSignals


def main() -> None:
    """Run the command and end the process with its status."""
    signals = StopSignals()
    # Garbage collection takes a tenth of the time of a short run, mostly during imports, and frees little.
    # The large objects, contents and their entries, are in no cycle.
    gc.disable()
    from dictionary_deploy import cli  # noqa: PLC0415 a signal may arrive during this slow import

    cli.main(signals)


if __name__ == "__main__":
    main()
