"""Warm start: from the command to the first answer of `/health/ready`, and the resident memory then."""

from __future__ import annotations

import subprocess
import tempfile
import urllib.request
from statistics import median

from benchmarks.harness import environment_with, free_port, python, serve

ROUNDS = 5
WARM_UP = b'{"query": "wanprestasi perjanjian jual beli"}'


def main() -> None:
    """Print the medians over five starts of the web process with CourtSight and its model."""
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        settings = {"FONDASI_DATA_DIR": folder, "MODULES": "courtsight"}
        subprocess.run(
            python("-m", "fondasi", "migrate"),
            env=environment_with(settings),
            check=True,
            capture_output=True,
        )
        seconds, resident = [], []
        for _ in range(ROUNDS):
            port = free_port()
            command = python("-m", "fondasi", "serve", "--port", str(port))
            with serve(command, port, "/health/ready", **settings) as server:
                address = f"http://127.0.0.1:{port}/api/v1/legal-search/search"
                request = urllib.request.Request(address, WARM_UP, {"Content-Type": "application/json"})
                urllib.request.urlopen(request).read()
                seconds.append(server.seconds_to_ready)
                resident.append(server.resident_bytes() / 1e6)
    print(
        f"warm start       {median(seconds):.2f} s to ready   {median(resident):.0f} MB resident after a search"
    )


if __name__ == "__main__":
    main()
