"""The repository installs the same everywhere, and what it says of itself is true."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import adaptive_lr

ROOT = Path(__file__).parent.parent
LOCKS = [
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-peers.txt",
    "requirements-site.txt",
]
WITH_THE_PACKAGE = {"requirements.txt", "requirements-peers.txt"}
PINNED = re.compile(r"[A-Za-z0-9._-]+==[^\s;]+( ; .+)?")
TIED_TO_ONE_PLACE = re.compile(
    r"pypi\.org|pythonhosted|/simple/|--(?:extra-)?index-url|--find-links"  # a registry
    r"|(?<![\w.])/(?:root|home/\w+|Users/\w+|work|opt)/"  # a folder of one machine
)


def tracked_text_files():
    """Return git's files, with those that are not ignored and wait to be added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / name for name in names.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def pinned_lines(lock):
    lines = (ROOT / lock).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def versions(lock):
    return dict(line.split(" ;")[0].split("==") for line in pinned_lines(lock) if "==" in line)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned(lock):
    loose = [line for line in pinned_lines(lock) if not PINNED.fullmatch(line)]
    assert loose == (["-e ."] if lock in WITH_THE_PACKAGE else [])


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_extra_sets_keep_to_the_versions_of_the_book(lock):
    book, extra = versions("requirements.txt"), versions(lock)
    assert {name: extra[name] for name in book.keys() & extra.keys()}.items() <= book.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_wanted_package_is_locked(lock):
    source = (ROOT / lock).with_suffix(".in").read_text()
    wanted = re.findall(r"^[a-z][\w-]*", source, re.MULTILINE)
    assert wanted
    assert set(wanted) <= versions(lock).keys()


def test_what_the_package_depends_on_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.match(r"[\w-]+", dependency)[0] for dependency in project["dependencies"]}
    assert wanted <= versions("requirements.txt").keys()
    assert wanted <= versions("requirements-peers.txt").keys()


def test_no_file_is_tied_to_a_registry_or_a_machine():
    files = [path for path in tracked_text_files() if path != Path(__file__)]
    assert len(files) > 20
    found = {
        str(path.relative_to(ROOT)): match[0]
        for path in files
        if (match := TIED_TO_ONE_PLACE.search(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_table_of_contents_lists_every_chapter():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text())
    listed = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    chapters = [
        f"chapters/{path.stem}"
        for path in (ROOT / "chapters").iterdir()
        if path.suffix in {".md", ".ipynb"}
    ]
    assert sorted(listed) == sorted(chapters)


def test_the_front_page_names_every_chapter():
    page = (ROOT / "index.md").read_text()
    _, table = page.split("## The argument")
    linked = re.findall(r"^\| \[\]\((chapters/\w+\.ipynb)\)", table, re.MULTILINE)
    assert linked == [
        f"chapters/{path.name}" for path in sorted((ROOT / "chapters").glob("*.ipynb"))
    ]


def test_pages_that_run_code_are_executed_beside_the_chapters():
    (pages,) = re.findall(r"^PAGES := (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    running = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "index.md", *(ROOT / "chapters").glob("*.md"))
        if "{code-cell}" in path.read_text(encoding="utf-8")
    }
    assert set(pages.split()) == running


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert project["version"] == citation["version"] == adaptive_lr.__version__


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_command_that_is_named_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = (ROOT / page).read_text()
    commands = re.findall(r"(?:`|^)make ((?:[a-z-]+ ?)+)", text, re.MULTILINE)
    commands += re.findall(r"for target in ([a-z -]+);", text)
    named = {target for command in commands for target in command.split()}
    assert named
    assert named <= targets


def test_every_file_that_a_page_links_to_exists():
    for page in ("README.md", "CONTRIBUTING.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text())
        links += re.findall(r"`((?:tests|tools|adaptive_lr)/[\w./]+)`", (ROOT / page).read_text())
        missing = [link for link in links if not (ROOT / link).exists()]
        assert missing == [], page
