"""Files: a large upload into the local storage, beside `cp` of the same bytes in the same run.

python -m benchmarks.files [MEBIBYTES]
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from benchmarks.harness import (
    PASSWORD,
    Server,
    free_port,
    interleaved,
    python,
    run,
    serve,
    sign_in,
)

ROUNDS = 3
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
END = b"\r\n--b--\r\n"
TO_REACH = 0.6


def main(mebibytes: int) -> None:
    """Measure in a folder of its own, and print."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_FOLDER")) as name:
        folder, port = Path(name), free_port()
        source = folder / "source"
        with source.open("wb") as file:
            file.write(b"%PDF-1.7\n")
            for _ in range(mebibytes):
                file.write(os.urandom(1024 * 1024))
        size = source.stat().st_size
        settings = {
            "FONDASI_DATA_DIR": str(folder / "data"),
            "FILE_LIMIT": str(2 * size),
            "FILE_QUOTA": str(100 * size),
            "ENVIRONMENT": "local",
        }
        cli = python("-m", "fondasi")
        run([*cli, "migrate"], settings)
        run([*cli, "users", "create-superuser", "bench", "--password", PASSWORD], settings)
        with serve([*cli, "serve", "--port", str(port)], port, **settings) as server:
            token = sign_in(port, "bench")
            upload(port, token, source, 1024 * 1024)  # whatever is made once
            peak = Peak(server)
            seconds = interleaved(
                ROUNDS,
                ("cp", lambda: copied(source, folder / "copy", durable=False)),
                ("cp, and on the disk", lambda: copied(source, folder / "copy", durable=True)),
                ("upload", lambda: peak.during(lambda: upload(port, token, source, size))),
            )
    for name, value in seconds.items():
        print(f"{name:24} {value:6.2f} s {size / value / 1e6:8.0f} MB/s")
    for name in ("cp", "cp, and on the disk"):
        print(f"upload / {name:24} {seconds[name] / seconds['upload']:6.0%}  (to reach: {TO_REACH:.0%})")
    print(f"CPU of the server        {peak.cpu:6.2f} s an upload")
    print(f"resident memory          +{peak.more / 1e6:.1f} MB (to reach: 32 MB)")


def copied(source: Path, to: Path, *, durable: bool) -> float:
    """Seconds that `cp` takes, and the disk after it."""
    began = perf_counter()
    subprocess.run(["cp", source, to], check=True)
    if durable:
        subprocess.run(["sync", to], check=True)
    took = perf_counter() - began
    to.unlink()
    return took


def upload(port: int, token: str, source: Path, size: int) -> float:
    """Seconds from the first byte to the answer."""
    length = len(HEAD) + size + len(END)
    began = perf_counter()
    with source.open("rb") as file, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            b"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Authorization: Bearer " + token.encode() + b"\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n"
            b"Content-Length: " + str(length).encode() + b"\r\n\r\n" + HEAD
        )
        connection.sendfile(file, 0, size)
        connection.sendall(END)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    took = perf_counter() - began
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 201") or json.loads(body)["size"] != size:
        raise SystemExit(f"The upload failed: {answer[:500]!r}")
    return took


class Peak:
    """What uploads cost a server: CPU, and the most memory over what it had before."""

    def __init__(self, server: Server) -> None:
        self._server, self._before, self.more = server, server.resident_bytes(), 0
        self._spent: list[float] = []

    @property
    def cpu(self) -> float:
        """Median CPU seconds of the server."""
        return median(self._spent)

    def during(self, work: object) -> float:
        """Do it, and look meanwhile."""
        ended = threading.Event()

        def look() -> None:
            while not ended.is_set():
                self.more = max(self.more, self._server.resident_bytes() - self._before)
                sleep(0.01)

        spent = self._server.cpu_seconds()
        watching = threading.Thread(target=look)
        watching.start()
        try:
            took: float = work()  # type: ignore[operator]
        finally:
            ended.set()
            watching.join()
        self._spent.append(self._server.cpu_seconds() - spent)
        return took


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024)
