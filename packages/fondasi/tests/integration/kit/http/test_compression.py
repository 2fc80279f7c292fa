"""Long answers go compressed to who accepts it, and mean the same."""

import gzip

import pytest

NOTES = "/api/v1/probe/notes"
LONG = f"{NOTES}/{'long' * 1500}"
VERSIONED = "/api/v1/probe/versioned"


async def sizes(probe, path: str, accepted: str) -> tuple[int, int]:
    """Bytes on the way, and of the answer."""
    async with probe.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert len(raw) == int(answer.headers["content-length"])
    packed = answer.headers.get("content-encoding") == "gzip"
    return len(raw), len(gzip.decompress(raw) if packed else raw)


@pytest.mark.parametrize("accepted", ["gzip", "GZip;q=0.5", "br, gzip, deflate"])
async def test_a_long_answer_goes_compressed(probe, accepted):
    sent, whole = await sizes(probe, LONG, accepted)
    assert whole > 6000
    assert sent < whole / 10


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q=0.000"])
async def test_who_does_not_accept_it_gets_the_answer_as_it_is(probe, accepted):
    sent, whole = await sizes(probe, LONG, accepted)
    assert sent == whole > 6000


async def test_it_means_the_same_and_says_what_it_depends_on(probe):
    answer = await probe.get(LONG)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json() == {"name": "long" * 1500}
    plain = await probe.get(LONG, headers={"accept-encoding": "identity"})
    assert plain.json() == answer.json()
    assert plain.headers["etag"] == answer.headers["etag"]
    for each in (answer, plain):
        assert "accept-encoding" in each.headers["vary"]


async def test_an_unchanged_long_answer_is_not_sent_again(probe):
    etag = (await probe.get(LONG)).headers["etag"]
    answer = await probe.get(LONG, headers={"if-none-match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert "content-encoding" not in answer.headers


async def test_the_document_of_the_api_is_compressed_beside_other_work(probe):
    sent, whole = await sizes(probe, "/openapi.json", "gzip")
    assert sent < whole / 5


async def test_a_head_tells_of_the_body_that_a_get_would_send(probe):
    head, answer = await probe.head(LONG), await probe.get(LONG)
    assert head.content == b""
    assert head.headers["content-encoding"] == "gzip"
    assert head.headers["content-length"] == answer.headers["content-length"]


@pytest.mark.parametrize("path", [f"{NOTES}/one", VERSIONED])
async def test_short_answers_and_those_whose_tag_names_their_bytes_stay_as_they_are(probe, path):
    assert "content-encoding" not in (await probe.get(path)).headers
