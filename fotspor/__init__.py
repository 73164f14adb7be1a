"""Fotspor: no child slips between services, from pregnancy to school start."""
