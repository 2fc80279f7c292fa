"""Carries changes out and tells: what was made, and what to do next."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.scaffold.changes import Changes


def carry_out(
    changes: Changes, *, then: Sequence[str], dry_run: bool, as_json: bool, notes: Sequence[str] = ()
) -> None:
    """Make the changes, unless it is a trial, and say so.

    Args:
        changes: settled.
        then: the commands to go on with.
        dry_run: print a patch, and touch nothing.
        as_json: for programs: the lists `wrote`, `edited`, `removed`, `notes`, `next`, and the `patch` of a trial.
        notes: what else there is to know, a sentence each.
    """
    if not dry_run:
        changes.apply()
    if as_json:
        told: dict[str, object] = {
            "root": str(changes.root),
            "dry_run": dry_run,
            "wrote": list(changes.new),
            "edited": list(changes.edited),
            "removed": changes.removed,
            "notes": list(notes),
            "next": list(then),
        }
        typer.echo(json.dumps(told | ({"patch": changes.diff()} if dry_run else {})))
        return
    if changes.nothing:
        typer.echo("Nothing to do: all of it is there.")
        return
    if dry_run:
        typer.echo(changes.diff(), nl=False)
        typer.echo("Nothing was changed.", err=True)
        return
    for verb, names in (("wrote", changes.new), ("edited", changes.edited), ("removed", changes.removed)):
        for name in names:
            typer.echo(f"{verb:8}{os.path.relpath(changes.root / name)}")
    for note in notes:
        typer.echo(note)
    typer.echo("\nNext:")
    for command in then:
        typer.echo(f"  {command}")
