"""Server-sent events as bytes (WHATWG HTML, 9.2)."""

from __future__ import annotations

from typing import Any

import orjson

# An event in the OpenAPI document.
CONTENT: dict[str, Any] = {
    "text/event-stream": {
        "schema": {
            "type": "object",
            "description": "An event.",
            "properties": {
                "event": {"type": "string", "description": "Its type."},
                "data": {"type": "string", "description": "What it says, as JSON."},
                "id": {"type": "string", "description": "For `Last-Event-ID`."},
            },
        }
    }
}


def event(kind: str, data: Any, position: str = "") -> bytes:
    """An event.

    Args:
        kind: its type.
        data: what it says, as JSON.
        position: where to go on after it, for `Last-Event-ID`.
    """
    head = f"id: {position}\n" if position else ""
    return f"{head}event: {kind}\ndata: ".encode() + orjson.dumps(data, option=orjson.OPT_UTC_Z) + b"\n\n"
