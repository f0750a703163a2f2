r"""The figures of the book: each a function of an axes and data, in one style.

Every function draws on the axes it is given and returns the artists it made. Curves come as a dict
from labels to arrays, and the label decides the look: a method has its colour and marker from
:data:`~adaptive_lr.methods.METHODS` in the whole book, numbers run along a colour ramp in their
order, and anything else takes the next colour of the style. Values that are not finite are not
drawn.
"""

from adaptive_lr.methods import METHODS
from adaptive_lr.plots.arguments import LARGEST_DRAWN
from adaptive_lr.plots.bars import cache_bars
from adaptive_lr.plots.curves import (
    MARKERS_PER_LINE,
    Curve,
    effective_learning_rates,
    loss_curves,
    schedule_curves,
)
from adaptive_lr.plots.family import family_height, family_tree
from adaptive_lr.plots.labels import label_lines, spread
from adaptive_lr.plots.landscapes import (
    LAND,
    LONGEST_DOTTED_PATH,
    Contours,
    Trajectory,
    contours,
    trajectories,
    trajectory,
)
from adaptive_lr.plots.style import (
    LINE_STYLES,
    STYLE,
    figure,
    figure_format,
    line_styles,
    method_style,
    ramp,
    use_style,
)
from adaptive_lr.plots.sweeps import HeatMap, Sensitivity, heat_map, sensitivity

# The page of the package lists them in this order.
__all__ = [  # noqa: RUF022
    # Style.
    "use_style",
    "figure",
    "figure_format",
    "ramp",
    "method_style",
    "line_styles",
    # Landscapes.
    "Contours",
    "Trajectory",
    "contours",
    "trajectory",
    "trajectories",
    # Curves and bars over the steps.
    "Curve",
    "loss_curves",
    "effective_learning_rates",
    "schedule_curves",
    "cache_bars",
    # Sweeps.
    "Sensitivity",
    "HeatMap",
    "sensitivity",
    "heat_map",
    # Labels.
    "label_lines",
    "spread",
    # The family of methods.
    "family_height",
    "family_tree",
    # Constants, and the registry that the chapters take their colours from.
    "METHODS",
    "LAND",
    "LARGEST_DRAWN",
    "LINE_STYLES",
    "LONGEST_DOTTED_PATH",
    "MARKERS_PER_LINE",
    "STYLE",
]
