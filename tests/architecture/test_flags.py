"""No flag outlives its date, and no flag is unknown."""

import tomllib
from datetime import date

from tests.architecture.tree import ROOT


def test_every_flag_has_a_sentence_an_owner_and_a_day_to_come():
    for name, flag in tomllib.loads((ROOT / "flags.toml").read_text()).items():
        assert flag["sentence"], name
        assert flag["owner"], name
        assert flag["remove_by"] > date.today(), f"{name} should be gone"
