"""What a status looks like: word first, then sign, then colour. Each app's labels.py maps its states to these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """One row of a status table. `word` may be lazy; `icon` is a name in front/icons.json or foot, baton."""

    word: str
    icon: str
    color: str = "neutral"
    strong: bool = False
    outline: bool = False
