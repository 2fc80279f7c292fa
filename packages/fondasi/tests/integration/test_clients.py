"""Clients that public generators make from the document work against a served application (`make clients`)."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fondasi.commands import openapi

CLIENTS = Path(__file__).parents[4] / "clients"
BUILD = CLIENTS / "build"
made = pytest.mark.skipif(
    not (BUILD / "js" / "exercise.js").exists(), reason="no clients are made: run `make clients` first"
)
PROGRAMS = {
    "Python": [BUILD / "venv" / "bin" / "python", CLIENTS / "exercise.py"],
    "TypeScript": [BUILD / "venv" / "bin" / "node", BUILD / "js" / "exercise.js"],
}


def test_command_prints_the_document_without_a_database(app, settings, monkeypatch, tmp_path):
    nowhere = settings.model_copy(update={"data_dir": tmp_path / "none"})
    monkeypatch.setattr(openapi, "get_settings", lambda: nowhere)
    result = CliRunner().invoke(openapi.commands, [])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["paths"] == app.openapi()["paths"]
    assert not (tmp_path / "none").exists()


@made
def test_clients_are_of_this_document(app):
    kept = json.loads((BUILD / "openapi.json").read_text())
    assert kept["paths"] == app.openapi()["paths"], "The API has changed: run `make clients` again."


@made
@pytest.mark.long
@pytest.mark.parametrize("language", PROGRAMS)
async def test_client_signs_up_searches_pages_and_understands_errors(app, clean_database, served, language):
    with served(app) as url:
        command = [str(word) for word in [*PROGRAMS[language], url]]
        run = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, timeout=120, check=False
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith(f"{language}: ")
