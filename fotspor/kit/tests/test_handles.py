"""A choice in a form is named by a word that tells nothing and leads nowhere."""

from fotspor.kit.handles import LENGTH, handle


def test_the_same_choice_in_the_same_form_has_the_same_word():
    assert handle("consent", "child", "parent") == handle("consent", "child", "parent")


def test_neither_key_shows_and_the_word_is_another_for_another_child_or_form():
    words = {
        handle("consent", "child", "parent"),
        handle("consent", "sibling", "parent"),
        handle("answerer", "child", "parent"),
        handle("consent", "child", "other parent"),
    }
    assert len(words) == 4
    assert all(len(word) == LENGTH and "parent" not in word and "child" not in word for word in words)
