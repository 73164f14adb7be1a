"""Every text is in bokmål and nynorsk, with the same placeholders, and each catalogue is as freshly extracted."""

from fotspor.kit import messages


def test_every_text_is_in_every_language():
    assert list(messages.catalogue_problems(messages.apps())) == []


def test_languages_differ_and_apps_agree():
    assert list(messages.language_problems(messages.apps())) == []


def test_what_is_listed_as_equal_is_in_use():
    used = {messages.singular(m) for app in messages.apps() for m in messages.entries(messages.fresh(app, "nb"))}
    assert (messages.listed("equal.txt") | messages.listed("equal_english.txt")) - used == set()
