"""Draw the pictures that go with a page: the card shown for links to the book, and its icons.

Run from anywhere: ``python -m tools.site_pictures``. The icons are the book's ``favicon.svg``, for
browsers and telephones that take no vector graphics.
"""

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Outline
from PIL import Image

from adaptive_lr import run
from adaptive_lr.plots import contours, trajectories, use_style
from adaptive_lr.problems import ravine
from tools.readme_picture import OPTIMIZERS, STEPS

STATIC = Path(__file__).resolve().parents[1] / "_static"
TITLE = "How the Learning Rate Is Set"
SUBTITLE = "From schedules to Adagrad, RMSprop and Adam: a book that runs"


@use_style()
def draw_card():
    """Return the card, 1200 by 630 pixels: the title above five methods in a ravine."""
    fig = plt.figure(figsize=(12, 6.3), dpi=100, layout="none")
    fig.text(0.05, 0.865, TITLE, fontsize=40, fontweight="bold", va="center")
    fig.text(0.05, 0.765, SUBTITLE, fontsize=19.5, color="0.35", va="center")
    ax = fig.add_axes((0, 0, 1, 0.69))
    problem = ravine()
    contours(ax, problem)
    paths = {
        type(optimizer).__name__: run(problem, optimizer, problem.start, STEPS).x
        for optimizer in OPTIMIZERS
    }
    drawn = trajectories(ax, paths, legend=False)
    for path in drawn:
        path.line.set(linewidth=3, markersize=9)
        path.end.set_markersize(17)
        path.start.set_markersize(15)
    ax.set_aspect("auto")
    ax.set(xlim=(-5.6, 3.6), ylim=(-3, 2.4), xticks=[], yticks=[], xlabel="", ylabel="")
    ax.spines[:].set_visible(False)
    look = {"fontsize": 18, "ncols": 5, "columnspacing": 1.4, "handletextpad": 0.2}
    ax.legend([path.end for path in drawn], paths, loc="lower right", borderaxespad=0.4, **look)
    return fig


def draw_icon(pixels, ground=None, margin=0.0):
    """Return the shapes of ``favicon.svg``, which are one curve and circles, as a picture."""
    shapes = ElementTree.parse(STATIC / "favicon.svg").getroot()
    side = float(shapes.get("viewBox").split()[2])
    # Drawn large and made smaller, so that edges are smooth.
    scale = 8 * pixels / side / (1 + 2 * margin)
    fig = plt.figure(figsize=(8 * pixels / 72,) * 2, dpi=72, layout="none")
    fig.patch.set(facecolor=ground or "none")
    ax = fig.add_axes((0, 0, 1, 1))
    low, high = -margin * side, (1 + margin) * side
    ax.set(xlim=(low, high), ylim=(high, low))
    ax.axis("off")
    for shape in shapes:
        if shape.tag.endswith("path"):
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", shape.get("d"))]
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
            curve = Outline(points, [Outline.MOVETO] + [Outline.CURVE4] * 3)
            width = float(shape.get("stroke-width")) * scale
            look = {"edgecolor": shape.get("stroke"), "linewidth": width, "capstyle": "round"}
            ax.add_patch(PathPatch(curve, facecolor="none", **look))
        else:
            place = float(shape.get("cx")), float(shape.get("cy"))
            ax.add_patch(Circle(place, float(shape.get("r")), facecolor=shape.get("fill")))
    buffer = BytesIO()
    fig.savefig(buffer, facecolor=fig.get_facecolor())
    plt.close(fig)
    return Image.open(buffer).resize((pixels, pixels), Image.Resampling.LANCZOS)


def main():
    """Write the pictures."""
    buffer = BytesIO()
    draw_card().savefig(buffer)
    card = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    card.save(STATIC / "social-card.png", optimize=True)
    draw_icon(180, "white", 0.12).convert("RGB").save(
        STATIC / "apple-touch-icon.png", optimize=True
    )
    draw_icon(48).save(STATIC / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])


if __name__ == "__main__":
    main()
