"""26: a size limit by Content-Length alone, which chunked bodies passed. Here they are counted as they come."""

MEBIBYTE = 1024 * 1024


async def test_endless_body_is_cut_at_the_limit(client, settings):
    sent = 0

    async def endless():
        nonlocal sent
        while sent < 64 * MEBIBYTE:
            sent += 65536
            yield b" " * 65536

    answer = await client.post(
        "/api/v1/login", content=endless(), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error_code"]) == (413, "REQUEST_TOO_LARGE")
    assert sent <= settings.http.body_limit + 65536
