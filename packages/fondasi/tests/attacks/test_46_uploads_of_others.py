"""46: any program of the machine read what users had uploaded, for the files stood open to all."""

import stat

API = "/api/v1"


async def test_no_other_user_of_the_machine_reads_uploads(client, account, settings):
    ani = await account("ani")
    sent = await client.post(f"{API}/files", headers=ani, files={"file": ("a.txt", b"for me alone")})
    object_id = sent.json()["id"].replace("-", "")
    path = settings.data_dir / "files" / object_id[-2:] / object_id
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
