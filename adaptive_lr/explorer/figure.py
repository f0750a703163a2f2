"""The figure of an explorer in the browser: all positions in, one position drawn."""

from pathlib import Path

import anywidget
import ipywidgets
import traitlets

HERE = Path(__file__).parent


class ExplorerFigure(anywidget.AnyWidget):
    """A widget that draws one position of what it holds, and computes nothing.

    Each axis has a trait of its own, ``<name>_index``, to which a control can be linked without a
    kernel; ``step_index`` says up to where the curves are drawn. What ``marked`` names stands out:
    the title of a panel, or the label of a method or a curve.

    Parameters
    ----------
    data : bytes
        Everything it can draw, as :class:`~adaptive_lr.explorer.packing.Packing` makes it.
    **position : int
        Where each axis and the step stand at first, by the name of the trait.
    """

    _esm = (HERE / "figure.js").read_text(encoding="utf-8")
    _css = (HERE / "figure.css").read_text(encoding="utf-8")
    data = traitlets.Bytes().tag(sync=True)
    marked = traitlets.Unicode("").tag(sync=True)

    def __init__(self, data, **position):
        self.add_traits(**{name: traitlets.Int().tag(sync=True) for name in position})
        super().__init__(data=data, layout=ipywidgets.Layout(width="100%"), **position)
