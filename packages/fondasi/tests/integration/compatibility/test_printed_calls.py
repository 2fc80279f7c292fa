"""Every HTTP call that the documents of the replaced systems print works: method, path and fields as they are printed.

printed_calls.json holds the calls (extract.py writes it again). Each has the room that serves it, or in `later` the
room that it waits for; a `reason` says where the answer is not the one of the old system, and why.
"""

import json
import os
import runpy
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
EXTRACT = runpy.run_path(str(HERE / "extract.py"))
CALLS = json.loads((HERE / "printed_calls.json").read_text())
DOCUMENTS = Path(os.environ.get("FONDASI_REPLACED_DOCUMENTS", HERE.parents[4] / "../shared/seeds"))
PREFIXES = {"/api/v1": "/api/v1", "/{MODE}": "/prod/v1", "": ""}
Sent = dict[str, Any]
STEPS: dict[str, Callable[[Any, Sent], Awaitable[Sent]]] = {}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def prefix_of(call: dict) -> str:
    """How the paths of the call's system begin, as it prints it."""
    return next(printed for printed in PREFIXES if call["path"].startswith(f"{printed}/"))


def step(*calls: str) -> Callable:
    """What calls need beside method and path; others are calls of the super admin as they are."""

    def keep(function: Callable) -> Callable:
        for call in calls:
            STEPS[call] = function
        return function

    return keep


def body_of(call: str, **body: Any) -> None:
    """A call of the super admin that takes this body."""

    async def send(world: Any, printed: Sent) -> Sent:
        return {"json": body, "headers": world.admin.headers}

    STEPS[call] = send


body_of("PUT /settings/profile", name="Ani Wijaya", bio="Hello")
body_of("POST /settings/profile-picture", url="https://example.com/ani.png")
body_of("POST /settings/profile-accessibility", profile_accessibility="public")
body_of("POST /settings/profile-language", language="id")
body_of("POST /settings/update-theme", theme="dark")
body_of("POST /settings/update-timezone", timezone="Asia/Jakarta")
body_of("POST /permissions", code="custom.reports.print", description="Print reports.")
body_of("PUT /permissions/{permission_id}", description="Something else.")
body_of("POST /groups", name="printers")
body_of("PUT /groups/{group_id}", description="Those who edit.")
body_of("POST /groups/{group_id}/permissions", permissions=["tasks.create"])
body_of("POST /activity", action="report.opened", message="Opened a report.")
body_of("POST /user", name="Citra", username="citra", email="citra@example.com", password="a quiet evening")
body_of("PUT /user/{id}", name="Another name")
body_of("POST /tenant", name="Department of roads")


@step("POST /users/{user_id}/groups")
async def join(world, printed):
    groups = (await world.client.get(f"{world.prefix}/groups", headers=world.admin.headers)).json()["data"]
    ids = [group["id"] for group in groups if group["name"] == "user"]
    return {"json": {"group_ids": ids}, "headers": world.admin.headers}


@step("DELETE /groups/{group_id}")
async def delete_group(world, printed):
    group = (await world.ask("POST", "/groups", name="deleted")).json()
    return {"headers": world.admin.headers, "ids": {"group_id": group["id"]}}


@step("DELETE /permissions/{permission_id}")
async def delete_permission(world, printed):
    await world.ask("POST", "/permissions", code="custom.deleted", description="Gone soon.")
    return {"headers": world.admin.headers, "ids": {"permission_id": "custom.deleted"}}


@step("POST /login", "POST /token", "POST /auth/login-with-password")
async def log_in(world, printed):
    person = await world.person()
    if "/auth/" in printed["path"]:
        return {"json": {"email": person.email, "password": world.password}}
    fields = {"username": person.name, "password": world.password}
    assert not printed["body"] or fields.keys() == printed["body"].keys()
    return {"data": fields} if printed["path"] == "/token" else {"json": fields}


@step("POST /refresh", "POST /auth/refresh-token")
async def refresh(world, printed):
    await world.person()  # its cookie stays with the client
    return {"headers": {"X-Requested-With": "XMLHttpRequest"}}


@step("POST /logout", "POST /auth/logout")
async def log_out(world, printed):
    return {"headers": (await world.person()).headers}


@step("POST /auth/send-one-time-password")
async def send_code(world, printed):
    return {"json": {"email": (await world.person()).email, "channel": "email"}}


@step("POST /auth/login-with-otp", "POST /auth/verify-one-time-password")
async def use_code(world, printed):
    return {"json": await world.proof((await world.person()).email, "login")}


@step("POST /auth/verify")
async def sign_up(world, printed):
    return {"json": await world.proof("dewi@example.com", "signup")}


@step("POST /auth/set-password")
async def set_password(world, printed):
    person = await world.person(password=None)
    proof = await world.proof(person.email, "login")
    headers = await world.signed_in("/auth/login-with-otp", **proof)
    return {"json": {"password": world.new_password}, "headers": headers}


@step("POST /auth/change-password")
async def change_password(world, printed):
    fields = {"old_password": world.password, "new_password": world.new_password}
    return {"json": fields, "headers": (await world.person()).headers}


@step("POST /auth/forget-password")
async def reset_password(world, printed):
    proof = await world.proof((await world.person()).email, "reset_password")
    return {"json": {**proof, "password": world.new_password}}


@step("POST /auth/check-user-availability")
async def ask_availability(world, printed):
    return {"json": {"email": "somebody@example.com", "phone": "+6281234567890"}}


@step("POST /auth/verify-email-and-phone")
async def verify_contact(world, printed):
    person = await world.person()
    wanted = {"email": f"new-{person.email}", "password": world.password}
    answer = await world.client.post(
        f"{world.prefix}/settings/change-email", json=wanted, headers=person.headers
    )
    return {"json": await world.received(wanted["email"], answer)}


@step("POST /settings/change-email")
async def change_email(world, printed):
    fields = {"email": "elsewhere@example.com", "password": world.password}
    return {"json": fields, "headers": (await world.person()).headers}


@step("POST /settings/change-phone")
async def change_phone(world, printed):
    fields = {"phone": "+6281234567890", "password": world.password}
    return {"json": fields, "headers": (await world.person()).headers}


@step("POST /settings/deactivate-account", "POST /settings/delete-account")
async def end_account(world, printed):
    return {"json": {"password": world.password}, "headers": (await world.person()).headers}


@step("DELETE /user/{id}")
async def delete_user(world, printed):
    return {"headers": world.admin.headers, "ids": {"id": (await world.person()).name}}


@step("GET /tenant/{id}", "PUT /tenant/{id}", "DELETE /tenant/{id}")
async def own_tenant(world, printed):
    tenant = (await world.ask("POST", "/tenant", name="Records office")).json()
    body = {"json": {"description": "Keeps records."}} if printed["method"] == "PUT" else {}
    return {**body, "headers": world.admin.headers, "ids": {"id": tenant["id"]}}


@step("GET /admin")
async def open_panel(world, printed):
    return {"follow_redirects": True}


@step("POST /tier/{tier_name}/rate_limit")
async def create_limit(world, printed):
    tier = "free" if printed["body"]["limit"] == 1 else "pro"
    return {"json": printed["body"], "headers": world.admin.headers, "ids": {"tier_name": tier}}


@step("PATCH /user/{username}/tier")
async def change_tier(world, printed):
    tiers = (await world.client.get(f"{world.prefix}/tiers", headers=world.admin.headers)).json()["data"]
    tier = next(item for item in tiers if item["name"] == "pro")
    return {"json": {"tier_id": tier["id"]}, "headers": world.admin.headers}


async def faults_of(world: Any, call: dict) -> list[str]:
    """Make a call; what is wrong with its answer."""
    relative = call["path"].removeprefix(prefix_of(call))
    prepare = STEPS.get(f"{call['method']} {relative}")
    sent = {"headers": world.admin.headers, **({"json": call["body"]} if call["body"] else {})}
    if prepare is not None:
        sent = await prepare(world, call)
    path = relative
    for name, value in {**world.ids, **sent.pop("ids", {})}.items():
        path = path.replace(f"{{{name}}}", value)
    # The health of a system stands outside its prefix, if it is printed so.
    root = world.prefix if prefix_of(call) else ""
    answer = await world.client.request(call["method"], root + path, params=call["query"], **sent)
    if f"{answer.status_code // 100}xx" != call["expected"]:
        return [f"{call['method']} {call['path']}: {answer.status_code} {answer.text[:300]}"]
    names = set(call["answer"]) - set(EXTRACT["KEY"].findall(answer.text.replace('":', '": ')))
    return [f"{call['method']} {call['path']}: the answer lacks {sorted(names)}"] if names else []


@pytest.mark.parametrize("printed", PREFIXES)
async def test_printed_calls_work(world, passwords, printed):
    """In the order in which they are printed, below the prefix of their system."""
    calls = [call for call in CALLS if prefix_of(call) == printed and "later" not in call]
    assert calls
    async with world(PREFIXES[printed]) as found:
        found.password, found.new_password = passwords
        assert [fault for call in calls for fault in await faults_of(found, call)] == []


def test_every_printed_call_is_accounted_for():
    for call in CALLS:
        assert ("later" in call) != ("room" in call and "expected" in call), call
        assert call["expected"] == "2xx" or call["reason"] if "expected" in call else True, call
    served = {f"{call['method']} {call['path'].removeprefix(prefix_of(call))}" for call in CALLS}
    assert STEPS.keys() <= served


@pytest.mark.skipif(
    not DOCUMENTS.is_dir(),
    reason="The documents are not here; FONDASI_REPLACED_DOCUMENTS names their folder.",
)
def test_the_calls_are_those_of_the_documents():
    key = EXTRACT["key_of"]
    printed, known = EXTRACT["calls_of"](DOCUMENTS), CALLS
    assert [key(call) for call in printed] == [key(call) for call in known], "run extract.py on the folder"
    for call, recorded in zip(printed, known, strict=True):
        assert call["answer"] == recorded["answer"]
        assert call["documents"] == recorded["documents"]
