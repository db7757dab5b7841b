#!/usr/bin/env python3
"""Checks the dependencies of the workspace, from `cargo metadata` alone:

- sources: every package comes from crates.io or from this workspace;
- licences: every package is under a permissive licence (ALLOWED below);
- arrows: the crates of the workspace depend on each other as the table in docs/ARCHITECTURE.md says, and no otherwise;
- fences: crates that only some may use (the table OWNED below), transitively where that matters.

`cargo deny` does the first two as well, but building it takes longer than building this project.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "MPL-2.0", "OpenSSL", "Unicode-3.0", "Unlicense", "WTFPL", "Zlib", "blessing", "bzip2-1.0.6",
}

# Who may depend directly on what. Names of workspace packages without the prefix `abox-`.
OWNED = {
    "aes-gcm": {"vault"},
    "hkdf": {"vault"},
    "hpke": {"vault"},
    "hmac": {"vault"},
    "x25519-dalek": {"vault"},
    "keyring": {"vault"},
    "ed25519-dalek": {"attest", "vault"},
    "sha2": {"attest", "vault"},
    "blake3": {"attest"},
    "rusqlite": {"store", "server"},
    "axum": {"server"},
    "image": {"media", "product-tests"},
    "landlock": {"decoder"},
    "seccompiler": {"decoder"},
    "tauri": {"annotation-box"},
    "tauri-plugin-dialog": {"annotation-box"},
    "gtk": {"annotation-box", "product-tests"},
}

# What may not be reached at all, not even through others.
UNREACHABLE = {
    "server": {"abox-vault", "abox-model", "abox-store", "abox-workbench", "aes-gcm", "hpke", "keyring"},
    "model": {"tokio", "reqwest", "rusqlite", "keyring"},
}


def short(name: str) -> str:
    return name.removeprefix("abox-")


def arrows() -> dict[str, set[str]]:
    """The table of docs/ARCHITECTURE.md: lines `| crate | may depend on | …`, with `—` for nothing."""
    table = {}
    text = (ROOT / "docs/ARCHITECTURE.md").read_text()
    section = text.split("## Arrows", 1)[1].split("\n## ", 1)[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) < 2 or not re.fullmatch(r"`[a-z-]+`", cells[0]):
            continue
        table[cells[0].strip("`")] = set(re.findall(r"`([a-z-]+)`", cells[1]))
    return table


def permitted(expression: str) -> bool:
    """Whether an SPDX expression can be satisfied: every AND part has an allowed OR choice. Parentheses may nest once."""
    expression = expression.replace("/", " OR ")
    tokens = re.findall(r"\(|\)|[^\s()]+(?: WITH [^\s()]+)?", expression)
    position = 0

    def either() -> bool:
        nonlocal position
        value = both()
        while position < len(tokens) and tokens[position] == "OR":
            position += 1
            value = both() or value
        return value

    def both() -> bool:
        nonlocal position
        value = one()
        while position < len(tokens) and tokens[position] == "AND":
            position += 1
            value = one() and value
        return value

    def one() -> bool:
        nonlocal position
        token = tokens[position]
        position += 1
        if token == "(":
            value = either()
            position += 1
            return value
        return token in ALLOWED

    return either()


def main() -> int:
    metadata = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--format-version", "1", "--locked"],
            cwd=ROOT, check=True, stdout=subprocess.PIPE,
        ).stdout
    )
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    members = {packages[member]["name"]: member for member in metadata["workspace_members"]}
    problems = []

    for package in packages.values():
        name = f'{package["name"]} {package["version"]}'
        source = package["source"]
        if source is None:
            if package["name"] not in members:
                problems.append(f"{name} comes from a path outside the workspace")
            continue
        if source != "registry+https://github.com/rust-lang/crates.io-index":
            problems.append(f"{name} does not come from crates.io but from {source}")
        licence = package["license"]
        if not licence or not permitted(licence):
            problems.append(f"{name} is under {licence or 'no stated licence'}, which is not on the list")

    table = arrows()
    for name, member in members.items():
        mine = short(name)
        if mine not in table:
            problems.append(f"{name} has no row in the arrow table of docs/ARCHITECTURE.md")
            continue
        for dependency in nodes[member]["deps"]:
            # Test dependencies are free: a test may start the server, and the product has no part in it.
            if all(kind["kind"] == "dev" for kind in dependency["dep_kinds"]):
                continue
            other = packages[dependency["pkg"]]["name"]
            if other in members and short(other) not in table[mine]:
                problems.append(f"{name} → {other} is not an arrow of docs/ARCHITECTURE.md")
            if other in OWNED and mine not in OWNED[other]:
                problems.append(f"{name} may not use {other}: only {', '.join(sorted(OWNED[other]))} may")
    for gone in table.keys() - {short(name) for name in members}:
        problems.append(f"docs/ARCHITECTURE.md has arrows for `{gone}`, which does not exist")

    for mine, forbidden in UNREACHABLE.items():
        seen, waiting = set(), [members[f"abox-{mine}"]]
        while waiting:
            package = waiting.pop()
            if package in seen:
                continue
            seen.add(package)
            for dependency in nodes[package]["deps"]:
                if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                    waiting.append(dependency["pkg"])
        for name in sorted({packages[package]["name"] for package in seen} & forbidden):
            problems.append(f"abox-{mine} reaches {name}")

    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"dependencies: {len(packages)} packages, {len(members)} of the workspace, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
