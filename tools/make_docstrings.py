"""Make adaptive_lr/data/docstrings.npz from the docstrings of four installed libraries.

    pip install -r requirements-data.txt
    python tools/make_docstrings.py

A document is the description that opens the docstring of a public function, class, method or
property: what stands before the first section ("Parameters", "Returns", ...), without the
signature. The question is which library it comes from, so names of the libraries are left out.
The rows are shuffled once, here, so that the first 1,600 can serve as the training set.
Running this again under the pinned versions (and Python 3.11) gives the same file bit for bit.
"""

import hashlib
import importlib
import inspect
import pkgutil
import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

FILE = Path(__file__).parents[1] / "adaptive_lr" / "data" / "docstrings.npz"
LIBRARIES = ("numpy", "scipy", "pandas", "matplotlib")
DOCUMENTS_PER_LIBRARY = 500
FEWEST_WORDS = 10
FEWEST_DOCUMENTS = 2

# Private, for developers only, or (backends) in need of a window system.
LEFT_OUT_MODULE = re.compile(r"\.(_|tests?$|testing|conftest|backends|sphinxext|f2py|core$)")
SIGNATURE = re.compile(r"\A[\w.]+\(.*?\n\n", re.DOTALL)
SECTION = re.compile(r"^[A-Z][A-Za-z ]+\n-{3,}$", re.MULTILINE)
WORD = re.compile(r"[a-z]{2,}")
GIVES_AWAY = re.compile(r"numpy|scipy|pandas|matplotlib|pyplot|pylab|\A(np|sp|pd|plt|mpl)\Z")


def public_modules(package):
    """The package and all its importable public submodules."""
    yield package
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        name = f"{package.__name__}.{found.name}"
        if LEFT_OUT_MODULE.search(name):
            continue
        try:
            module = importlib.import_module(name)
        except ImportError:  # needs a library that is not pinned
            continue
        if found.ispkg:
            yield from public_modules(module)
        else:
            yield module


def public_members(owner):
    """The public names defined in a module or class, in alphabetical order."""
    names = getattr(owner, "__all__", None) or vars(owner)
    return [vars(owner)[name] for name in sorted(names) if name[0] != "_" and name in vars(owner)]


def public_docstrings(library):
    """The docstring of every public object that the library itself defines."""
    for module in public_modules(importlib.import_module(library)):
        for thing in public_members(module):
            defined_in = getattr(thing, "__module__", None) or library
            if not callable(thing) or defined_in.split(".")[0] != library:
                continue
            yield thing.__doc__
            if isinstance(thing, type):
                for member in public_members(thing):
                    if callable(member) or isinstance(member, (property, classmethod)):
                        yield member.__doc__


def words_of(docstring):
    """The words of the description that opens a docstring."""
    text = SIGNATURE.sub("", inspect.cleandoc(docstring) + "\n\n")
    description = SECTION.split(text)[0].lower()
    return tuple(word for word in WORD.findall(description) if not GIVES_AWAY.search(word))


def collect():
    """Documents (tuples of words) and their labels; a text that stands twice is kept once."""
    generator = np.random.default_rng(0)
    seen = set()
    chosen = []
    for label, library in enumerate(LIBRARIES):
        documents = []
        for docstring in public_docstrings(library):
            document = words_of(docstring) if isinstance(docstring, str) else ()
            bag = tuple(sorted(set(document)))
            if len(document) >= FEWEST_WORDS and bag not in seen:
                seen.add(bag)
                documents.append(document)
        print(f"{library}: {len(documents)} different documents")
        picked = generator.permutation(len(documents))[:DOCUMENTS_PER_LIBRARY]
        chosen += [(documents[i], label) for i in picked]
    order = generator.permutation(len(chosen))
    return [chosen[i][0] for i in order], [chosen[i][1] for i in order]


def main():
    warnings.simplefilter("ignore")  # deprecated modules warn when they are imported
    documents, labels = collect()
    document_frequency = Counter(word for document in documents for word in set(document))
    vocabulary = sorted(w for w, count in document_frequency.items() if count >= FEWEST_DOCUMENTS)
    column = {word: j for j, word in enumerate(vocabulary)}
    rows = [
        sorted(Counter(column[word] for word in document if word in column).items())
        for document in documents
    ]
    entries = np.array([entry for row in rows for entry in row])
    np.savez_compressed(
        FILE,
        row_starts=np.cumsum([0] + [len(row) for row in rows]).astype(np.uint32),
        columns=entries[:, 0].astype(np.uint16),
        counts=entries[:, 1].astype(np.uint16),
        labels=np.array(labels, dtype=np.uint8),
        class_names=np.array(LIBRARIES),
        feature_names=np.array(vocabulary),
    )
    print(f"{FILE.name}: {len(rows)} x {len(vocabulary)}, {FILE.stat().st_size} bytes")
    print(f"SHA-256, for adaptive_lr/data: {hashlib.sha256(FILE.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
