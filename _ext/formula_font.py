"""The font of the formulas: of a font for mathematics, what the book's formulas need.

A few measures are set as browsers need them; each function says which and why.
"""

import re
import unicodedata
from copy import deepcopy
from functools import cache
from pathlib import Path

from fontTools.misc.transform import Transform
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.otTables import MathGlyphVariantRecord

SOURCE = (
    Path(__file__).parent.parent
    / "_assets/@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2"
)
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
UNSEEN = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)
VARIABLE = re.compile(r"<mi>(.)</mi>")
ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
ROOT, PRIME = 0x221A, 0x2032
SMALL_ROOT = 0.72  # of the height of the font's smallest
# Blocks that hold slanted letters, and the letter that Unicode has elsewhere.
SLANTED = (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E)


@cache
def slanted() -> dict[str, int]:
    """Return the code point of each letter's mathematical italic, in which a browser sets it."""
    upright = {code: unicodedata.decomposition(chr(code)).split()[-1:] for code in SLANTED}
    return {chr(int(of[0], 16)): code for code, of in upright.items() if of}


def characters(page: str) -> set[int]:
    """Return the code points that a page's formulas are set in."""
    found = {ROOT} if "<msqrt" in page else set()
    for formula in FORMULA.findall(page):
        text = UNSEEN.sub("", formula)
        for entity, sign in ENTITIES.items():
            text = text.replace(entity, sign)
        found |= set(map(ord, text))
        found |= {slanted().get(letter, ord(letter)) for letter in VARIABLE.findall(formula)}
    return found


def redraw(font: TTFont, name: str, change: Transform, width: int) -> None:
    """Move the outline of a glyph and set its width."""
    pen = TTGlyphPen(None)
    font.getGlyphSet()[name].draw(TransformPen(pen, change))
    glyph = font["glyf"][name] = pen.glyph()
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))


def narrow_roots(font: TTFont) -> None:
    """Make all forms of the root sign as wide as the smallest.

    Chromium keeps room for the widest form of every root, so that a gap would follow it.
    """
    variants = font["MATH"].table.MathVariants
    name = font.getBestCmap()[ROOT]
    forms = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(name)]
    width = font["hmtx"][name][0]
    taller = {record.VariantGlyph for record in forms.MathGlyphVariantRecord}
    taller |= {part.glyph for part in forms.GlyphAssembly.PartRecords}
    for form in sorted(taller - {name}):
        redraw(font, form, Transform(width / font["hmtx"][form][0], 0, 0, 1, 0, 0), width)


def lower_roots(font: TTFont) -> None:
    """Begin the forms of the root sign with one for small letters.

    A browser lays the bar close to what stands below it. Over a letter, the font's smallest form
    would hang far below the line.
    """
    variants = font["MATH"].table.MathVariants
    name = font.getBestCmap()[ROOT]
    forms = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(name)]
    whole = font["glyf"][name]
    width = font["hmtx"][name][0]
    larger = forms.MathGlyphVariantRecord[0]
    larger.VariantGlyph = "root.larger"
    font.setGlyphOrder([*font.getGlyphOrder(), "root.larger"])
    font["glyf"]["root.larger"] = deepcopy(whole)
    font["hmtx"]["root.larger"] = font["hmtx"][name]
    small = MathGlyphVariantRecord()
    small.VariantGlyph = name
    small.AdvanceMeasurement = round(SMALL_ROOT * larger.AdvanceMeasurement)
    forms.MathGlyphVariantRecord.insert(0, small)
    forms.VariantCount = len(forms.MathGlyphVariantRecord)
    redraw(font, name, Transform(1, 0, 0, SMALL_ROOT, 0, 0), width)


def enlarge_prime(font: TTFont) -> None:
    """Draw the prime as large as superscripts want it: browsers take no other form of it."""
    name = font.getBestCmap()[PRIME]
    glyph = font["glyf"][name]
    factor = 1.75
    change = Transform(factor, 0, 0, factor, 15 - factor * glyph.xMin, 20 - factor * glyph.yMin)
    redraw(font, name, change, round(factor * (glyph.xMax - glyph.xMin)) + 45)


def raise_indices(font: TTFont) -> None:
    """Let the index of a letter that goes below the line stand little lower than of any other.

    TeX tells letters from larger things here; a browser does not.
    """
    font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = 0


def write(needed: set[int], target: Path) -> None:
    """Write the font that holds these characters, unless it stands there already."""
    if target.exists() and needed <= set(TTFont(target).getBestCmap()):
        return
    font = TTFont(SOURCE)
    lacking = {code for code in needed - set(font.getBestCmap()) if not chr(code).isspace()}
    if lacking:
        names = ", ".join(f"{chr(code)} (U+{code:04X})" for code in sorted(lacking))
        raise ValueError(f"{SOURCE.name} lacks what a formula needs: {names}.")
    for table in ("GDEF", "GPOS", "GSUB"):  # nothing of them serves formulas
        del font[table]
    subsetter = Subsetter(Options(hinting=False))
    subsetter.populate(unicodes=needed)
    subsetter.subset(font)
    if ROOT in needed:
        narrow_roots(font)
        lower_roots(font)
    if PRIME in needed:
        enlarge_prime(font)
    raise_indices(font)
    font.flavor = "woff2"
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)
