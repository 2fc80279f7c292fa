"""The `fondasi` command: finds what was asked for, imports that alone, and turns faults into sentences.

Every process that `fondasi serve` starts imports this module before it can answer its supervisor, so nothing is
imported here that a command needs; `fondasi.commands` holds them.
"""

from __future__ import annotations

import gc
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from typer.core import TyperGroup

from fondasi import __version__
from fondasi.settings import StartError, UnsafeSettingsError, get_settings, unknown_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fondasi.module import Module
    from fondasi.settings import Settings

INTERRUPTED: Final = 130  # what shells give a program that Ctrl-C ended
COMPLETION: Final = {
    "install_completion",
    "show_completion",
}  # Typer's, for programs and not for commands of one
COMMANDS: Final = {  # each module has a Typer application named `commands`
    "serve": "fondasi.commands.serve",
    "worker": "fondasi.commands.worker",
    "migrate": "fondasi.commands.migrate",
    "demo": "fondasi.commands.demo",
    "doctor": "fondasi.commands.doctor",
    "settings": "fondasi.commands.settings",
    "openapi": "fondasi.commands.openapi",
    "permissions": "fondasi.commands.permissions",
    "db": "fondasi.commands.database",
    "migrations": "fondasi.commands.migrations",
    "new": "fondasi.commands.new",
    "remove": "fondasi.commands.remove",
    "translations": "fondasi.commands.translations",
    "upgrade-check": "fondasi.commands.upgrade_check",
}


class Commands(TyperGroup):
    """The commands of the platform and of its modules. None is imported before somebody asks for it."""

    _found: Mapping[str, typer.Typer] | None = None
    _faults: list[str]

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's signature
        """The names, for the help; below it come the modules that cannot be imported."""
        names = [*COMMANDS, *self._of_modules()]
        for fault in self._faults:
            _tell(fault)
        return names

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Typer's signature
        """The command, imported.

        Raises:
            ModuleImportError: there is none of that name, but modules that might have it cannot be imported.
        """
        if place := COMMANDS.get(cmd_name):
            return _command(import_module(place).commands, cmd_name)
        if found := self._of_modules().get(cmd_name):
            return _command(found, cmd_name)
        if self._faults:
            raise StartError("\n".join(self._faults))
        return None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command, ready to run. From here on Ctrl-C unwinds, for there may be something to tidy up."""
        found = super().resolve_command(ctx, args)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        gc.enable()
        return found

    def _of_modules(self) -> Mapping[str, typer.Typer]:
        if self._found is None:
            from fondasi.runtime import importable_modules  # noqa: PLC0415 - imports the whole platform

            modules, self._faults = importable_modules(get_settings())
            self._found = {name: group for module in modules for name, group in _groups(module)}
        return self._found


cli = typer.Typer(
    cls=Commands,
    help="Fondasi: an async backend platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print variables, and so secrets
)


@cli.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """An async backend platform."""
    if show:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command; expected faults are one clear message, not a traceback."""
    try:
        settings = get_settings()
    except (ValidationError, SettingsError):
        from fondasi.misconfiguration import what_is_wrong  # noqa: PLC0415 - for faults alone

        _give_up(what_is_wrong())
    except StartError as error:
        _give_up(str(error))
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        if (sentence := _sentence_of(error, settings)) is None:
            raise
        _give_up(sentence)


def _sentence_of(error: Exception, settings: Settings) -> str | None:
    """What an expected fault says; None for one of ours, whose traceback is wanted."""
    if isinstance(error, UnsafeSettingsError):  # a typing error may be why something is missing
        return "\n".join([str(error), *(f"  - {sentence}" for sentence in unknown_names(settings))])
    if isinstance(error, StartError):
        return str(error)
    from fondasi.kit.db.troubles import trouble  # noqa: PLC0415 - for faults alone
    from fondasi.kit.http import Problem  # noqa: PLC0415

    if isinstance(error, Problem):
        return str(error.detail)
    return trouble(error, settings.data_dir if settings.embedded_database else None)


def _give_up(message: str) -> NoReturn:
    """End the command with a message."""
    _tell(message)
    sys.exit(1)


def _tell(message: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - a quarter of what this module would cost

    Console(stderr=True).print(message, style="red", highlight=False, markup=False, soft_wrap=True)


def _command(
    group: typer.Typer, name: str
) -> Any:  # a command or a group: Typer names nothing that they share
    found = typer.main.get_command(group)
    found.name = name  # for the help
    found.params = [item for item in found.params if item.name not in COMPLETION]
    return found


def _groups(module: Module) -> Iterator[tuple[str, typer.Typer]]:
    if module.commands is not None:
        yield module.name, module.commands
    yield from module.command_groups.items()
