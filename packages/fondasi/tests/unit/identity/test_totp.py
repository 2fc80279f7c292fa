"""Codes of authenticator apps, by the vectors of RFC 6238, appendix B."""

from base64 import b32encode

import pytest

from fondasi.identity.factors import totp

SECRET = b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("moment", "code"), VECTORS)
def test_codes_are_those_of_the_rfc(moment, code):
    assert totp.code_at(SECRET, moment // totp.PERIOD, digits=8) == code
    assert totp.fitting_step(SECRET, code[2:], moment) == moment // totp.PERIOD


@pytest.mark.parametrize(("late", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_neighbouring_steps_fit(late, fits):
    moment = 1234567890
    step = moment // totp.PERIOD
    assert (totp.fitting_step(SECRET, totp.code_at(SECRET, step - late), moment) == step - late) is fits


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "1234567"])
def test_what_is_no_code_fits_nothing(code):
    assert totp.fitting_step(SECRET, code, 59) is None


def test_app_learns_secret_issuer_and_account():
    secret = totp.new_secret()
    uri = totp.uri(secret, "ani", "My Service")
    assert uri.startswith("otpauth://totp/My%20Service:ani?")
    assert {f"secret={secret}", "issuer=My%20Service", "period=30", "digits=6"} <= set(
        uri.split("?")[1].split("&")
    )
    assert len(secret) == 32
