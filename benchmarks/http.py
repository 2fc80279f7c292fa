"""CPU per request of the platform beside the limit program: `/health` and the authenticated user."""

from __future__ import annotations

import tempfile

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

ROUNDS = 5
UNREACHED = {"QUOTA_USER_LIMIT": "1000000000"}  # requests are counted, and none is refused


def main() -> None:
    """Print a row per route: ours, the limit, the ratio."""
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as folder:
        environment = {"FONDASI_DATA_DIR": folder, "HTTP_ACCESS_LOG": "true", "MODULES": "posts", **UNREACHED}
        cli = python("-m", "fondasi")
        ours_port, limit_port = free_port(), free_port()
        with serve([*cli, "serve", "--port", str(ours_port)], ours_port, **environment) as ours:
            run([*cli, "users", "create-superuser", "bench", "--password", PASSWORD], environment)
            url = run([*cli, "db", "url"], environment)
            limit = python(
                "-m", "uvicorn", "benchmarks.limit:app", "--port", str(limit_port), "--no-access-log"
            )
            with serve(limit, limit_port, LIMIT_DATABASE_URL=url) as reference:
                _report("GET /health", ours, get("/health"), reference, get("/health"))
                token = get("/api/v1/users/me", authorization=f"Bearer {sign_in(ours_port, 'bench')}")
                _report("GET /users/me", ours, token, reference, get("/user", x_user="bench"))


def _report(name: str, ours: Server, request: bytes, limit: Server, limit_request: bytes) -> None:
    figures = interleaved(
        ROUNDS,
        ("ours", lambda: cpu_per_request(ours, request)),
        ("limit", lambda: cpu_per_request(limit, limit_request)),
    )
    ratio = figures["ours"] / figures["limit"]
    print(
        f"{name:<16} ours {figures['ours']:6.0f} us CPU   limit {figures['limit']:6.0f} us CPU   ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
