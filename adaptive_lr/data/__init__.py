"""Real data, small enough to come along: nothing is downloaded when the book runs.

Each data file stands beside this module with its licence. ``tools/make_digits.py`` and
``tools/make_docstrings.py`` made them.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from adaptive_lr.checks import WHOLE, count, real_array, require

FOLDER = Path(__file__).parent
SHA256 = {
    "digits": "2bf79f2f7c7883d8ae83965e4e947693ff8d98032c8481d183b47aaad69fea56",
    "docstrings": "4d45ba3b2b2aafb2a8832feee6b608ade343f3906259a26233385bbcf14c0f79",
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """Inputs and their classes, with a fixed split into training and test set.

    The rows were shuffled once, when the data file was made. The first ``train_size`` of them are
    the training set, the others the test set. The arrays are read-only; what can still be changed
    from elsewhere is copied.

    Parameters
    ----------
    name : str
        What the data are called.
    inputs : ndarray of float, shape (n, d)
        One row for each example.
    labels : ndarray of int, shape (n,)
        The class of each example: 0, 1, ..., len(class_names) - 1.
    class_names : tuple of str
        What the classes are called.
    feature_names : tuple of str, length d
        What the columns of ``inputs`` are called.
    train_size : int
        Number of rows in the training set, at least 1 and less than n.

    Raises
    ------
    ValueError
        If inputs or labels are not such numbers, a label has no class, or lengths disagree.

    Examples
    --------
    >>> letters = Dataset("letters", np.eye(3), np.array([0, 1, 1]), ("a", "b"), ("x", "y", "z"), 2)
    >>> letters.train_labels, letters.test_labels
    (array([0, 1]), array([1]))
    """

    name: str
    inputs: np.ndarray
    labels: np.ndarray
    class_names: tuple
    feature_names: tuple
    train_size: int

    def __post_init__(self):
        require(isinstance(self.name, str) and self.name, "name", "be text", self.name)
        for name in ("class_names", "feature_names"):
            value = getattr(self, name)
            texts = isinstance(value, tuple | list) and all(isinstance(one, str) for one in value)
            require(texts and len(value) > 0, name, "be a tuple of texts", value)
            object.__setattr__(self, name, tuple(value))
        inputs = real_array("inputs", self.inputs)
        labels = _labels(self.labels, len(self.class_names))
        shape = (len(labels), len(self.feature_names))
        rule = f"have shape {shape}: a row for each label, a column for each feature name"
        require(inputs.shape == shape, "inputs", rule, inputs.shape)
        require(bool(np.isfinite(inputs).all()), "inputs", "be finite", self.inputs)
        size = count("train_size", self.train_size)
        require(size < len(labels), "train_size", f"be less than {len(labels)}", size)
        object.__setattr__(self, "inputs", _read_only(inputs))
        object.__setattr__(self, "labels", _read_only(labels))
        object.__setattr__(self, "train_size", size)

    @property
    def train_inputs(self):
        """The inputs of the training set."""
        return self.inputs[: self.train_size]

    @property
    def train_labels(self):
        """The labels of the training set."""
        return self.labels[: self.train_size]

    @property
    def test_inputs(self):
        """The inputs of the test set."""
        return self.inputs[self.train_size :]

    @property
    def test_labels(self):
        """The labels of the test set."""
        return self.labels[self.train_size :]


def _labels(value, classes):
    try:
        labels = np.asarray(value)
    except ValueError:  # rows of different lengths
        labels = np.empty(0)
    rule = f"be a list of whole numbers from 0 to {classes - 1}, one for each row"
    whole = labels.dtype.kind in WHOLE and labels.ndim == 1 and labels.size > 0
    require(whole and 0 <= labels.min() <= labels.max() < classes, "labels", rule, value)
    return labels


def _read_only(array):
    """Return an array that nobody can change: itself, if it is such, or else a copy."""
    if array.flags.writeable or not array.flags.owndata:
        array = array.copy()
        array.setflags(write=False)
    return array


@cache
def digits():
    """Return 1,797 handwritten digits of 8 x 8 pixels: dense data.

    Every pixel is a feature from 0 (paper) to 1 (ink), and most examples have a value for most
    features. 1,400 digits are for training, 397 for testing.

    Returns
    -------
    Dataset
        Inputs of shape (1797, 64), ten classes.

    Raises
    ------
    FileNotFoundError
        If the data file is missing.
    ValueError
        If the data file is damaged.

    References
    ----------
    E. Alpaydin and C. Kaynak (1998). Optical Recognition of Handwritten Digits. UCI Machine
    Learning Repository. doi:10.24432/C50P49. Licence: CC BY 4.0.

    Examples
    --------
    >>> digits().inputs.shape, len(digits().class_names)
    ((1797, 64), 10)
    """
    stored = _load("digits")
    return Dataset(
        name="digits",
        inputs=stored["pixels"] / 16.0,
        labels=stored["labels"].astype(int),
        class_names=tuple(stored["class_names"].tolist()),
        feature_names=tuple(stored["feature_names"].tolist()),
        train_size=1400,
    )


@cache
def docstrings():
    """Return 2,000 docstrings as bags of words: sparse data. Which library is each one from?

    A document is the description that opens a docstring of NumPy, SciPy, pandas or Matplotlib,
    500 from each. The libraries' names and aliases (np, sp, pd, plt, mpl, pyplot, pylab) are left
    out, because they would give the answer away. Each word that stands in at least two documents
    is a feature: 1 where the document has the word, 0 where it does not. A few words are in most
    documents, and most words are in a few. 1,600 documents are for training, 400 for testing.

    A feature says whether a word is there, not how often. So the gradient of a word's weights is
    zero in every batch without the word. How fast its squares add up then tells above all in how
    many batches the word stood, and not how often one document repeats it.

    Returns
    -------
    Dataset
        Inputs of shape (2000, 3123), four classes.

    Raises
    ------
    FileNotFoundError
        If the data file is missing.
    ValueError
        If the data file is damaged.

    References
    ----------
    The docstrings of NumPy 2.4.6, SciPy 1.17.1, pandas 3.1.1 and Matplotlib 3.11.2. Their
    licences stand beside the data file.

    Examples
    --------
    >>> documents_with_word = docstrings().inputs.sum(axis=0)
    >>> int(documents_with_word[docstrings().feature_names.index("the")])
    1744
    >>> int(documents_with_word[docstrings().feature_names.index("weibull")])
    6
    """
    stored = _load("docstrings")
    inputs = np.zeros((len(stored["labels"]), len(stored["feature_names"])))
    # As stored, without a sign, the lengths are no counts where an index has 32 bits: in browsers.
    row_lengths = np.diff(stored["row_starts"].astype(int))
    rows = np.repeat(np.arange(len(inputs)), row_lengths)
    inputs[rows, stored["columns"]] = 1.0
    inputs.setflags(write=False)  # so that the data set need not copy them
    return Dataset(
        name="docstrings",
        inputs=inputs,
        labels=stored["labels"].astype(int),
        class_names=tuple(stored["class_names"].tolist()),
        feature_names=tuple(stored["feature_names"].tolist()),
        train_size=1600,
    )


def _load(name):
    """Return the arrays in a data file by name, after checking that it is whole."""
    path = FOLDER / f"{name}.npz"
    restore = (
        f"Restore it with `git checkout -- adaptive_lr/data/{path.name}`, "
        f"or make it again with `python tools/make_{name}.py`."
    )
    if not path.is_file():
        raise FileNotFoundError(f"The data file {path} is missing. {restore}")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise ValueError(
            f"The data file {path} is damaged: its SHA-256 must be {SHA256[name]}. "
            f"Received: {found}. {restore}"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return dict(stored)
