"""The `courtsight` command, and `python -m courtsight`."""

from __future__ import annotations

import os
import signal


def main() -> None:
    """Run the command. Ctrl-C ends it without a word while nothing but imports is under way."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # as shells say it
    from courtsight.commands import main as run  # noqa: PLC0415 - so that the line above goes first

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
