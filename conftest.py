"""What all tests need: figures without a window, and properties without a clock."""

import matplotlib
from hypothesis import settings

matplotlib.use("Agg")
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")
