"""The bill of materials names everything that is locked, with its digest, and is the same each time."""

import json
import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.architecture.tree import ROOT

DOCS = ROOT / "docs" / "bill_of_materials.py"


@pytest.fixture(scope="module")
def bill():
    said = subprocess.run([sys.executable, DOCS], cwd="/", check=True, capture_output=True, text=True).stdout
    return json.loads(said)


def test_it_is_of_the_form_that_others_read(bill):
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    assert bill["metadata"]["component"]["name"] == "fotspor"
    for each in bill["components"]:
        assert {"type", "bom-ref", "name", "version", "purl", "scope"} <= set(each)
        assert re.fullmatch(r"pkg:(pypi|npm)/[^@]+@\S+", each["purl"]), each["purl"]
    assert max(Counter(each["bom-ref"] for each in bill["components"]).values()) == 1


@pytest.mark.parametrize("file", ["base", "dev", "front"])
def test_every_locked_package_of_python_is_there_with_every_digest(bill, file):
    named = {(each["name"], each["version"]): each for each in bill["components"] if "pypi" in each["purl"]}
    text = (ROOT / "requirements" / f"{file}.txt").read_text()
    locked = re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;\\]+)", text, re.M)
    assert len(locked) > 10
    for name, version in locked:
        component = named[name.lower(), version]
        assert component["hashes"], name
        assert all(digest["content"] in text for digest in component["hashes"])
        assert file != "base" or component["scope"] == "required"
    digests = {each["content"] for component in named.values() for each in component["hashes"]}
    assert set(re.findall(r"sha256:([0-9a-f]{64})", text)) <= digests


def test_every_locked_package_of_the_browsers_side_is_there(bill):
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {(path.rpartition("node_modules/")[2], each["version"]) for path, each in packages.items() if path}
    found = {(each["name"], each["version"]): each for each in bill["components"] if "npm" in each["purl"]}
    assert set(found) == locked
    assert found["axe-core", packages["node_modules/axe-core"]["version"]]["scope"] == "excluded"
    assert all(len(each["content"]) == 128 for one in found.values() for each in one["hashes"])


def test_the_same_locks_give_the_same_bytes(bill, tmp_path):
    written = tmp_path / "fotspor.cdx.json"
    subprocess.run([sys.executable, DOCS, written], cwd=tmp_path, check=True, capture_output=True)
    assert json.loads(written.read_text()) == bill


def test_no_address_of_a_registry_stands_in_it(bill):
    assert "http" not in json.dumps(bill["components"])
