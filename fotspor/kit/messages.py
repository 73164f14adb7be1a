"""Message catalogues by Babel, so that no gettext binaries are needed.

    python -m fotspor.kit.messages update [app ...]    new words into fotspor/<app>/locale/{nb,nn}/LC_MESSAGES/django.po
    python -m fotspor.kit.messages compile             the .mo files that are older than their .po
    python -m fotspor.kit.messages check [app ...]     what is missing, and fails

Source strings are English. They are found in Python, in templates, and in the labels of the TOML definitions.
"""

import io
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LANGUAGES = ("nb", "nn")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TOML_WORDS = {"title", "label", "topic", "sentence", "short", "source"}
SKIPPED = {"tests", "migrations", "node_modules", "static"}
LENT = {"kit": ("config",)}  # config is no Django app, so its words are kept with the kit's
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|\{(\w*)[^{}]*\}|%([sd])")
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
Found = tuple[str, Any, str | None]  # file, msgid or (singular, plural), context


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


# --- extraction ------------------------------------------------------------------------------------------


def apps() -> list[str]:
    return sorted(p.parent.name for p in PACKAGE.glob("*/apps.py"))


def files(app: str) -> Iterator[Path]:
    for name in (app, *LENT.get(app, ())):
        root = PACKAGE / name
        for path in sorted(p for suffix in ("py", "html", "txt", "toml") for p in root.rglob(f"*.{suffix}")):
            if not SKIPPED & set(path.relative_to(root).parts) and (path.suffix != ".txt" or "templates" in path.parts):
                yield path


def python_words(source: str, name: str) -> Iterator[Found]:
    for _line, function, words, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {}):
        words = words if isinstance(words, tuple) else (words,)
        context = None
        if function.lstrip("n").startswith("pgettext"):
            context, *words = words
        plural = function.startswith(("ngettext", "npgettext"))
        wanted = tuple(words[:2]) if plural else words[0]
        if all(isinstance(w, str) and w for w in (wanted if plural else (wanted,))):
            yield name, wanted, context


def template_words(source: str, name: str) -> Iterator[Found]:
    # What is left of a template after templatize is words among X's; indentation would not be valid Python.
    code = "\n".join(line.lstrip() for line in templatize(source).split("\n"))
    yield from python_words(code, name)


def toml_words(document: Any, name: str) -> Iterator[Found]:
    if isinstance(document, dict):
        for key, value in document.items():
            if key in TOML_WORDS and isinstance(value, str) and value:
                yield name, value, None
            else:
                yield from toml_words(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from toml_words(value, name)


def words(app: str) -> Iterator[Found]:
    for path in files(app):
        name, source = path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            yield from python_words(source, name)
        elif path.suffix == ".toml":
            yield from toml_words(tomllib.loads(source), name)
        else:
            yield from template_words(source, name)


# --- catalogues ------------------------------------------------------------------------------------------


def po_path(app: str, language: str) -> Path:
    return PACKAGE / app / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def entries(catalog: Catalog) -> list[Message]:
    return [m for m in catalog if m.id]


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def fresh(app: str, language: str) -> Catalog:
    """Which catalogue follows from the source and the translations we have? Words no longer used are gone."""
    old = {(singular(m), m.context): m for m in entries(read(po_path(app, language)))}
    new = Catalog(locale=language)
    for name, found, context in words(app):
        before = new.get(found if isinstance(found, str) else found[0], context)
        if before is not None and isinstance(before.id, tuple) and isinstance(found, str):
            found = before.id
        new.add(found, locations=[(name, 0)], context=context)
    for message in entries(new):
        known = old.get((singular(message), message.context))
        message.locations = sorted(set(message.locations))
        if known is None:
            continue
        message.user_comments = known.user_comments
        if isinstance(known.id, str) == isinstance(message.id, str):
            message.string = known.string
        elif isinstance(message.id, tuple):  # became countable: keep what we have as its singular
            message.string = (known.string, "")
        else:
            message.string = known.string[0]
    return new


def as_text(catalog: Catalog, language: str) -> str:
    out = io.BytesIO()
    write_po(out, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER.format(language) + out.getvalue().decode().strip() + "\n"


def update(names: Iterable[str]) -> None:
    for app in names:
        if not any(True for _ in words(app)):
            continue
        for language in LANGUAGES:
            path, catalog = po_path(app, language), fresh(app, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(as_text(catalog, language), encoding="utf-8")
            missing = sum(not complete(m) for m in entries(catalog))
            say(f"{app}/{language}: {len(entries(catalog))} texts, {missing} without translation")


def compile_all() -> None:
    for path in sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po")):
        made = path.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime <= path.stat().st_mtime:
            waiting = made.with_name(f".{made.name}.{os.getpid()}")  # two test workers may compile at once
            with waiting.open("wb") as file:
                write_mo(file, read(path))
            waiting.replace(made)


# --- checks ----------------------------------------------------------------------------------------------


def complete(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def placeholders(text: str) -> set[str]:
    return {m.group(0) for m in PLACEHOLDER.finditer(text.replace("%%", ""))}


def placeholders_kept(message: Message) -> bool:
    if isinstance(message.id, str):
        return placeholders(message.id) == placeholders(str(message.string))
    one, many = (placeholders(text) for text in message.id)
    first, *rest = (placeholders(text) for text in message.string)
    return first in (one, many) and all(each == many for each in rest)


def listed(name: str) -> set[str]:
    """Which msgids may be equal in two languages? One to a line, in any app's `locale/<name>`."""
    return {
        line.strip()
        for path in PACKAGE.glob(f"*/locale/{name}")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    }


def catalogue_problems(names: Iterable[str]) -> Iterator[str]:
    """What is missing, out of date, or broken in each file?"""
    for app in names:
        for language in LANGUAGES:
            path, wanted = po_path(app, language), fresh(app, language)
            if not entries(wanted) and not path.exists():
                continue
            where = f"{app}/{language}"
            if not path.exists() or path.read_text(encoding="utf-8") != as_text(wanted, language):
                yield f"{where}: not as freshly extracted; run `python -m fotspor.kit.messages update {app}`"
            for message in entries(wanted):
                if not complete(message):
                    yield f"{where}: no translation of {singular(message)!r}"
                elif not placeholders_kept(message):
                    yield f"{where}: placeholders differ in {singular(message)!r}"


def language_problems(names: Iterable[str]) -> Iterator[str]:
    """Which texts are equal where languages differ, and which are said in two ways by two apps?"""
    equal, equal_english = listed("equal.txt"), listed("equal_english.txt")
    said: dict[tuple, tuple[str, Any]] = {}
    for app in names:
        nb, nn = (entries(fresh(app, language)) for language in LANGUAGES)
        nynorsk = {(singular(m), m.context): m.string for m in nn}
        for message in nb:
            text = singular(message)
            if complete(message) and nynorsk[text, message.context] == message.string and text not in equal:
                yield f"{app}: nynorsk equals bokmål for {text!r}; translate it, or list it in locale/equal.txt"
            if complete(message) and message.string == message.id and text not in equal_english:
                yield f"{app}: bokmål equals English for {text!r}; translate it, or list it in locale/equal_english.txt"
        for language, messages in zip(LANGUAGES, (nb, nn), strict=True):
            for message in filter(complete, messages):
                key = (language, singular(message), message.context)
                other, before = said.setdefault(key, (app, message.string))
                if before != message.string:
                    yield f"{app}/{language}: {singular(message)!r} is said differently in {other}; use a context"


def problems(names: Iterable[str] = ()) -> list[str]:
    names = list(names) or apps()
    return [*catalogue_problems(names), *language_problems(names)]


def main(arguments: list[str]) -> int:
    verb, names = (arguments or [""])[0], arguments[1:]
    if verb == "update":
        update(names or apps())
    elif verb == "compile":
        compile_all()
    elif verb == "check":
        found = problems(names)
        say("\n".join(found) or "Every text is in every language.")
        return int(bool(found))
    else:
        say(__doc__ or "")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
