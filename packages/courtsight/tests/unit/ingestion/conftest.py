"""A fictitious decision for the tests of readers."""

from __future__ import annotations

import pytest
from printing import CRIMINAL


@pytest.fixture(scope="session")
def criminal_text():
    """A short criminal decision of first instance, as printed, with all eleven sections."""
    return CRIMINAL


@pytest.fixture(scope="session")
def criminal_sections():
    """The names of its sections, in order."""
    return [
        "kepala_putusan",
        "identitas",
        "riwayat_penahanan",
        "riwayat_perkara",
        "riwayat_tuntutan",
        "riwayat_dakwaan",
        "fakta",
        "fakta_hukum",
        "pertimbangan_hukum",
        "amar_putusan",
        "penutup",
    ]
