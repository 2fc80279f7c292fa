"""Run all benchmarks, or those named: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NAMES = (
    "http",
    "profile",
    "access",
    "login",
    "tenancy",
    "startup",
    "jobs",
    "files",
    "quotas",
    "caching",
    "live",
    "telemetry",
    "activity",
    "embedding",
    "search",
    "importing",
    "scale",
    "attacks",
    "stranger",
    "ui",
)


def main() -> int:
    """Run each in a process of its own, so that none warms or slows another."""
    chosen = sys.argv[1:] or NAMES
    if unknown := set(chosen) - set(NAMES):
        print(f"No benchmark named {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
        return 2
    root = Path(__file__).parent.parent
    results = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=root, check=False) for name in chosen
    ]
    return max(result.returncode for result in results)


if __name__ == "__main__":
    sys.exit(main())
