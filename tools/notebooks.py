"""Execute and normalise the chapters: the only writer of their outputs.

``python -m tools.notebooks chapters/*.ipynb`` runs every notebook in a fresh kernel and rewrites
it so that a difference between two versions shows text, code and the numbers that moved, and
nothing else. ``--check`` writes nothing; it names the notebooks that need to be run again.
"""

import argparse
import copy
import hashlib
import re
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tqdm import tqdm

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# nbval passes over these, so they can be left out; any other kind of output is compared.
PAYLOADS = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
KEPT_METADATA = ("description", "executed_code")
KEPT_CELL_METADATA = ("mystnb", "tags")
SECONDS_PER_CELL = 600


class NotebookError(Exception):
    """A notebook that cannot be written as it is; the message says which cell and why."""


def digest_of_code(notebook: NotebookNode) -> str:
    """Fingerprint of everything that is executed, in order."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:16]


def is_stale(notebook: NotebookNode) -> bool:
    """Whether the code changed after the outputs were made."""
    return notebook.metadata.get("executed_code") != digest_of_code(notebook)


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells in a fresh kernel, in the notebook's own folder, and return a new notebook."""
    notebook = _without_empty_cells(notebook)
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["kernelspec"]["name"],
        resources={"metadata": {"path": str(folder)}},
        timeout=SECONDS_PER_CELL,
        store_widget_state=False,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookError(f"a cell failed.\n{error}") from None
    for number, cell in enumerate(_code_cells(notebook), start=1):
        _refuse_unrepeatable_outputs(cell, number)
    notebook.metadata["executed_code"] = digest_of_code(notebook)
    return notebook


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Reduce a notebook to what its author wrote and what it printed; nothing is executed."""
    notebook = _without_empty_cells(notebook)
    kept = {key: notebook.metadata[key] for key in KEPT_METADATA if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(copy.deepcopy(KERNEL) | kept)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    _name_cells(notebook.cells)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in KEPT_CELL_METADATA if cell.metadata.get(key)}
        )
    for number, cell in enumerate(_code_cells(notebook), start=1):
        if cell.execution_count is not None:
            cell.execution_count = number
        cell.outputs = _joined_streams(
            [_normalised_output(output, cell) for output in cell.outputs]
        )
    return notebook


def serialise(notebook: NotebookNode) -> str:
    """The text of the file, the same for the same notebook everywhere."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def faults(path: Path) -> list[str]:
    """What is wrong with a stored notebook, found without executing it."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    found = []
    if is_stale(notebook):
        found.append("its code changed after it was last executed")
    elif any(cell.execution_count is None for cell in _code_cells(notebook)):
        found.append("a cell was not executed")
    if text != serialise(normalise(notebook)):
        found.append("it is not in normal form")
    return found


def rewrite(path: Path) -> bool:
    """Execute and normalise one file; return whether it changed."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    try:
        after = serialise(normalise(execute(notebook, path.parent)))
    except NotebookError as error:
        raise NotebookError(f"{path}: {error}") from None
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _without_empty_cells(notebook: NotebookNode) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.strip("\n")
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    return notebook


def _name_cells(cells: list[NotebookNode]) -> None:
    """Derive each cell's id from its source, so that an edit touches one id only."""
    seen: dict[str, int] = {}
    for cell in cells:
        name = hashlib.sha256(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:8]
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"


def _normalised_output(output: NotebookNode, cell: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        output.traceback = []
    if output.output_type == "execute_result":
        output.execution_count = cell.execution_count
    if output.output_type in ("display_data", "execute_result"):
        dropped = set(output.metadata.get("dropped", [])) | (PAYLOADS & set(output.data))
        output.data = nbformat.from_dict(
            {kind: output.data[kind] for kind in sorted(set(output.data) - PAYLOADS)}
        )
        output.metadata = nbformat.from_dict({"dropped": sorted(dropped)} if dropped else {})
    return output


def _joined_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in pieces: where a print was cut depends on timing."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and last.output_type == output.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _refuse_unrepeatable_outputs(cell: NotebookNode, number: int) -> None:
    for output in cell.outputs:
        if output.get("name") == "stderr":
            raise NotebookError(f"code cell {number} wrote to stderr:\n{output.text}")
        text = output.get("text", "") + output.get("data", {}).get("text/plain", "")
        if address := re.search(r"\b0x[0-9a-f]{6,}\b", text):
            raise NotebookError(f"code cell {number} shows a memory address: {address[0]}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="name stale notebooks, write nothing")
    return parser.parse_args()


def _check(paths: list[Path]) -> int:
    found = [f"{path}: {fault}" for path in paths for fault in faults(path)]
    print("\n".join(found) or f"{len(paths)} notebooks are up to date.")
    if found:
        print("Run `make notebooks`.")
    return 1 if found else 0


def _rewrite_all(paths: list[Path]) -> int:
    failures, changed = [], []
    with ProcessPoolExecutor(max_workers=2) as pool:
        tasks = {pool.submit(rewrite, path): path for path in paths}
        for task in tqdm(as_completed(tasks), total=len(tasks), unit="notebook", disable=None):
            try:
                if task.result():
                    changed.append(str(tasks[task]))
            except NotebookError as error:
                failures.append(str(error))
    for failure in failures:
        print(failure, file=sys.stderr)
    names = ", ".join(sorted(changed)) or "none"
    print(f"{len(paths) - len(failures)} executed, {len(changed)} changed: {names}.")
    return 1 if failures else 0


def main() -> int:
    arguments = _arguments()
    return (_check if arguments.check else _rewrite_all)(arguments.notebooks)


if __name__ == "__main__":
    sys.exit(main())
