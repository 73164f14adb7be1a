"""Finding texts, keeping translations, and seeing what is wrong with them."""

import pytest

from fotspor.kit import messages


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A package of one app with texts of every kind."""
    app = tmp_path / "house"
    (app / "templates" / "house").mkdir(parents=True)
    (app / "definitions").mkdir()
    (app / "tests").mkdir()
    (app / "apps.py").write_text("")
    (app / "views.py").write_text(
        '_("Save")\nngettext("%(n)d child", "%(n)d children", n)\npgettext("month", "May")\n_(x)\n'
    )
    (app / "tests" / "test_x.py").write_text('_("Only in a test")\n')
    (app / "templates" / "house" / "a.html").write_text(
        '<p>\n    {% translate "Hello" %} {{ _("There") }}\n'
        "    {% blocktranslate trimmed count n=k %}\n      one {{ x }}\n    {% plural %}\n      many {{ x }}\n"
        "    {% endblocktranslate %}\n</p>\n"
    )
    (app / "definitions" / "d.toml").write_text('title = "A form"\nkey = "a"\n[[items]]\ntopic = "Sleep"\n')
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    return app


def translate(app, language, translations):
    path = messages.po_path(app.name, language)
    text = path.read_text()
    for english, other in translations.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{other}"')
    path.write_text(text)


def test_texts_are_found_in_python_templates_and_definitions(tree):
    found = {(m, c) for _, m, c in messages.words("house")}
    assert found == {
        ("Save", None),
        (("%(n)d child", "%(n)d children"), None),
        ("May", "month"),
        ("Hello", None),
        ("There", None),
        (("one %(x)s", "many %(x)s"), None),
        ("A form", None),
        ("Sleep", None),
    }


def test_update_keeps_translations_and_forgets_what_is_gone(tree):
    messages.update(["house"])
    translate(tree, "nb", {"Save": "Lagre", "Hello": "Hei"})
    (tree / "views.py").write_text('_("Hello")\n_("New")\n')
    messages.update(["house"])
    text = messages.po_path("house", "nb").read_text()
    assert 'msgstr "Hei"' in text
    assert "Lagre" not in text
    assert 'msgid "New"' in text
    assert "POT-Creation-Date" not in text


def test_update_is_stable(tree):
    messages.update(["house"])
    first = messages.po_path("house", "nn").read_text()
    messages.update(["house"])
    assert messages.po_path("house", "nn").read_text() == first


def test_check_names_what_is_missing_and_what_is_stale(tree):
    messages.update(["house"])
    (tree / "views.py").write_text('_("Brand new")\n')
    found = messages.problems(["house"])
    assert any("not as freshly extracted" in line for line in found)
    assert "house/nb: no translation of 'Brand new'" in found


def test_check_sees_broken_placeholders(tree):
    (tree / "views.py").write_text('_("%(name)s at {place}")\n')
    messages.update(["house"])
    translate(tree, "nb", {"%(name)s at {place}": "%(nam)s ved {place}"})
    translate(tree, "nn", {"%(name)s at {place}": "%(name)s ved {place}"})
    found = messages.problems(["house"])
    assert "house/nb: placeholders differ in '%(name)s at {place}'" in found
    assert not any("house/nn: placeholders" in line for line in found)


def test_check_sees_languages_that_are_equal_unless_listed(tree):
    (tree / "views.py").write_text('_("Close")\n_("Person")\n')
    for each in ("templates/house/a.html", "definitions/d.toml"):
        (tree / each).write_text("")
    messages.update(["house"])
    for language in messages.LANGUAGES:
        translate(tree, language, {"Close": "Lukk", "Person": "Person"})
    found = messages.problems(["house"])
    assert len([line for line in found if "nynorsk equals bokmål" in line]) == 2
    assert len([line for line in found if "bokmål equals English" in line]) == 1
    (tree / "locale" / "equal.txt").write_text("# why\nClose\nPerson\n")
    (tree / "locale" / "equal_english.txt").write_text("Person\n")
    assert messages.problems(["house"]) == []


def test_check_sees_two_apps_saying_one_thing_in_two_ways(tree):
    for name, word in (("barn", "Steng"), ("house", "Lukk")):
        app = tree.parent / name
        app.mkdir(exist_ok=True)
        (app / "apps.py").write_text("")
        (app / "views.py").write_text('_("Close")\n')
        messages.update([name])
        translate(app, "nb", {"Close": word})
    assert any("said differently in barn" in line for line in messages.problems(["barn", "house"]))


def test_compile_writes_what_django_can_read(tree):
    messages.update(["house"])
    translate(tree, "nb", {"Save": "Lagre"})
    messages.compile_all()
    made = messages.po_path("house", "nb").with_suffix(".mo")
    assert b"Lagre" in made.read_bytes()
    before = made.stat().st_mtime_ns
    messages.compile_all()
    assert made.stat().st_mtime_ns == before


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["nonsense"], 2), (["check", "house"], 1), (["update"], 0)])
def test_the_command_says_by_its_code_how_it_went(tree, capsys, arguments, code):
    assert messages.main(arguments) == code
    assert capsys.readouterr().out


def test_escaped_percents_are_no_placeholders():
    assert messages.placeholders("100%% of %(n)s and {name} and %s") == {"%(n)s", "{name}", "%s"}
