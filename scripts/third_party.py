#!/usr/bin/env python3
"""Lists the crates that a build contains.

    scripts/third_party.py sbom [CARGO OPTIONS]       a software bill of materials: CycloneDX 1.5, JSON
    scripts/third_party.py licences [CARGO OPTIONS]   the licence texts that must go with the program
    scripts/third_party.py list [CARGO OPTIONS]       name, version and licence of each, as the window shows them

CARGO OPTIONS are those that choose features, such as `--no-default-features`. The output depends on Cargo.lock and on
the options alone, and on SOURCE_DATE_EPOCH for the time in the bill.
"""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Names of files that hold a licence or an attribution.
LICENCE = re.compile(r"^(licen[cs]es?|copying|copyright|notice|unlicense|authors|ofl|ufl)([-._].*)?$", re.IGNORECASE)
HOST = "x86_64-unknown-linux-gnu"


def cargo(*words):
    return subprocess.run(["cargo", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def contained(options):
    """Returns the crates of the build and the edges between them, by id, after the id of the program.

    `cargo tree` knows which crates are built, and `cargo metadata` what they are. Macros and what only tests or build
    scripts use are left out, because no byte of them is in the program.
    """
    target = os.environ.get("TARGET", HOST)
    shown = ("--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}", "--target", target)
    names = {tuple(line.split()[:2]) for line in cargo("tree", "--locked", *shown, *options).decode().splitlines()}
    known = ("--format-version", "1", "--locked", "--filter-platform", target)
    data = json.loads(cargo("metadata", *known, *options))
    packages = {
        package["id"]: package
        for package in data["packages"]
        if (package["name"], f"v{package['version']}") in names
    }
    edges = {
        node["id"]: sorted(
            one["pkg"]
            for one in node["deps"]
            if one["pkg"] in packages and any(kind["kind"] is None for kind in one["dep_kinds"])
        )
        for node in data["resolve"]["nodes"]
        if node["id"] in packages
    }
    return data["resolve"]["root"], packages, edges


def checksums():
    """Returns the SHA-256 of each crate, from Cargo.lock."""
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    found = re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = "[^"]+"\nchecksum = "([0-9a-f]+)"', lock)
    return {(name, version): checksum for name, version, checksum in found}


def by_name(packages):
    return sorted(packages.values(), key=lambda package: (package["name"], package["version"]))


def licence_of(package):
    """Returns the SPDX expression. Old crates write `MIT/Apache-2.0`."""
    return (package["license"] or "").replace("/", " OR ")


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, sums):
    made = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
    }
    if package["description"]:
        made["description"] = " ".join(package["description"].split())
    if licence_of(package):
        made["licenses"] = [{"expression": licence_of(package)}]
    checksum = sums.get((package["name"], package["version"]))
    if checksum:
        made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def sbom(options):
    root, packages, edges = contained(options)
    root = packages[root]
    sums = checksums()
    main = dict(component(root, sums), type="application")
    time = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    others = [package for package in by_name(packages) if package is not root]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": main},
        "components": [component(package, sums) for package in others],
        "dependencies": [
            {"ref": reference(package), "dependsOn": sorted(reference(packages[id]) for id in edges[package["id"]])}
            for package in by_name(packages)
        ],
    }


def texts_of(package):
    folder = Path(package["manifest_path"]).parent
    files = {path for path in folder.rglob("*") if LICENCE.match(path.name) and path.suffix in ("", ".txt", ".md") and path.is_file()}
    if package["license_file"]:
        files.add(folder / package["license_file"])
    texts = {}
    for path in sorted(files):
        text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()
        if text:
            texts[re.sub(r"\s+", " ", text)] = text
    return texts


def licences(options):
    root, packages, _ = contained(options)
    others = [package for package in by_name(packages) if package["id"] != root]
    users, texts, without = {}, {}, []
    for package in others:
        found = texts_of(package)
        if not found:
            without.append(package)
        for key, text in found.items():
            users.setdefault(key, []).append(f"{package['name']} {package['version']}")
            texts.setdefault(key, text)
    lines = [
        f"Copydesk contains {len(others)} crates. Each is listed with its licence; the texts follow.",
        "",
        *(f"{package['name']} {package['version']}: {licence_of(package) or 'see its text'}" for package in others),
        "",
    ]
    if without:
        lines += ["These crates come without a text; the licence that they name applies:", ""]
        lines += [f"{package['name']} {package['version']}: {licence_of(package)}" for package in without]
        lines.append("")
    order = sorted(users, key=lambda key: (users[key][0], hashlib.sha256(key.encode()).hexdigest()))
    for key in order:
        lines += ["=" * 100, *wrapped(users[key]), "-" * 100, texts[key], ""]
    return "\n".join(lines)


def listed(options):
    root, packages, _ = contained(options)
    others = [package for package in by_name(packages) if package["id"] != root]
    return "".join(f"{package['name']} {package['version']}: {licence_of(package)}\n" for package in others)


def wrapped(names):
    line, lines = "", []
    for name in names:
        if line and len(line) + len(name) > 96:
            lines.append(line + ",")
            line = ""
        line = f"{line}, {name}" if line else name
    return [*lines, line]


def main():
    kinds = {"sbom": sbom, "licences": licences, "list": listed}
    if len(sys.argv) < 2 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    made = kinds[sys.argv[1]](sys.argv[2:])
    sys.stdout.write(made if isinstance(made, str) else json.dumps(made, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
