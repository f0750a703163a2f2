"""The data are what the book says they are, and a broken file is never used."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from adaptive_lr import data


@pytest.fixture(params=["digits", "docstrings"])
def load(request):
    return getattr(data, request.param)


@pytest.fixture
def copied_folder(tmp_path, monkeypatch):
    for name in data.SHA256:
        shutil.copy(data.FOLDER / f"{name}.npz", tmp_path)
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    return tmp_path


def test_digits_are_the_1797_of_the_collection():
    digits = data.digits()
    assert digits.inputs.shape == (1797, 64)
    # As the collection's own description counts its test set.
    assert np.bincount(digits.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (digits.inputs.min(), digits.inputs.max()) == (0, 1)
    assert len(np.unique(digits.inputs)) == 17
    assert digits.class_names == tuple("0123456789")
    assert len(digits.train_labels) == 1400


def test_docstrings_are_balanced_and_each_stands_once():
    docstrings = data.docstrings()
    assert docstrings.class_names == ("numpy", "scipy", "pandas", "matplotlib")
    assert np.bincount(docstrings.labels).tolist() == [500, 500, 500, 500]
    assert len(docstrings.train_labels) == 1600
    assert set(np.unique(docstrings.inputs)) == {0.0, 1.0}
    words_in_document = docstrings.inputs.sum(axis=1)
    assert words_in_document.min() > 0


def test_no_word_gives_the_library_away():
    words = data.docstrings().feature_names
    assert not {"np", "sp", "pd", "plt", "mpl", "pyplot", "pylab"} & set(words)
    assert not [word for word in words for name in data.docstrings().class_names if name in word]
    assert all(re.fullmatch("[a-z]{2,}", word) for word in words)
    assert list(words) == sorted(set(words))


def test_words_are_as_rare_and_frequent_as_zipf_says():
    documents_with_word = np.sort(data.docstrings().inputs.sum(axis=0))[::-1]
    assert documents_with_word[-1] >= 2
    assert documents_with_word[0] > 1600
    assert np.mean(documents_with_word <= 5) > 0.5
    rank = np.arange(1, 1001)
    slope, _ = np.polyfit(np.log(rank), np.log(documents_with_word[:1000]), 1)
    assert -1.1 < slope < -0.8


def test_split_takes_every_example_once(load):
    dataset = load()
    assert np.array_equal(np.vstack([dataset.train_inputs, dataset.test_inputs]), dataset.inputs)
    assert np.array_equal(np.append(dataset.train_labels, dataset.test_labels), dataset.labels)
    classes = set(range(len(dataset.class_names)))
    assert set(dataset.train_labels) == set(dataset.test_labels) == classes


def test_features_are_named(load):
    dataset = load()
    assert dataset.inputs.dtype == float
    assert dataset.labels.dtype == int
    assert len(dataset.feature_names) == len(set(dataset.feature_names)) == dataset.inputs.shape[1]


def test_dataset_cannot_be_changed(load):
    assert load() is load()
    with pytest.raises(ValueError, match="read-only"):
        load().inputs[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        load().train_labels[0] = 1
    with pytest.raises(AttributeError):
        load().train_size = 1


LETTERS = {
    "name": "letters",
    "inputs": np.eye(3),
    "labels": np.array([0, 1, 1]),
    "class_names": ("a", "b"),
    "feature_names": ("x", "y", "z"),
    "train_size": 2,
}


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("name", [None, 3, ""]),
        ("inputs", [None, "abc", np.eye(2), np.eye(3)[0], np.full((3, 3), np.nan), [[1], [1, 2]]]),
        ("inputs", [np.eye(3) * 1j, np.eye(3) > 0, np.full((3, 3), "1"), np.full((3, 3), np.inf)]),
        ("labels", [None, "abc", [0, 1, 2], [0, 1, -1], [0.0, 1.0, 1.0], [0.5, 1.0, 1.0], 1, []]),
        ("labels", [[[0], [1], [1]], ["0", "1", "1"], [False, True, True], [0, [1]]]),
        ("class_names", [None, "ab", (), (0, 1), {"a", "b"}]),
        ("feature_names", [None, "xyz", (), (1, 2, 3)]),
        ("train_size", [None, 0, -1, 3, 2.0, "2", True, [2]]),
    ],
)
def test_a_dataset_that_does_not_agree_with_itself_is_refused(argument, values):
    for value in values:
        with pytest.raises(ValueError, match=rf"^Argument `{argument}` must .*Received: "):
            data.Dataset(**{**LETTERS, argument: value})
    with pytest.raises(ValueError, match=r"`inputs` must have shape \(2, 3\).*Received: \(3, 3\)"):
        data.Dataset(**{**LETTERS, "labels": [0, 1]})


def test_a_dataset_leaves_the_arrays_that_it_is_made_of_alone():
    inputs, labels = np.eye(3), np.array([0, 1, 1])
    made = data.Dataset(**{**LETTERS, "inputs": inputs, "labels": labels})
    view = inputs.view()
    view.setflags(write=False)
    of_view = data.Dataset(**{**LETTERS, "inputs": view})
    inputs[0, 0], labels[0] = 5.0, 1
    assert made.inputs[0, 0] == of_view.inputs[0, 0] == 1.0
    assert made.labels[0] == 0
    assert not (made.inputs.flags.writeable or made.labels.flags.writeable)
    # Without a copy of what nobody can change.
    assert replace(made, labels=[1, 1, 0]).inputs is made.inputs
    assert data.Dataset(**{**LETTERS, "inputs": [[1, 0, 0]] * 3}).inputs.dtype == float


def test_whole_copy_loads(load, copied_folder):
    assert np.array_equal(load.__wrapped__().inputs, load().inputs)


def test_missing_file_says_how_to_restore_it(load, copied_folder):
    path = copied_folder / f"{load.__name__}.npz"
    path.unlink()
    with pytest.raises(FileNotFoundError) as error:
        load.__wrapped__()
    assert f"{path} is missing" in str(error.value)
    assert f"tools/make_{load.__name__}.py" in str(error.value)


def test_damaged_file_says_how_to_restore_it(load, copied_folder):
    path = copied_folder / f"{load.__name__}.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is damaged") as error:
        load.__wrapped__()
    assert str(path) in str(error.value)
    assert data.SHA256[load.__name__] in str(error.value)
    assert f"tools/make_{load.__name__}.py" in str(error.value)


def test_licence_stands_beside_each_file(load):
    licence = (data.FOLDER / f"LICENSE-{load.__name__}.txt").read_text(encoding="utf-8")
    assert licence.startswith(f"{load.__name__}.npz")


def test_error_names_the_script_that_exists(load):
    script = data.FOLDER.parents[1] / "tools" / f"make_{load.__name__}.py"
    assert f"{load.__name__}.npz" in script.read_text(encoding="utf-8")
