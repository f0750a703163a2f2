"""Matplotlib's vector graphics as the site serves them: without ballast, in light and in dark.

The dark form has the colours of a dark page. Its greys lie between that page's ground and text as
they lay between white and black, tints keep their hue, and the colours of lines and labels become
lighter until they stand out. Images and heat maps keep theirs, and with them what is drawn upon
them: they are read by a bar of the same colours.
"""

import hashlib
import re
from xml.etree import ElementTree

GROUND, TEXT = (0x12, 0x12, 0x12), (0xCE, 0xD6, 0xDD)  # the dark theme's
DARKEST_TEXT = 0x26  # the style's, in each channel
# Differences between the channels of a colour up to here are a tint, of a ground, not a colour.
LARGEST_TINT = 0x28
# What the explorers mix in, and what text needs.
WHITE_SHARE, CONTRAST = 0.3, 4.5
PIXELS_PER_POINT = 4 / 3

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)
COLOUR = re.compile(r"#([0-9a-f]{6})\b")
DECIMALS = re.compile(r"-?\d+\.\d{3,}")
MESH = re.compile(r"QuadMesh_\d+$")
PLACE = re.compile(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)")
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
# A part of the picture named by another: an outline, a window, a hatching.
NAMED = re.compile(r"(?<=^#)[\w-]+|(?<=url\(#)[\w-]+")
NAMING = (f"{{{XLINK}}}href", "clip-path", "style")


def _luminance(colour: tuple[int, ...]) -> float:
    """Return the relative luminance as WCAG defines it."""
    shares = [channel / 255 for channel in colour]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG defines it."""
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def dark_colour(colour: tuple[int, ...]) -> tuple[int, ...]:
    """Return what stands for a colour of a light figure on the dark page.

    Parameters
    ----------
    colour : tuple of int
        Red, green and blue, from 0 to 255.

    Returns
    -------
    tuple of int
        Red, green and blue.

    Examples
    --------
    >>> dark_colour((255, 255, 255)) == GROUND, dark_colour((0x26, 0x26, 0x26)) == TEXT
    (True, True)
    """
    if max(colour) - min(colour) <= LARGEST_TINT:
        grey = sum(colour) / 3
        share = min(1, (255 - grey) / (255 - DARKEST_TEXT))
        ends = zip(colour, GROUND, TEXT, strict=True)
        mixed = (ground + share * (text - ground) + each - grey for each, ground, text in ends)
        return tuple(round(min(255, max(0, channel))) for channel in mixed)
    share = WHITE_SHARE
    while True:
        lighter = tuple(round(channel + share * (255 - channel)) for channel in colour)
        if contrast(lighter, GROUND) >= CONTRAST:
            return lighter
        share += 0.02


def _dark_match(found: re.Match) -> str:
    return "#" + bytes(dark_colour(tuple(bytes.fromhex(found[1])))).hex()


def _darken(root: ElementTree.Element) -> None:
    root.set("fill", "#" + bytes(TEXT).hex())  # what names no colour is black
    _recolour(root)


def _recolour(element: ElementTree.Element) -> None:
    if "style" in element.attrib:
        element.set("style", COLOUR.sub(_dark_match, element.get("style")))
    parts = list(element)
    if element.get("id", "").startswith("axes_") and _has_map(element):
        kept = [part for part in parts if _lies_inside(part, _window(element))]
        for part in kept:
            part.set("fill", "#000000")
        parts = [part for part in parts if part not in kept]
    for part in parts:
        _recolour(part)


def _has_map(axes: ElementTree.Element) -> bool:
    return any(
        MESH.match(part.get("id", "")) or part.tag == f"{{{SVG}}}image" for part in axes.iter()
    )


def _window(axes: ElementTree.Element) -> list[float]:
    """Return left, right, top and bottom of what matplotlib draws first, the ground of the axes."""
    numbers = [float(number) for number in NUMBERS.findall(axes[0][0].get("d"))]
    x, y = numbers[::2], numbers[1::2]
    return [min(x), max(x), min(y), max(y)]


def _lies_inside(part: ElementTree.Element, window: list[float]) -> bool:
    """Tell whether a part of the axes is drawn upon their ground: ticks and titles are not."""
    name = part.get("id", "")
    if name.startswith("text_"):
        left, right, top, bottom = window
        place = next(filter(None, (PLACE.search(one.get("transform", "")) for one in part.iter())))
        x, y = map(float, place.groups())
        return left <= x <= right and top <= y <= bottom
    return not name.startswith("matplotlib.axis_")


def _shorten(element: ElementTree.Element, names: dict[str, str]) -> None:
    """Write numbers as exactly as can be seen, and names that no run of the code changes."""
    for key in ("d", "x", "y"):
        if key in element.attrib:
            value = DECIMALS.sub(lambda number: f"{float(number[0]):.2f}", element.get(key))
            element.set(key, " ".join(value.split()))
    if element.get("id") in names:
        element.set("id", names[element.get("id")])
    else:
        element.attrib.pop("id", None)
    for key in NAMING:
        if key in element.attrib:
            value = element.get(key)
            element.set(key, NAMED.sub(lambda name: names.get(name[0], name[0]), value))
    for child in element:
        _shorten(child, names)


def _written(root: ElementTree.Element) -> str:
    for element in root.iter():
        element.text = element.text and element.text.strip()
        element.tail = None
    named = [
        name
        for element in root.iter()
        for key in NAMING
        for name in NAMED.findall(element.get(key, ""))
    ]
    _shorten(root, {name: f"n{number}" for number, name in enumerate(dict.fromkeys(named))})
    return ElementTree.tostring(root, encoding="unicode")


def light_and_dark(source: str) -> tuple[str, str]:
    """Return both forms of a picture.

    Parameters
    ----------
    source : str
        A vector graphic by matplotlib.

    Returns
    -------
    tuple of str
        The light and the dark form.
    """
    forms = []
    for recolour in (lambda root: None, _darken):
        root = ElementTree.fromstring(source)
        for element in root.findall(f"{{{SVG}}}metadata"):
            root.remove(element)
        recolour(root)
        width, height = (f"{size:.0f}" for size in size_of(root))
        root.attrib |= {"width": width, "height": height}
        forms.append(_written(root))
    return tuple(forms)


def size_of(root: ElementTree.Element) -> tuple[float, float]:
    """Return the width and height of a picture in pixels of a page."""
    _, _, width, height = map(float, root.get("viewBox").split())
    return width * PIXELS_PER_POINT, height * PIXELS_PER_POINT


def name_of(picture: str) -> str:
    """Return a name that stays the same as long as the picture does."""
    return hashlib.sha256(picture.encode()).hexdigest()[:16]
