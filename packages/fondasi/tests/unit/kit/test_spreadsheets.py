"""Cells that no spreadsheet runs, and which are read as they were."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from fondasi.kit.http.spreadsheets import csv_of, unguarded

TEXTS = st.text(st.sampled_from("=+-@;,|\t\r\n\"' xé\uff1d"), max_size=12)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_what_was_written_is_read_as_it_was(cells):
    text = csv_of(["a"] * len(cells), [cells]).decode("utf-8-sig")
    (_, row) = csv.reader(io.StringIO(text, newline=""))
    assert [unguarded(cell) for cell in row] == cells


def test_numbers_stay_numbers():
    assert csv_of(["a", "b"], [[-5, "-5"]]).decode("utf-8-sig") == '"a","b"\r\n"-5","\'-5"\r\n'
