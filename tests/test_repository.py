"""The repository installs the same everywhere, and what it says of itself is true."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

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


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def tracked_text_files():
    """Return git's files, with those that are not ignored and wait to be added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    paths = [ROOT / name for name in names.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def pinned_lines(lock):
    lines = text(lock).splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def project():
    return tomllib.loads(text("pyproject.toml"))["project"]


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
    source = text(Path(lock).with_suffix(".in"))
    wanted = re.findall(r"^[a-z][\w-]*", source, re.MULTILINE)
    assert wanted
    assert set(wanted) <= versions(lock).keys()


def test_what_the_package_depends_on_is_locked():
    wanted = {re.match(r"[\w-]+", dependency)[0] for dependency in project()["dependencies"]}
    assert wanted <= versions("requirements.txt").keys()
    assert wanted <= versions("requirements-peers.txt").keys()


def test_every_dependency_has_a_lower_bound_and_no_other():
    """`make test-oldest` looks for bounds of this form, and passes over any other."""
    for dependency in project()["dependencies"]:
        assert re.fullmatch(r"[a-z]+>=[0-9.]+", dependency)


def test_every_named_python_is_one_that_the_package_allows():
    allowed = SpecifierSet(project()["requires-python"])
    minors = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed]
    jobs = yaml.safe_load(text(".github/workflows/book.yml"))["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == minors
    assert f"Python {minors[0]} to {minors[-1]} " in text("README.md")
    assert re.search(
        rf"^PYTHON .*python3 {' '.join(f'python{minor}' for minor in minors[::-1])}, ",
        text("Makefile"),
        re.MULTILINE,
    )
    assert text(".binder/runtime.txt").strip() in {f"python-{minor}" for minor in minors}


def test_binder_installs_the_package_so_that_edits_take_effect():
    """With a folder for Binder, repo2docker installs what stands in it and nothing else."""
    lines = text(".binder/requirements.txt").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-r ../requirements.txt"]
    assert "-e ." in pinned_lines("requirements.txt")
    assert not (ROOT / "binder").exists()
    assert not (ROOT / "runtime.txt").exists(), "it would look as if it were read"


def test_every_action_is_pinned_by_a_hash_with_its_version():
    used = re.findall(r"uses: *(.+)", text(".github/workflows/book.yml"))
    assert len(used) > 5
    pinned = re.compile(r"[\w-]+(?:/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [action for action in used if not pinned.fullmatch(action)] == []
    versions = {tuple(action.split("@")) for action in used}
    assert len(versions) == len({name for name, _ in versions}), "one version of each"


def test_no_file_is_tied_to_a_registry_or_a_machine():
    files = [path for path in tracked_text_files() if path != Path(__file__)]
    assert len(files) > 20
    found = {
        str(path.relative_to(ROOT)): match[0]
        for path in files
        if (match := TIED_TO_ONE_PLACE.search(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def calls_without_encoding(path):
    """Return the calls in a Python file that read or write text as the machine is used to."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function, named = ast.unparse(node.func), {key.arg for key in node.keywords}
        as_text = function.endswith((".read_text", ".write_text"))
        as_text |= function.startswith("subprocess.") and "text" in named
        opened = function == "open" and not re.search("'[rwax+]*b", ast.unparse(node))
        if (as_text or opened) and "encoding" not in named:
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"


def test_all_text_is_read_and_written_as_utf_8():
    """Windows and a bare Unix have another encoding of their own."""
    files = [path for path in tracked_text_files() if path.suffix == ".py"]
    assert len(files) > 20
    assert [call for path in files for call in calls_without_encoding(path)] == []


def test_the_table_of_contents_lists_every_chapter():
    contents = yaml.safe_load(text("_toc.yml"))
    listed = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    chapters = [
        f"chapters/{path.stem}"
        for path in (ROOT / "chapters").iterdir()
        if path.suffix in {".md", ".ipynb"}
    ]
    assert sorted(listed) == sorted(chapters)


def test_the_front_page_names_every_chapter():
    page = text("index.md")
    _, table = page.split("## The argument")
    linked = re.findall(r"^\| \[\]\((chapters/\w+\.ipynb)\)", table, re.MULTILINE)
    assert linked == [
        f"chapters/{path.name}" for path in sorted((ROOT / "chapters").glob("*.ipynb"))
    ]


def test_pages_that_run_code_are_executed_beside_the_chapters():
    (pages,) = re.findall(r"^PAGES := (.*)", text("Makefile"), re.MULTILINE)
    running = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "index.md", *(ROOT / "chapters").glob("*.md"))
        if "{code-cell}" in path.read_text(encoding="utf-8")
    }
    assert set(pages.split()) == running


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load(text("CITATION.cff"))
    assert project()["version"] == citation["version"] == adaptive_lr.__version__


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_command_that_is_named_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    commands = re.findall(r"(?:`|^)make ((?:[a-z-]+ ?)+)", text(page), re.MULTILINE)
    commands += re.findall(r"for target in ([a-z -]+);", text(page))
    named = {target for command in commands for target in command.split()}
    assert named
    assert named <= targets


def test_every_file_that_a_page_links_to_exists():
    for page in ("README.md", "CONTRIBUTING.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", text(page))
        links += re.findall(r"`((?:tests|tools|adaptive_lr)/[\w./]+)`", text(page))
        missing = [link for link in links if not (ROOT / link).exists()]
        assert missing == [], page
