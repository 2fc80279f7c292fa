"""Where a secret can be guessed, few tries are let through."""

from fondasi.access import LoginLike
from fondasi.app import routes_of
from fondasi.kit.http import Route
from fondasi.runtime import platform_modules

GUESSABLE = {
    "change_email",
    "change_password",
    "change_phone",
    "confirm_second_factor",
    "deactivate_account",
    "delete_account",
    "login",
    "login_by_code",
    "login_by_second_factor",
    "reset_password",
    "step_up",
    "verify_code",
    "verify_contact",
}


def test_routes_that_take_secrets_are_marked():
    marked = {
        route.operation_id
        for route in routes_of(platform_modules(), "/api/v1")
        if isinstance(route, Route) and any(isinstance(marker, LoginLike) for marker in route.markers)
    }
    assert marked >= GUESSABLE
    assert (
        "refresh" not in marked
    )  # 256 random bits; a family of browsers refreshes more often than it signs in
