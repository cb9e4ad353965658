"""A ZIP that proves by itself that nothing in it was changed."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

from .snapshot import canonical

MANIFEST = "manifest.json"
VERIFIER = "verify.py"
FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def pack(files: dict[str, bytes], about: dict) -> tuple[bytes, str]:
    """The ZIP with manifest and verifier, and the digest of its manifest.

    Parameters
    ----------
    files : dict of str to bytes
        Content by name inside the ZIP; snapshots are ``snapshots/0001.json`` and so on.
    about : dict
        What the manifest says about the case; ``chain`` lists the chained digests of the snapshots.

    Examples
    --------
    >>> data, digest = pack({"a.txt": b"x"}, {"case": "R1", "chain": []})
    >>> verify(data)
    []
    """
    files = dict(files) | {VERIFIER: (Path(__file__).parent / "verifier.py").read_bytes()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = canonical(about | {"files": digests}).encode()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, FIXED_DATE), files[name], zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo(MANIFEST, FIXED_DATE), manifest, zipfile.ZIP_DEFLATED)
    return output.getvalue(), hashlib.sha256(manifest).hexdigest()


def verify(data: bytes) -> list[str]:
    """Everything that is wrong with a pack, in words; nothing when it is whole."""
    from .verifier import faults

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return faults({name: archive.read(name) for name in archive.namelist()}, json)
