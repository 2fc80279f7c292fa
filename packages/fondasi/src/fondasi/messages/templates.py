"""Texts of messages: one Jinja template per kind, `templates/NAME.jinja` in a package, for its text and its HTML.

A template extends `layout` and has the blocks `subject` and `body`. It says everything by `_("...")`, in English; the
recipient's language comes from the catalogues. Values are filled in, never read as a template, and are one line each.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fondasi.kit.i18n import direction, translate, translate_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.resources.abc import Traversable

    from jinja2 import Environment
    from jinja2.runtime import Context

    from fondasi.module import Module
    from fondasi.settings import Settings

OWN = "fondasi.messages"
SUFFIX = ".jinja"
KINDS_OF_TEXT = (False, True)  # plain, and HTML
PARTS = ("p", "big", "items", "facts")
MAX_SUBJECT = 200
EMPTY_LINES = re.compile(r"\n{3,}")
MAX_VALUE = 500  # characters of a value; what is longer ends in an ellipsis
INVISIBLE = frozenset(
    {"Cc", "Cf", "Zl", "Zp"}
)  # control characters, marks that turn the direction, breaks of lines
JOINERS = frozenset("\u200c\u200d")  # which some scripts and emoji are written with


class UnknownTemplateError(LookupError):
    """The package has no such template."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is read; `html` is empty where only text is sent."""

    subject: str
    body: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message, as a template makes it.

    Attributes:
        package: where the template is.
        name: of the template.
        sample: values to look at it with; the template sets them.
    """

    package: str
    name: str
    sample: Mapping[str, Any]


class Templates:
    """The templates of the platform and its applications.

    Args:
        folders: whose templates go before those of the packages, the first one first.
        app_name: what the texts call the service.
    """

    def __init__(self, folders: Sequence[Traversable] = (), *, app_name: str = "Fondasi") -> None:
        self._folders = tuple(folders)
        self._app_name = app_name
        self._environments: dict[bool, Environment] = {}

    async def load(self) -> None:
        """Have Jinja at hand: it takes 0.1 s to come, in a thread, with the first message of a process."""
        if len(self._environments) < len(KINDS_OF_TEXT):
            for html in KINDS_OF_TEXT:
                await asyncio.to_thread(self._environment, html=html)

    def render(
        self, package: str, name: str, language: str, values: Mapping[str, object], *, html: bool = False
    ) -> Text:
        """The message in that language, in English where it is not translated.

        Args:
            package: where the template is.
            name: of the template.
            language: of the recipient.
            values: what its places are filled with: texts, numbers, and lists of texts.
            html: whether it gets HTML beside its text.

        Raises:
            UnknownTemplateError: there is no such template.
            jinja2.UndefinedError: a value is missing.
        """
        cleaned = {key: _one_line(value) for key, value in values.items()}
        given = {
            "app_name": _one_line(self._app_name),
            **cleaned,
            "language": language,
            "direction": direction(language),
        }
        template = self._environment(html=False).get_template(f"{package}/{name}")
        context = template.new_context({**given, "layout": "layout.txt"})
        subject = " ".join("".join(template.blocks["subject"](context)).split())
        body = "".join(template.blocks["body"](context))
        page = ""
        if html:
            template = self._environment(html=True).get_template(f"{package}/{name}")
            page = template.render({**given, "layout": "layout.html", "title": subject[:MAX_SUBJECT]})
        return Text(subject[:MAX_SUBJECT], EMPTY_LINES.sub("\n\n", body).strip() + "\n", page)

    def kinds(self, package: str) -> list[Kind]:
        """The kinds of messages that a package and the packages in it have templates for, by name."""
        found = []
        for place, folder in _template_folders(files(package), package):
            for file in folder.iterdir():
                name, dot, suffix = file.name.partition(".")
                if dot + suffix == SUFFIX:
                    sample = _sample_of(self._environment(html=False), file.read_text("utf-8"))
                    if sample is not None:
                        found.append(Kind(place, name, sample))
        return sorted(found, key=lambda kind: kind.name)

    def _environment(self, *, html: bool) -> Environment:
        if html not in self._environments:
            self._environments[html] = _environment(self._source, html=html)
        return self._environments[html]

    def _source(self, address: str) -> str | None:
        """The text of `PACKAGE/NAME`, or of one that all share."""
        package, slash, name = address.rpartition("/")
        file_name = name if name.endswith(".css") else name + SUFFIX
        for folder in (*self._folders, files(package if slash else OWN).joinpath("templates")):
            file = folder.joinpath(file_name)
            if file.is_file():
                return file.read_text("utf-8")
        return None


def templates_of(settings: Settings, modules: Sequence[Module]) -> Templates:
    """The templates: those of `MAIL_TEMPLATES` go first, then the folders `templates` of applications."""
    folders: list[Traversable] = [settings.mail.templates] if settings.mail.templates else []
    folders += [files(module.package).joinpath("templates") for module in modules if module.package]
    return Templates(folders, app_name=settings.app_name)


def _environment(source: Callable[[str], str | None], *, html: bool) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateNotFound, pass_context  # noqa: PLC0415 - costs 40 ms, which most processes never need

    def load(name: str) -> str:
        if (text := source(name)) is None:
            raise UnknownTemplateError(f"There is no template {name}{SUFFIX}.") from TemplateNotFound(name)
        return text

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=html,  # noqa: S701 - text is no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    @pass_context
    def one(context: Context, message: str) -> str:
        return _fill(context, translate(context["language"], message), message, html=html)

    @pass_context
    def many(context: Context, single: str, plural: str, number: int) -> str:
        text = translate_number(context["language"], single, plural, number)
        return _fill(context, text, single if number == 1 else plural, html=html)

    environment.globals |= {"_": one, "_n": many}
    parts: Any = environment.get_template("parts.html" if html else "parts.txt").module
    environment.globals |= {name: getattr(parts, name) for name in PARTS}
    return environment


def _fill(context: Context, text: str, message: str, *, html: bool) -> str:
    """The text with its places filled; as HTML each value is escaped, and isolated from the direction around it."""
    values: dict[str, Any] = context.get_all()
    if html:
        from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja

        values = {
            key: Markup("<bdi>{}</bdi>").format(value)
            for key, value in values.items()
            if isinstance(value, str | int)
        }
        text, message = Markup.escape(text), Markup.escape(message)
    try:
        return text.format_map(values)
    except (AttributeError, KeyError, IndexError, ValueError):
        return message.format_map(values)


def _one_line(value: object) -> object:
    """A value as it stands in a message: whoever chose it can neither add lines to it nor hide or turn any."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_one_line(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    text = "".join(
        " " if unicodedata.category(sign) in INVISIBLE and sign not in JOINERS else sign
        for sign in str(value)
    )
    text = " ".join(text.split())
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def _template_folders(folder: Traversable, package: str) -> list[tuple[str, Traversable]]:
    found = []
    for child in folder.iterdir():
        if child.name == "templates":
            found.append((package, child))
        elif child.is_dir() and child.joinpath("__init__.py").is_file():
            found += _template_folders(child, f"{package}.{child.name}")
    return found


def _sample_of(environment: Environment, source: str) -> Mapping[str, Any] | None:
    """What a template sets as `sample`; None: it is no message, or has none."""
    from jinja2 import nodes  # noqa: PLC0415

    for node in environment.parse(source).find_all(nodes.Assign):
        if isinstance(node.target, nodes.Name) and node.target.name == "sample":
            assert isinstance(node.node, nodes.Expr)
            sample: Mapping[str, Any] = node.node.as_const()
            return sample
    return None
