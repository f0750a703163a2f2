"""A formula as a line of text: ``m̂ = m/(1 − β₁^t)``.

The MathML of a page's formulas knows their structure. A line of text has no place for it but signs
and brackets.
"""

from functools import cache
from xml.etree import ElementTree

from formulas import temml

LOWERED = str.maketrans("0123456789+−()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
RAISED = str.maketrans("0123456789+−()tkin", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵗᵏⁱⁿ")
ACCENTS = {"ˆ": "\u0302", "~": "\u0303", "‾": "\u0304", "˙": "\u0307"}
SPACED = set("=<>≤≥≪≫≠≈∼∝∈←→↦↔⇒+−×⋅⊙±∓:")
# What a minus stands behind where it is a sign, and not the sign of a difference.
OPENING = SPACED | set("([{|∥,;/√")
NO_ACCENTS = dict.fromkeys(map(ord, ACCENTS.values()))
INVISIBLE = "\u2061\u2062\u2063\u200b"


def bracketed(text: str) -> str:
    """Return a part of a formula in the brackets that keep it together in a line."""
    letters = text.translate(NO_ACCENTS).replace(".", "")
    has_its_own = text[:1] == "(" and text.find(")") == len(text) - 1
    return text if letters.isalnum() or len(letters) < 2 or has_its_own else f"({text})"


def script(text: str, sign: str, places: dict[int, int]) -> str:
    """Return an index or an exponent, small where there are such letters."""
    if text and all(ord(letter) in places for letter in text):
        return text.translate(places)
    return sign + bracketed(text) if text else ""


def row(parts: list[ElementTree.Element]) -> str:
    line, after_fraction = "", False
    for part in parts:
        text = inline(part)
        if part.tag.endswith("mo") and text in SPACED:
            is_sign = text in "+−±∓" and (not line.strip() or line.rstrip()[-1] in OPENING)
            line = line + text if is_sign else f"{line.rstrip()} {text} "
        elif part.tag.endswith("mo") and text in {",", ";"}:
            line = f"{line.rstrip()}{text} "
        elif after_fraction and text[:1] not in "),;.":
            line += f" {text}"
        else:
            line += text
        after_fraction = part.tag.endswith("mfrac")
    return line


def inline(node: ElementTree.Element) -> str:
    parts = list(node)
    match node.tag.rpartition("}")[2]:
        case "semantics":
            return inline(parts[0])
        case "mi" | "mn" | "mo" | "mtext" | "ms":
            text = (node.text or "").strip(INVISIBLE)
            # The name of a function keeps off its argument.
            return f" {text} " if node.tag.endswith("mi") and len(text) > 1 else text
        case "mspace":
            return " "
        case "mphantom" | "annotation":
            return ""
        case "msub" | "munder":
            return inline(parts[0]) + script(inline(parts[1]).strip(), "_", LOWERED)
        case "msup":
            return inline(parts[0]) + script(inline(parts[1]).strip(), "^", RAISED)
        case "msubsup" | "munderover":
            low, high = (inline(part).strip() for part in parts[1:3])
            line = inline(parts[0]) + script(low, "_", LOWERED) + script(high, "^", RAISED)
            return line if node.tag.endswith("msubsup") else f"{line} "
        case "mover":
            base, above = inline(parts[0]), inline(parts[1]).strip()
            return base + ACCENTS.get(above, "")
        case "mfrac":
            above, below = (bracketed(inline(part).strip()) for part in parts)
            return f"{above}/{below}"
        case "msqrt":
            return "√" + bracketed(row(parts).strip())
        case "mtable":
            return "; ".join(filter(None, (inline(part).strip() for part in parts)))
        case "mtr":
            return " ".join(inline(part) for part in parts)
        case _:
            return row(parts)


@cache
def linear(source: str) -> str:
    """Return a formula in TeX as a line of text."""
    options = {"displayMode": True, "throwOnError": False}
    markup = temml().call("temml.renderToString", source, options)
    return " ".join(inline(ElementTree.fromstring(markup)).split())
