"""CPU per request of traces: off, on, for one request in twenty, and while their collector stands still.

The collector takes spans and throws them away; a queue that is full is what one that stands still leaves.
"""

from __future__ import annotations

import tempfile
import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from benchmarks.harness import (
    PASSWORD,
    Server,
    cpu_per_request,
    free_port,
    get,
    interleaved,
    python,
    run,
    serve,
    sign_in,
)
from benchmarks.http import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 5
MINUTES = 600.0


def main() -> None:
    """Print a row per way of tracing `GET /users/me`: CPU of a request, and the ratio to no traces."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fondasi-bench-"))
        environment = {"FONDASI_DATA_DIR": folder, "MODULES": "posts", **UNREACHED}
        taking, standing = (
            stack.enter_context(_collector()),
            stack.enter_context(_collector(stands_still=True)),
        )
        ways = {
            "off": {},
            "all": {"OTEL_EXPORTER_OTLP_ENDPOINT": taking},
            "1 in 20": {
                "OTEL_EXPORTER_OTLP_ENDPOINT": taking,
                "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
                "OTEL_TRACES_SAMPLER_ARG": "0.05",
            },
            "stands still": {"OTEL_EXPORTER_OTLP_ENDPOINT": standing},
        }
        servers: dict[str, Server] = {}
        for name, variables in ways.items():
            port = free_port()
            command = python("-m", "fondasi", "serve", "--port", str(port))
            servers[name] = stack.enter_context(serve(command, port, **environment, **variables))
        run(
            [*python("-m", "fondasi"), "users", "create-superuser", "bench", "--password", PASSWORD],
            environment,
        )
        request = get("/api/v1/users/me", authorization=f"Bearer {sign_in(servers['off'].port, 'bench')}")
        figures = interleaved(
            ROUNDS, *((name, _measured(server, request)) for name, server in servers.items())
        )
    for name, spent in figures.items():
        print(f"GET /users/me, traces {name:<12} {spent:6.0f} us CPU   ratio {spent / figures['off']:.2f}")


def _measured(server: Server, request: bytes) -> Callable[[], float]:
    return lambda: cpu_per_request(server, request)


@contextmanager
def _collector(*, stands_still: bool = False) -> Iterator[str]:
    """The address of a collector."""
    ends = threading.Event()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if stands_still:
                ends.wait(MINUTES)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        ends.set()
        server.shutdown()


if __name__ == "__main__":
    main()
