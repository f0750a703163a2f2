"""The upstream files that the site serves are those of their packages, byte for byte."""

import hashlib
import json
from pathlib import Path

import pytest

ASSETS = Path(__file__).parent.parent / "_assets"
PACKAGES = json.loads((ASSETS / "assets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_files_are_those_of_the_package(package):
    folder = ASSETS / package["name"]
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == package["files"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_a_licence_is_named_and_kept(package):
    assert package["licence"]
    assert any("LICENSE" in name for name in package["files"])


def test_every_folder_is_listed():
    folders = {path.name for path in ASSETS.iterdir() if path.is_dir()}
    assert folders == {package["name"].partition("/")[0] for package in PACKAGES}
