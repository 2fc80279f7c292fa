"""The real decisions beside the repository; tests that need them skip where they are absent."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[5] / "shared" / "data" / "putusan-sample.jsonl.gz"


@pytest.fixture(scope="session")
def sample_path():
    """The file of real decisions."""
    if not SAMPLE.exists():
        pytest.skip(f"the sample of real decisions ({SAMPLE.name}) is not in ../shared/data")
    return SAMPLE


@pytest.fixture(scope="session")
def sample_records(sample_path):
    """The first 400 records of the sample."""
    with gzip.open(sample_path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, 400)]
