"""The pages about people, by what they are about."""

from fotspor.people.views import families, lives, persons, pregnancies

__all__ = ["families", "lives", "persons", "pregnancies"]
