"""The package works on other machines: where text is not UTF-8, where an index has 32 bits."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from adaptive_lr import data

PACKAGE = Path(__file__).parent.parent / "adaptive_lr"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
)


def run_python(code, *options, **environment):
    """Run code in a fresh Python with the package in reach; fail with what it printed."""
    result = subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=PACKAGE.parent,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


IMPORT_ALL = f"""
import importlib

for name in {MODULES}:
    importlib.import_module(name)
"""


def test_every_module_is_imported_where_text_is_ascii():
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    encoding = run_python("import locale; print(locale.getencoding())", **locale)
    assert encoding.strip() != "UTF-8"
    assert "adaptive_lr.explorer.figure" in MODULES
    run_python(IMPORT_ALL, **locale)


def test_no_module_reads_or_writes_text_as_the_machine_is_used_to():
    code = f"""
import warnings

warnings.filterwarnings("error", category=EncodingWarning, module="adaptive_lr")
{IMPORT_ALL}
from adaptive_lr import Adagrad, data, explorer, plots, problems, show

data.digits(), data.docstrings(), show.source(Adagrad), plots.use_style()
explorer.explore(problems.ravine, [Adagrad], steps=2, learning_rate=[0.1, 1.0])
"""
    run_python(code, "-X", "warn_default_encoding")


@pytest.mark.parametrize("load", [data.digits, data.docstrings])
def test_the_data_load_where_an_index_has_32_bits(monkeypatch, load):
    """NumPy counts with what fits an index: uint32 fits 64 bits and not the 32 of a browser."""

    def counts(array):
        # What has the type of an index here, has it there too.
        return array if array.dtype == np.intp else array.astype(np.int32, casting="safe")

    repeat, bincount = np.repeat, np.bincount
    monkeypatch.setattr(np, "repeat", lambda values, times: repeat(values, counts(times)))
    monkeypatch.setattr(np, "bincount", lambda values: bincount(counts(values)))
    assert np.array_equal(load.__wrapped__().inputs, load().inputs)


def test_the_package_is_imported_without_what_only_drawing_and_watching_need():
    modules = run_python("import sys, adaptive_lr; print(*sys.modules)").split()
    assert "numpy" in modules
    assert not {"matplotlib", "IPython", "ipywidgets", "tabulate", "tqdm", "asyncio"} & {*modules}
