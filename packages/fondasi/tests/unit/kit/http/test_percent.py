"""What stands behind percent signs is what `urllib` reads, faster."""

import re
from urllib.parse import parse_qsl, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondasi.kit.http.percent import LONG, bytes_of, is_costly, pairs_of

PARTS = [*b"% %4 %41 %c3%b6 %0a %3D = + & a _ G".split(), b" ", b"\n", b"\r", b"%\n", b"=\n"]
TEXTS = st.lists(st.sampled_from(PARTS))


@settings(deadline=None)
@given(TEXTS.map(b"".join))
def test_bytes_and_pairs_are_those_of_urllib(text):
    assert bytes_of(text) == unquote_to_bytes(text)
    assert pairs_of(text) == parse_qsl(text.decode(), keep_blank_values=True)


@settings(deadline=None)
@given(TEXTS.map(b"".join))
def test_percent_signs_that_begin_nothing_are_found(text):
    long = text + b"-" * LONG
    assert is_costly(long) is (re.search(rb"%(?![0-9A-Fa-f]{2})", long) is not None)
    assert not is_costly(text[:LONG])


@pytest.mark.parametrize("text", [b"%41" * 21_000, b"a=%C3%B6" * 8_000])
def test_long_texts_are_read_whole(text):
    assert bytes_of(text) == unquote_to_bytes(text)
