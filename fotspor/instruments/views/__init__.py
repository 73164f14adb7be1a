"""The pages of forms, duties, figures and definitions, by what they are about."""

from fotspor.instruments.views import definitions, duties, figures, responses, summaries

__all__ = ["definitions", "duties", "figures", "responses", "summaries"]
