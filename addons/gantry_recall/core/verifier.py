"""Checks an unpacked evidence pack, with nothing but Python: python3 verify.py [folder] [digest of the manifest]"""

import hashlib
import json
import pathlib
import sys


def digest(content):
    return hashlib.sha256(content).hexdigest()


def faults(files, reader=json):
    manifest = reader.loads(files.get("manifest.json", b'{"files": {}}'))
    found = [] if "manifest.json" in files else ["manifest.json is missing"]
    for name, expected in manifest["files"].items():
        if name not in files:
            found.append(f"{name} is missing")
        elif digest(files[name]) != expected:
            found.append(f"{name} was changed")
    found += [f"{name} was added" for name in files if name not in manifest["files"] and name != "manifest.json"]
    link = "0" * 64
    snapshots = sorted(name for name in manifest["files"] if name.startswith("snapshots/"))
    if len(snapshots) != len(manifest.get("chain", [])):
        found.append("the chain and the snapshots differ in number")
    for name, expected in zip(snapshots, manifest.get("chain", [])):  # noqa: B905
        link = digest(f"{link}\n{digest(files.get(name, b''))}".encode())
        if link != expected:
            found.append(f"{name} does not fit into the chain")
    return found


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    content = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    wrong = faults(content)
    manifest_digest = digest(content.get("manifest.json", b""))
    if len(sys.argv) > 2 and sys.argv[2] != manifest_digest:
        wrong.append("the manifest is not the one that was signed")
    answer = "\n".join(wrong) if wrong else f"All is whole. Digest of the manifest: {manifest_digest}"
    sys.stdout.write(answer + "\n")
    sys.exit(bool(wrong))
