"""Fotspor: no child slips between services, from pregnancy to school start."""

__version__ = "0.5.0"
