"""What tests of files share."""

from pathlib import Path

import pytest

from fondasi.files.jobs import purge

PDF = b"%PDF-1.7\n" + b"x" * 9000
API = "/api/v1"


@pytest.fixture
def upload(client):
    """The answer to an upload: `await upload(headers, "a.pdf", PDF)`."""

    async def send(headers, name="report.pdf", content=PDF, path="/files", kind="application/pdf"):
        return await client.post(f"{API}{path}", headers=headers, files={"file": (name, content, kind)})

    return send


@pytest.fixture
def stored(settings):
    """The paths of what lies in the storage now."""

    def paths() -> set[Path]:
        return {path for path in (settings.data_dir / "files").rglob("*") if path.is_file()}

    before = paths()
    return lambda: paths() - before


@pytest.fixture
def swept(run_jobs, clean_database):
    """Run the purge."""

    async def run() -> None:
        async with clean_database.unit_of_work() as session:
            await purge.enqueue(session, dedupe_key="deleted")
        await run_jobs(purge)

    return run
