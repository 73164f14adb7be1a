import difflib

from tests.fire.town import *


def test_x(town):
    b = town.browser("nurse elsewhere")
    for k in (1, 2):
        u = "/innstillinger/finnes/"
        x = bare(b.get(u), url=u)
        u = town.url("desk:child", ("key",))
        y = bare(b.get(u), url=u)
        print(x[0], y[0], x[2:], y[2:])
        print("\n".join(difflib.unified_diff(x[1].splitlines(), y[1].splitlines(), n=0)))
    for r in ("services:staff", "access:who_has_looked_print"):
        pass
