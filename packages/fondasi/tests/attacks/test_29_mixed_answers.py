"""Attack 29: a database cursor that requests shared gave one user another one's rows.

Members of four tenants read at the same time over four connections; the benchmark `tenancy` does it 10,000 times.
"""

from fondasi.testing.two_tenants import Side, mixed_answers

REQUESTS = 2000


async def test_no_answer_holds_rows_of_another_tenant(notes_client, notes_town):
    reads = []
    for marker in ("zebra", "yacht", "xylem", "whale"):
        tenant, people = await notes_town.staffed(marker)
        owner = people["owner"]
        note = (await owner.call("POST", f"/tenants/{tenant}/notes", json={"title": f"{marker} note"})).json()
        side = Side(owner.headers, {"tenant_id": tenant}, marker)
        paths = (
            f"/tenants/{tenant}",
            f"/tenants/{tenant}/members",
            "/notes",
            f"/notes/{note['id']}",
            "/tenants",
        )
        reads.append([(side, f"/api/v1{path}") for path in paths])
    in_turn = [read for together in zip(*reads, strict=True) for read in together]
    assert await mixed_answers(notes_client, in_turn, total=REQUESTS, concurrency=32) == ([], [])
