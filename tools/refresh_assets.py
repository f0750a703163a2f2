"""Fetch the site's upstream files again and rewrite their list.

``_assets/assets.json`` names each npm package, its exact version and the files that the book takes
from it. To change a version, edit it there and run ``make assets``. It needs npm; building the book
does not.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from fnmatch import fnmatch
from pathlib import Path

ASSETS = Path(__file__).parent.parent / "_assets"
LIST = ASSETS / "assets.json"


def fetch(package: dict) -> dict:
    """Replace the files of one package by those of its named version; return its new entry."""
    folder = ASSETS / package["name"]
    shutil.rmtree(folder, ignore_errors=True)
    entry = {key: package[key] for key in ("name", "version", "take")} | {"files": {}}
    with tempfile.TemporaryDirectory() as place:
        exact = f"{package['name']}@{package['version']}"
        subprocess.run(["npm", "pack", "--silent", exact], cwd=place, check=True)
        (archive,) = Path(place).glob("*.tgz")
        with tarfile.open(archive) as members:
            for member in sorted(members.getmembers(), key=lambda member: member.name):
                name = member.name.partition("/")[2]
                if name == "package.json":
                    entry["licence"] = json.load(members.extractfile(member))["license"]
                if not any(fnmatch(name, pattern) for pattern in package["take"]):
                    continue
                content = members.extractfile(member).read()
                entry["files"][name] = hashlib.sha256(content).hexdigest()
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
    return entry


if __name__ == "__main__":
    packages = [fetch(package) for package in json.loads(LIST.read_text(encoding="utf-8"))]
    LIST.write_text(json.dumps(packages, indent=2) + "\n", encoding="utf-8")
