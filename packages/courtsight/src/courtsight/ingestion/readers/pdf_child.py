"""The program that runs pdfium, started by `child_process` with a limit on its memory.

It imports nothing of this package, so that it starts fast. On each line of standard input comes a request, a JSON
object with `path`, `pages` and `characters`; on standard output goes the length of the answer (8 bytes, big-endian)
and the answer, a JSON object with `text` or `refused`.
"""

from __future__ import annotations

import json
import os
import sys

import pypdfium2

_OUT_OF_REACH = 1 << 62


def main() -> None:
    """Answer requests until standard input ends."""
    limit_memory(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    for line in sys.stdin.buffer:
        request = json.loads(line)
        body = json.dumps(answer(request["path"], request["pages"], request["characters"])).encode()
        answers.write(len(body).to_bytes(8, "big") + body)
        answers.flush()


def limit_memory(size: int) -> None:
    """Let the process have `size` bytes of address space, where the system can limit it."""
    try:
        import resource  # noqa: PLC0415  # there is none on Windows
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    ceiling = hard if hard != resource.RLIM_INFINITY else _OUT_OF_REACH
    resource.setrlimit(resource.RLIMIT_AS, (min(size, ceiling), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def answer(path: str, pages: int, characters: int) -> dict[str, str]:
    """The text of a PDF, or why it is refused."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return {"refused": "the PDF is encrypted: a password is needed"}
        return {"refused": f"the PDF is damaged ({error})"}
    try:
        return _text(document, pages, characters)
    except pypdfium2.PdfiumError as error:
        return {"refused": f"a page of the PDF is damaged ({error})"}
    except MemoryError:
        return {"refused": "reading the PDF needs more memory than it may have"}
    finally:
        document.close()


def _text(document: pypdfium2.PdfDocument, pages: int, characters: int) -> dict[str, str]:
    if len(document) > pages:
        return {"refused": f"the PDF has {len(document):,} pages, more than {pages:,}"}
    texts: list[str] = []
    count = 0
    for index in range(len(document)):
        page = document[index]
        text_page = page.get_textpage()
        count += text_page.count_chars()
        if count > characters:
            return {"refused": f"the PDF has more than {characters:,} characters"}
        texts.append(text_page.get_text_range())
        text_page.close()
        page.close()
    return {"text": "\n".join(texts)}


if __name__ == "__main__":
    main()
