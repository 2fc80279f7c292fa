"""The application as a whole: it starts, documents itself, and forgets nothing."""

from fondasi.testing.checks import test_application_is_sound  # noqa: F401 - pytest runs it


async def test_it_starts_and_describes_itself(client):
    assert (await client.get("/health/ready")).status_code == 200
    assert (await client.get("/openapi.json")).status_code == 200
