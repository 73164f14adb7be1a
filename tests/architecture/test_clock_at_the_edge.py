"""The clock is read in views, commands, middleware and `kit/clock.py`, and passed down from there."""

import ast

from tests.architecture.tree import calls, kind_of, product_files, where

CLOCKS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "timezone.now",
    "clock.now",
    "clock.today",
    "time.time",
    "datetime.date.today",
    "datetime.datetime.now",
}
EDGES = {"views", "management", "clock", "context", "middleware", "config", "simulation", "cli", "sign_in"}


def test_the_clock_is_read_at_the_edge_only():
    strays = [
        f"{where(path, node)} {ast.unparse(node.func)}() — take `at` or `today` as an argument"
        for path in product_files()
        if kind_of(path) not in EDGES
        for node in calls(path)
        if ast.unparse(node.func) in CLOCKS and "config" not in path.parts
    ]
    assert strays == []


def test_localdate_is_given_an_instant_below_the_edge():
    strays = [
        f"{where(path, node)} {ast.unparse(node)} reads the clock — pass the instant"
        for path in product_files()
        if kind_of(path) not in EDGES and "config" not in path.parts
        for node in calls(path)
        if ast.unparse(node.func).endswith("localdate") and not node.args
    ]
    assert strays == []
