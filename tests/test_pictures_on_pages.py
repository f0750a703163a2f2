"""Each figure of a page is there twice, for light and dark, with its size, and can be opened."""

import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from adaptive_lr import plots

ROOT = Path(__file__).parent.parent
FOREIGN = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>'
PAGE = """# Figures

```{figure} drawn.svg
:name: fig-drawn
:alt: A line that falls.

Its caption.
```

{numref}`fig-drawn` falls.

![Made elsewhere.](foreign.svg)

```{image} alone.svg
:name: alone
:alt: Without a caption.
```
"""


def draw(path, points):
    with plots.use_style():
        fig, ax = plots.figure()
        ax.plot(np.random.default_rng(0).normal(size=points), "o-")
        fig.savefig(path)
        plt.close(fig)


def build(folder, points):
    """Build a page with a figure of so many points; return its HTML, folder and warnings."""
    source, site = folder / "source", folder / "site"
    source.mkdir()
    (source / "index.md").write_text(PAGE, encoding="utf-8")
    (source / "foreign.svg").write_text(FOREIGN, encoding="utf-8")
    draw(source / "drawn.svg", points)
    draw(source / "alone.svg", 3)
    warnings = io.StringIO()
    options = {
        "extensions": ["myst_parser", "pictures"],
        "source_suffix": {".md": "markdown"},
        "numfig": True,
        "html_theme": "basic",
    }
    with pytest.MonkeyPatch.context() as patch, docutils_namespace():
        patch.syspath_prepend(str(ROOT / "_ext"))
        patch.setenv("BOOK_FIGURE_FORMAT", "svg")
        places = (source, None, site, folder / "trees", "html")
        Sphinx(*places, options, status=None, warning=warnings).build()
    return (site / "index.html").read_text(encoding="utf-8"), site, warnings.getvalue()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("page"), 30)


def test_the_build_has_nothing_to_complain_about(built):
    assert built[2] == ""


def test_a_figure_is_there_for_light_and_for_dark(built):
    page, site, _ = built
    found = re.findall(r'<a class="enlarge (\S+)" href="(\S+)"><img ([^>]*)></a>', page)
    assert [form for form, _, _ in found] == ["for-light", "for-dark"] * 2
    grounds = []
    for form, address, attributes in found[:2]:
        assert f'src="{address}"' in attributes
        assert f"dark-light {form}" in attributes
        assert 'alt="A line that falls."' in attributes
        assert 'width="624" height="384"' in attributes
        assert 'loading="lazy"' in attributes
        grounds.append(re.search(r"fill: (#\w+)", (site / address).read_text(encoding="utf-8"))[1])
    assert grounds == ["#ffffff", "#121212"]


def test_a_figure_has_one_name_and_one_caption(built):
    page, _, _ = built
    assert [page.count(f'id="{name}"') for name in ("fig-drawn", "alone")] == [1, 1]
    assert page.count("Its caption.") == 1
    assert page.count("Fig. 1") == 2


def test_a_picture_made_elsewhere_is_left_as_it_is(built):
    page, site, _ = built
    assert (site / "_images/foreign.svg").read_text(encoding="utf-8") == FOREIGN
    assert page.count("foreign.svg") == 1


def test_what_opens_a_figure_is_served(built):
    page, site, _ = built
    assert "_static/enlarge.js" in page
    assert (site / "_static/enlarge.js").is_file()


def test_a_figure_that_draws_too_much_is_named(tmp_path):
    _, _, complaints = build(tmp_path, 10_000)
    assert re.search(r"index.*WARNING: The picture weighs \d+ kB, more than 60", complaints)
