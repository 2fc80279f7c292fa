"""Permissions that an installation makes for itself."""

import pytest

from fondasi.access import Permission, PermissionRegistry

CODE = "custom.reports.print"


@pytest.fixture
async def root(person):
    return await person("root", superuser=True)


@pytest.fixture
def make(root):
    async def create(code: str = CODE, description: str = "Print reports."):
        return await root.call("POST", "/permissions", code=code, description=description)

    return create


async def test_are_granted_like_others_and_lost_when_deleted(root, person, make):
    assert (await make()).status_code == 201
    ani, budi = await person("ani"), await person("budi")
    assert (await root.grant(ani, CODE)).status_code == 200
    await root.create_group("printers", CODE)
    assert (await root.join(budi, "user", "printers")).status_code == 200
    for who in (ani, budi):
        assert CODE in (await who.may())["effective"]
    assert CODE in (await root.may())["effective"]
    assert (await root.call("DELETE", f"/permissions/{CODE}")).status_code == 204
    for who in (ani, budi):
        assert CODE not in (await who.may())["effective"]
    await make()
    assert CODE not in (await ani.may())["effective"], "a new one of the same name is nobody's"


async def test_are_described_anew(root, make):
    await make()
    answer = await root.call("PATCH", f"/permissions/{CODE}", description="Print all reports.")
    assert answer.json() == {
        "code": CODE,
        "description": "Print all reports.",
        "default_groups": [],
        "custom": True,
    }
    assert (await root.get(f"/permissions/{CODE}")).json()["description"] == "Print all reports."


async def test_declared_ones_stay(root):
    assert (await root.call("DELETE", "/permissions/tasks.create")).json()[
        "error_code"
    ] == "DECLARED_PERMISSION"
    answer = await root.call("PATCH", "/permissions/tasks.create", description="No.")
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "code", ["tasks.create", "reports.print", "custom", "custom.", "Custom.a", "custom.a b"]
)
async def test_codes_that_a_module_could_declare_are_refused(make, code):
    assert (await make(code)).status_code == 422


async def test_one_of_a_kind(make):
    await make()
    assert (await make()).json()["error_code"] == "PERMISSION_EXISTS"


async def test_administrators_make_none_unless_they_may_and_touch_none_that_they_lack(root, person, make):
    await make()
    admin = await person("adi", "user", "admin")
    assert (await admin.call("POST", "/permissions", code="custom.a", description="A")).status_code == 403
    await root.grant(admin, "permissions.manage")
    assert (await admin.call("POST", "/permissions", code="custom.a", description="A")).status_code == 201
    assert (await admin.grant(await person("ani"), "custom.a")).json()["error_code"] == "LACKS_PERMISSION"
    assert (await admin.call("DELETE", f"/permissions/{CODE}")).json()["error_code"] == "LACKS_PERMISSION"


def test_no_module_declares_one():
    with pytest.raises(ValueError, match="installations keep"):
        PermissionRegistry([Permission("custom.reports", "Reports.")])
