"""Reads the HTTP calls that the documents of replaced systems print, and writes printed_calls.json again.

`python extract.py FOLDER` keeps what people wrote into the file (room, expected, later, reason) for the calls that it
knows; a new call comes without, and the test names it until somebody says where it belongs.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

FILE = Path(__file__).with_name("printed_calls.json")
METHOD = r"(GET|POST|PUT|PATCH|DELETE)"
PATH = r"(/?(?:api/v1/|\{MODE\}/)?[a-z][\w{}/.-]*)(?:\?([\w=&]+))?"
CALL = re.compile(rf"(?:^|`){METHOD} {PATH}(?:`|\s|$)")
HOST = r"https?://(?:localhost|127\.0\.0\.1|api\.your-domain\.com)(?::(?:8000|9080))?"
URL = re.compile(rf"{HOST}{PATH}")
RESOURCE = re.compile(r"^- \*\*[\w ]+\*\*: `(/[a-z]+(?:/\{\w+\})?)`")
PROBE = re.compile(r"^- \*\*`(/[a-z/]+)`\*\*")
PICTURE = re.compile(r'alt="passing (.+?) to (api request body|\w+ tier rate limit)"')
KEY = re.compile(r'"(\w+)":')
AFTER = 30  # lines in which a body or an answer follows its call
PEOPLES = ("room", "expected", "later", "reason")


def calls_of(folder: Path) -> list[dict]:
    """All calls of the documents, each once, in the order in which they are printed."""
    found: dict[tuple, dict] = {}
    for document in sorted(folder.glob("*.md")):
        for call in _calls_in(document.read_text(encoding="utf-8").splitlines()):
            known = found.setdefault(key_of(call), {**call, "documents": []})
            known["answer"] = sorted({*known["answer"], *call["answer"]})
            if document.name not in known["documents"]:
                known["documents"].append(document.name)
    paths = {_relative(call["path"]): call for call in found.values() if call["method"]}
    calls = [call for call in found.values() if call["method"] or _relative(call["path"]) not in paths]
    for (
        call
    ) in found.values():  # an address alone is read, unless the documents say elsewhere how it is called
        if not call["method"]:
            named = paths.get(_relative(call["path"]), call)
            named["documents"] = sorted({*named["documents"], *call["documents"]})
            call["method"] = "GET"
    return calls


def key_of(call: dict) -> tuple:
    """What makes two printed calls the same."""
    return call["method"], call["path"], json.dumps([call["query"], call["body"]], sort_keys=True)


def _calls_in(lines: list[str]) -> Iterator[dict]:
    for number, line in enumerate(lines):
        following = lines[number + 1 : number + 1 + AFTER]
        if "curl " in line:
            for path, query in URL.findall(line):
                method = re.search(rf"-X {METHOD}", line)
                yield _call(
                    method[1] if method else "HEAD" if " -I " in line else "GET", path, query, following
                )
            continue
        for method, path, query in CALL.findall(line):
            yield _call(method, path, query, following, body=True)
        if not CALL.search(line):
            for path, query in URL.findall(line):
                yield _call("", path, query, [])
        if match := RESOURCE.match(line):
            yield from _crud(match[1])
        if match := PROBE.match(line):
            yield _call("GET", match[1], "", [])
        if match := PICTURE.search(line):
            path = "/api/v1/tier" + ("/{tier_name}/rate_limit" if match[2].endswith("limit") else "")
            yield {**_call("POST", path, "", []), "body": dict(_fields(match[1]))}


def _call(method: str, path: str, query: str, following: list[str], *, body: bool = False) -> dict:
    path = "/" + path.strip("/.") + ("/" if path.endswith("/") and len(path) > 1 else "")
    return {
        "method": method,
        "path": path,
        "query": dict(parse_qsl(query)),
        "body": _body(following) if body else {},
        "answer": _answer(following),
    }


def _body(following: list[str]) -> dict:
    """The JSON object that follows `Content-Type: application/json`."""
    if not following or not following[0].startswith("Content-Type: application/json"):
        return {}
    end = next(place for place, line in enumerate(following) if line.startswith("}"))
    sent: dict = json.loads("\n".join(following[1 : end + 1]))
    return sent


def _answer(following: list[str]) -> list[str]:
    """The names in the answer that is printed below a call."""
    for place, line in enumerate(following[:4]):
        if CALL.search(line) or "curl " in line:
            return []
        if line.startswith(("# Response: {", "# {")):
            return KEY.findall(line)
        if line.startswith("```javascript"):
            end = next(
                n for n, text in enumerate([*following, "```"]) if n > place and text.startswith("```")
            )
            return KEY.findall("\n".join(following[place:end]))
    return []


def _crud(path: str) -> Iterator[dict]:
    """ "Full CRUD operations" on a resource."""
    for method in ("GET", "POST"):
        yield _call(method, path, "", [])
    for method in ("GET", "PUT", "DELETE"):
        yield _call(method, path + "/{id}", "", [])


def _fields(text: str) -> Iterator[tuple[str, str | int]]:
    """Of `name = pro, limit=10`."""
    for item in text.split(","):
        name, value = (part.strip() for part in item.split("="))
        yield name, int(value) if value.isdigit() else value


def _relative(path: str) -> str:
    return re.sub(r"^/(api/v1|\{MODE\}|(?:prod|dev)/v1)(?=/)", "", path)


if __name__ == "__main__":
    said = {key_of(call): call for call in json.loads(FILE.read_text())} if FILE.exists() else {}
    calls = calls_of(Path(sys.argv[1]))
    for call in calls:
        call |= {name: said[key_of(call)][name] for name in PEOPLES if name in said.get(key_of(call), {})}
    lines = ",\n".join(json.dumps(call, ensure_ascii=False) for call in calls)
    FILE.write_text(f"[\n{lines}\n]\n")
