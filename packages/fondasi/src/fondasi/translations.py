"""Catalogues of a package: what its code says is found, its `.po` files are brought up to date and looked through.

`fondasi translations update FOLDER` is for authors, `faults` for a test of theirs.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.pofile import normalize, read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from fondasi.module import importable
from fondasi.runtime import platform_modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fondasi.module import Module

Key = str | tuple[str, str]
"""A message, or one with a number: its singular and its plural."""

# Where the text stands among the arguments.
CALLS: dict[str, int | str] = {
    "t": 0,
    "tn": 0,
    "noted": 0,
    "worded": 1,
    "_say": 0,
    "PydanticCustomError": 1,
    "FieldError": "message",
    "AdminWrite": "label",
}
WITH_NUMBER = frozenset({"tn"})
TEMPLATE_CALLS = ("_", "_n")
TEMPLATES = (".jinja", ".html")
TRIGGER = re.compile(r"RAISE EXCEPTION '([^'%]+)'\s+USING ERRCODE = 'FD(?:409|503)'")
OLD_PLACE = re.compile(r"%\((\w+)\)s")
# By CLDR, where Babel 2 has it otherwise.
PLURALS = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"),
    "id": (1, "0"),
}
HEADER = (
    "Language: {language}\\n",
    "MIME-Version: 1.0\\n",
    "Content-Type: text/plain; charset=UTF-8\\n",
    "Content-Transfer-Encoding: 8bit\\n",
    "Plural-Forms: {plural}\\n",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a translation."""

    language: str
    message: str
    what: str

    def __str__(self) -> str:
        return f"{self.language}: {self.what}: {self.message!r}"


def messages_in(folder: Path) -> set[Key]:
    """Every message of a package that people read: in calls of `t`, titles and details of problems, templates.

    Also what its modules declare: the names in the admin panel, what permissions are for,
    events, and jobs by the clock.
    """
    trees = _trees(folder.resolve())
    known = {**_trees(_folder_of("fondasi")), **trees}.values()
    problems = _problem_classes(known)
    forms = _docstrings_of_forms(known)
    found: set[Key] = set()
    for path, tree in trees.items():
        constants = _constants(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found |= _of_call(node, constants, problems)
            elif isinstance(node, ast.ClassDef):
                found |= _of_class(node, problems)
                found |= {forms[node.name]} if node.name in forms and ast.get_docstring(node) else set()
            elif isinstance(node, ast.Dict):
                found |= _of_constraint(node)
            elif (
                isinstance(node, ast.Constant) and "migrations" in path.parts and isinstance(node.value, str)
            ):
                found |= set(TRIGGER.findall(node.value))
    for path in folder.rglob("*"):
        if path.suffix in TEMPLATES and "scaffold" not in path.relative_to(folder).parts:
            found |= set(_of_template(path.read_text("utf-8")))
    return _numbers_once(found | _declared_in(folder.resolve()))


def update(folder: Path, languages: Iterable[str]) -> dict[str, int]:
    """Write the catalogues anew: new messages come with an empty text, those that nobody says any more go.

    Args:
        folder: of the package.
        languages: whose catalogues it has or gets.

    Returns:
        How many messages lack a text, by language.
    """
    keys = messages_in(folder)
    (folder / "locale").mkdir(exist_ok=True)
    missing = {}
    for language in languages:
        path = folder / "locale" / f"{language}.po"
        old = _texts(_read(path, language))
        texts = {key: old.get(key) for key in sorted(keys, key=_sortable)}
        path.write_text(_written(language, texts), "utf-8")
        missing[language] = sum(not text or not all(text) for text in texts.values())
    return missing


def faults(folder: Path, languages: Iterable[str]) -> list[Fault]:
    """What is missing, unsure, left over or wrongly filled in the catalogues of a package."""
    keys, found = messages_in(folder), []
    for language in languages:
        catalog = _read(folder / "locale" / f"{language}.po", language)
        texts = _texts(catalog)
        found += [
            Fault(language, str(item.id), "unsure (fuzzy)") for item in catalog if item.id and item.fuzzy
        ]
        found += [Fault(language, str(key), "not said any more") for key in texts.keys() - keys]
        for key in sorted(keys, key=_sortable):
            text = texts.get(key) or ()
            if (
                not text
                or not all(text)
                or len(text) != (_plurals(language)[0] if isinstance(key, tuple) else 1)
            ):
                found.append(Fault(language, str(key), "no text"))
            elif not _filled_alike(key, text):
                found.append(Fault(language, str(key), "other places than the message"))
    return found


def places(text: str) -> set[str]:
    """The places of a message: `{name}`, and SQLAdmin's `%(name)s`."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None} | set(
        OLD_PLACE.findall(text)
    )


def _filled_alike(key: Key, text: tuple[str, ...]) -> bool:
    """A form of one number may leave the number out, the last form may not."""
    try:
        wanted = places(key if isinstance(key, str) else key[1])
        return places(text[-1]) == wanted and all(places(form) <= wanted for form in text)
    except ValueError:
        return False


@cache
def _trees(folder: Path) -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.py"))
        if "templates" not in path.relative_to(folder).parts
    }


def _problem_classes(trees: Iterable[ast.Module]) -> set[str]:
    """Names of the classes that are problems, by the names of their bases."""
    bases: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                named = {base.id for base in node.bases if isinstance(base, ast.Name)}
                bases.setdefault(node.name, set()).update(named)
    found = {"Problem"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def _declared_in(folder: Path) -> set[str]:
    """What the modules of a package declare, and of an application's what the platform does not say already."""
    if folder == _folder_of("fondasi"):
        return _declared_by(platform_modules())
    own = [item for item in importable()[0] if item.package and _folder_of(item.package) == folder]
    return _declared_by(own) - _declared_by(platform_modules()) if own else set()


def _declared_by(modules: Iterable[Module]) -> set[str]:
    found: set[str] = set()
    for module in modules:
        found |= {item.description for item in module.permissions}
        found |= {item.description for item in module.tenant_permissions}
        found |= {item.description for item in module.events}
        found |= {item.description for item in module.jobs if item.cron is not None and item.description}
        if module.admin_views:
            from fondasi.admin import words_of  # noqa: PLC0415 - a feature, which may be left out

            found.update(*map(words_of, module.admin_views))
    return found


def _folder_of(package: str) -> Path:
    return Path(str(files(package))).resolve()


def _docstrings_of_forms(trees: Iterable[ast.Module]) -> dict[str, str]:
    """The docstrings of the schemas of the admin panel's forms: what the page says above a new record."""
    schemas: set[str] = set()
    words: dict[str, str] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) == "AdminView":
                made = [item.value for item in node.keywords if item.arg == "create"]
                schemas |= {
                    part.id
                    for call in made
                    if isinstance(call, ast.Call)
                    for part in call.args
                    if isinstance(part, ast.Name)
                }
            elif isinstance(node, ast.ClassDef) and (text := ast.get_docstring(node)):
                words.setdefault(node.name, text)
    return {name: words[name] for name in schemas & words.keys()}


def _constants(tree: ast.Module) -> dict[str, list[str]]:
    """The texts that a module, or a function in it, gives a name."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (texts := _texts_of(node.value, {})):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).extend(texts)
    return found


def _of_call(call: ast.Call, constants: dict[str, list[str]], problems: set[str]) -> set[Key]:
    name, owner = _name(call.func), call.func.value if isinstance(call.func, ast.Attribute) else None
    place: int | str | None = CALLS.get(name)
    if name in problems:
        place = 0
    elif name == "of" and isinstance(owner, ast.Name) and owner.id in problems:
        place = 1
    if place is None:
        return set()
    if isinstance(place, str):
        nodes = [item.value for item in call.keywords if item.arg == place]
    else:
        nodes = call.args[place : place + (2 if name in WITH_NUMBER else 1)]
    texts = [text for node in nodes for text in _texts_of(node, constants)]
    if name in WITH_NUMBER:
        return {(texts[0], texts[1])} if len(texts) == 2 else set()  # noqa: PLR2004 - one and many
    if name == "_say" and len(call.args) > 1 and isinstance(call.args[0], ast.Tuple):
        return {(texts[0], texts[1])}
    return {text for text in texts if text}


def _texts_of(node: ast.expr, constants: dict[str, list[str]]) -> list[str]:
    """The texts that an expression can be: a literal, a named one, either side of a choice, members of a tuple."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name):
        return constants.get(node.id, [])
    if isinstance(node, ast.IfExp):
        return [*_texts_of(node.body, constants), *_texts_of(node.orelse, constants)]
    if isinstance(node, ast.BoolOp | ast.Tuple):
        parts = node.values if isinstance(node, ast.BoolOp) else node.elts
        return [text for part in parts for text in _texts_of(part, constants)]
    return []


def _of_class(node: ast.ClassDef, problems: set[str]) -> set[Key]:
    """The title of a problem, and the detail that its constructor gives unless told another."""
    if node.name not in problems:
        return set()
    found: set[Key] = set()
    for item in node.body:
        if isinstance(item, ast.Assign | ast.AnnAssign):
            found |= set(_titles(item))
        elif isinstance(item, ast.FunctionDef) and item.name == "__init__":
            defaults = [*item.args.defaults, *item.args.kw_defaults]
            found |= {
                value.value
                for value in defaults
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
            for call in ast.walk(item):
                if isinstance(call, ast.Call) and _name(call.func) == "__init__" and call.args:
                    found |= set(_texts_of(call.args[0], {}))
    return {text for text in found if text}


def _titles(item: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    for target in item.targets if isinstance(item, ast.Assign) else [item.target]:
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = item.value.elts if isinstance(item.value, ast.Tuple) else [item.value]
        for name, value in zip(names, values, strict=False):
            if isinstance(name, ast.Name) and name.id == "title" and isinstance(value, ast.Constant):
                yield str(value.value)


def _of_constraint(node: ast.Dict) -> set[Key]:
    """What a constraint says when it is broken: `info={"conflict": "..."}`."""
    return {
        text
        for name, value in zip(node.keys, node.values, strict=True)
        if isinstance(name, ast.Constant) and name.value == "conflict"
        for text in _texts_of(value, {})
    }


def _of_template(text: str) -> Iterator[Key]:
    """The messages of a Jinja template: `_("...")`, and `_n("one", "many", number)`."""
    for _, function, message in extract_from_ast(Environment(autoescape=True).parse(text), TEMPLATE_CALLS):
        if function == "_n" and isinstance(message, tuple):
            yield str(message[0]), str(message[1])
        else:
            first = message[0] if isinstance(message, tuple) else message
            if first:
                yield first


def _numbers_once(found: set[Key]) -> set[Key]:
    """Without the singular of a message with a number as a message by itself."""
    singulars = {key[0] for key in found if isinstance(key, tuple)}
    return {key for key in found if isinstance(key, tuple) or key not in singulars}


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _sortable(key: Key) -> str:
    return key if isinstance(key, str) else key[0]


def _read(path: Path, language: str) -> Catalog:
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _texts(catalog: Catalog) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, tuple[str, ...]] = {}
    for item in catalog:
        if item.id:
            text = item.string or ""
            key = item.id if isinstance(item.id, str) else (item.id[0], item.id[1])
            found[key] = (text,) if isinstance(text, str) else tuple(text)
    return found


def _written(language: str, texts: dict[Key, tuple[str, ...] | None]) -> str:
    """The catalogue as a file: sorted, without dates and line numbers, so that a change shows what changed."""
    number, rule = _plurals(language)
    plural = f"nplurals={number}; plural={rule};"
    lines = ['msgid ""', 'msgstr ""']
    lines += [f'"{line.format(language=language, plural=plural)}"' for line in HEADER]
    for key, text in texts.items():
        lines.append("")
        if isinstance(key, tuple):
            forms = text if text and len(text) == number else ("",) * number
            lines += [f"msgid {_quoted(key[0])}", f"msgid_plural {_quoted(key[1])}"]
            lines += [f"msgstr[{index}] {_quoted(form)}" for index, form in enumerate(forms)]
        else:
            lines += [f"msgid {_quoted(key)}", f"msgstr {_quoted(text[0] if text else '')}"]
    return "\n".join(lines) + "\n"


def _plurals(language: str) -> tuple[int, str]:
    """How many forms a language has, and the rule by which one stands with a number."""
    catalog = Catalog(locale=language)
    return PLURALS.get(language) or (catalog.num_plurals, catalog.plural_expr)


def _quoted(text: str) -> str:
    return normalize(text, width=0)
