"""The command `fondasi permissions`."""

from __future__ import annotations

from typing import Annotated

import typer

from fondasi.access import PermissionRegistry, matrix_of
from fondasi.app import routes_of
from fondasi.runtime import all_modules
from fondasi.settings import get_settings
from fondasi.tenancy import TenantPermissions

commands = typer.Typer()


@commands.command()
def permissions(
    matrix: Annotated[
        bool,
        typer.Option(
            "--matrix", help="Every route, and which groups, or roles inside a tenant, may call it."
        ),
    ] = False,
) -> None:
    """List the permissions of all modules and the seeded groups that hold them unless somebody changed that."""
    modules = all_modules(get_settings())
    registry = PermissionRegistry(item for module in modules for item in module.permissions)
    if matrix:
        inside = TenantPermissions(item for module in modules for item in module.tenant_permissions)
        routes = routes_of(modules, get_settings().api_prefix)
        typer.echo(matrix_of(routes, registry, inside.by_role), nl=False)
        return
    for permission in sorted(registry, key=lambda item: item.code):
        groups = ", ".join(["super_admin", *permission.default_groups])
        typer.echo(f"{permission.code:<24} {groups:<32} {permission.description}")
