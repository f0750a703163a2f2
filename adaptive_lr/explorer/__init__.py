"""Explorers: figures under sliders that need no kernel.

All positions of all sliders are computed before the first is moved, and drawn in the browser.
"""

from adaptive_lr.explorer.explorers import Explorer, explore
from adaptive_lr.explorer.panels import Bars, Curves, Map, Path

__all__ = ["Bars", "Curves", "Explorer", "Map", "Path", "explore"]
