"""Logs: JSON outside `local`, with the request id, without the variables of a traceback."""

import json
import subprocess
import sys

PROGRAM = """
import logging, sys, warnings
import structlog
from fondasi.kit.telemetry import configure_logging
from fondasi.settings import Settings
configure_logging(Settings(_env_file=None, environment=sys.argv[1]))
structlog.contextvars.bind_contextvars(request_id="one")
def fail(password):
    raise RuntimeError("broken")
try:
    fail("hunter2")
except RuntimeError:
    structlog.get_logger().exception("unhandled", path="/a\\nb")
logging.getLogger("library").warning("from a library")
logging.getLogger("library").info("not worth a line")
warnings.warn("old-fashioned", stacklevel=1)
structlog.get_logger().info("odd", half="\\udc80", large=2**70, words="two words", escape="\\x1b[2J")
"""


def lines(environment: str) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, environment]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout == ""
    assert "hunter2" not in run.stderr
    return run.stderr.splitlines()


def test_lines_are_json_outside_local():
    own, library, warning, odd = map(json.loads, lines("production"))
    assert (own["event"], own["level"], own["request_id"], own["path"]) == (
        "unhandled",
        "error",
        "one",
        "/a\nb",
    )
    assert own["timestamp"].endswith("Z")
    assert own["exception"][0]["exc_value"] == "broken"
    assert (library["event"], library["level"]) == ("from a library", "warning")
    assert "UserWarning: old-fashioned" in warning["event"]
    assert (odd["half"], odd["large"]) == ("\udc80", 2**70)


def test_lines_are_readable_in_local():
    *told, odd = lines("local")
    text = "\n".join(told)
    assert "unhandled" in text
    assert "RuntimeError: broken" in text
    assert odd.split("odd")[1].split() == [
        "escape='\\x1b[2J'",
        "half='\\udc80'",
        f"large={2**70}",
        "request_id=one",
        "words='two",
        "words'",
    ]
