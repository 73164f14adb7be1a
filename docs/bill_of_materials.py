"""A software bill of materials, CycloneDX 1.6 as JSON, from what is locked: `python docs/bill_of_materials.py`.

It asks no network and no clock: the same locks give the same bytes. What is needed only for tests and building is there
too, with the scope «excluded». A Python package has several files, one for each kind of machine: the digest of each is
given.
"""

import argparse
import base64
import json
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VERSION = re.compile(r'__version__ = "([^"]+)"')
SPACE = uuid.UUID("6f1d6f2c-3f0e-5b7a-9b0a-0f0d5a1c7e11")  # any; the same for ever
Component = dict[str, object]


def python_packages(file: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and digests of each locked package."""
    for block in re.split(r"\n(?=\S)", file.read_text(encoding="utf-8")):
        if pinned := PINNED.match(block):
            yield pinned[1].lower(), pinned[2], sorted(DIGEST.findall(block))


def python_components(folder: Path) -> Iterator[Component]:
    """Each package once: needed to run when the first file names it."""
    seen: set[tuple[str, str]] = set()
    for name in ("base", "dev", "front"):
        for package, version, digests in python_packages(folder / f"{name}.txt"):
            if (package, version) not in seen:
                seen.add((package, version))
                made = _component(f"pkg:pypi/{package.replace('_', '-')}@{quote(version)}", package, version)
                scope = "required" if name == "base" else "excluded"
                yield made | {"scope": scope, "hashes": [{"alg": "SHA-256", "content": each} for each in digests]}


def front_components(lock: Path) -> Iterator[Component]:
    """Each package of the browser's side: needed when it is not for building alone."""
    for path, package in sorted(json.loads(lock.read_text(encoding="utf-8"))["packages"].items()):
        if not path or "version" not in package:
            continue
        name = path.rpartition("node_modules/")[2]
        made = _component(f"pkg:npm/{quote(name, safe='/')}@{quote(package['version'])}", name, package["version"])
        made |= {"bom-ref": f"{made['purl']}#{path}", "scope": "excluded" if package.get("dev") else "required"}
        if digest := package.get("integrity", ""):
            kind, _, content = digest.partition("-")
            alg = {"sha512": "SHA-512", "sha1": "SHA-1", "sha256": "SHA-256"}[kind]
            made["hashes"] = [{"alg": alg, "content": base64.b64decode(content).hex()}]
        if licence := package.get("license"):
            made["licenses"] = [{"expression": licence}]
        yield made


def _component(purl: str, name: str, version: str) -> Component:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def bill(root: Path = ROOT) -> dict[str, object]:
    """What is Fotspor made of?"""
    version = VERSION.search((root / "fotspor" / "__init__.py").read_text(encoding="utf-8"))
    components = [*python_components(root / "requirements"), *front_components(root / "package-lock.json")]
    ours = {"type": "application", "bom-ref": "fotspor", "name": "fotspor", "version": version[1] if version else ""}
    ours |= {"licenses": [{"license": {"id": "EUPL-1.2"}}]}
    number = uuid.uuid5(SPACE, json.dumps([ours, components], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {"component": ours},
        "components": components,
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", nargs="?", type=Path, help="where to write it; without it, it is printed")
    to = arguments.parse_args().file
    text = json.dumps(bill(), indent=1, ensure_ascii=False) + "\n"
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
