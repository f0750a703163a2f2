"""What tests read off drawn figures."""


def texts(ax):
    return [text.get_text() for text in ax.texts]


def band_of(area, x):
    """Return lower and upper edge of a band at x."""
    vertices = area.get_paths()[0].vertices
    heights = [vertices[vertices[:, 0] == place, 1] for place in x]
    return [height.min() for height in heights], [height.max() for height in heights]
