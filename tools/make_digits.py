"""Make adaptive_lr/data/digits.npz from the copy of the digits that scikit-learn carries.

    pip install -r requirements-data.txt
    python tools/make_digits.py

The rows are shuffled once, here, so that the first 1,400 can serve as the training set.
Running this again under the pinned versions (and Python 3.11) gives the same file bit for bit.
"""

import hashlib
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

FILE = Path(__file__).parents[1] / "adaptive_lr" / "data" / "digits.npz"


def main():
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    np.savez_compressed(
        FILE,
        pixels=digits.data[order].astype(np.uint8),
        labels=digits.target[order].astype(np.uint8),
        class_names=np.array([str(name) for name in digits.target_names]),
        feature_names=np.array(digits.feature_names),
    )
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")
    print(f"SHA-256, for adaptive_lr/data: {hashlib.sha256(FILE.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
