"""Explorers: figures under sliders that need no kernel.

All positions of all sliders are computed before the first is moved, and drawn in the browser.
"""

from adaptive_lr.explorer.explorers import DescentExplorer, Explorer, explore
from adaptive_lr.explorer.panels import Bars, Curves, Map, Path

__all__ = ["Bars", "Curves", "DescentExplorer", "Explorer", "Map", "Path", "explore"]
