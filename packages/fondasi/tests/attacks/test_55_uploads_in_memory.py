"""55: a hundred uploads that stopped before the end of their first part held a gigabyte of memory.

Here what has come of a file lies on the disk, and little of it waits in memory.
"""

import asyncio

API = "/api/v1"
MIB = 1024 * 1024


async def test_what_has_come_of_a_file_lies_on_the_disk_and_not_in_memory(client, account, settings):
    ani, may_end = await account("ani"), asyncio.Event()

    async def stopping():
        yield b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(64):
            yield b"x" * (MIB // 16)
        await may_end.wait()
        yield b"\r\n--b--\r\n"

    def on_disk():
        paths = (settings.data_dir / "files").rglob("*")
        return sum(path.stat().st_size for path in paths if path.is_file())

    before = on_disk()
    headers = ani | {"content-type": "multipart/form-data; boundary=b"}
    upload = asyncio.ensure_future(client.post(f"{API}/files", content=stopping(), headers=headers))
    try:
        async with asyncio.timeout(20):
            while on_disk() - before < 2 * MIB:  # noqa: ASYNC110 - the storage writes it
                await asyncio.sleep(0.02)
    finally:
        may_end.set()
    assert (await upload).status_code == 201
