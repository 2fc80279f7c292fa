"""The `fondasi` command, and `python -m fondasi`."""

from __future__ import annotations

import gc
import os
import signal


def main() -> None:
    """Run the command. Ctrl-C ends it without a word while nothing but imports is under way."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # as shells say it
    gc.disable()  # what imports make stays, and looking for what does not is a tenth of their time
    from fondasi.cli import main as run  # noqa: PLC0415 - so that the line above goes first

    run()


if __name__ == "__main__":
    main()
