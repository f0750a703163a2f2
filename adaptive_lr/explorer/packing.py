"""Packing the curves of all slider positions into a few hundred kilobytes.

What is drawn needs no more than half a pixel, and what is read no more than two digits. So values
are rounded to a few thousand levels, the steps of a curve are stored as second differences, which
are small where a curve is smooth, and all is deflated.
"""

import json
import zlib

import numpy as np

from adaptive_lr.checks import count, numbers, real_array, require

# Codes are 16 bits wide, and one stands for what is missing.
MOST_LEVELS = 2**16 - 2


class Packing:
    """Arrays on their way to the browser.

    Examples
    --------
    >>> packing = Packing()
    >>> packing.add([[1.0, 0.5, np.nan]], low=0.0, high=1.0, levels=2000)["shape"]
    [1, 3]
    >>> packing.data({"title": "one curve"})[:1]
    b'x'
    """

    def __init__(self):
        self.chunks = []
        self.length = 0

    def add(self, values, *, low, high, levels, log=False):
        """Round an array to levels, keep it, and return where it is and how to read it.

        Parameters
        ----------
        values : array_like, shape (..., steps)
            The values. What is outside low and high becomes the nearer of both; nan stays missing.
        low, high : float
            The least and the greatest value that can be told apart, rising, and above 0 if ``log``.
        levels : int
            Number of steps between low and high, from 1 to 65534.
        log : bool, default False
            Whether the levels are evenly spaced in the logarithm.

        Returns
        -------
        dict
            ``offset`` and ``shape`` of the codes, and ``low``, ``high``, ``levels`` and ``log``.

        Raises
        ------
        ValueError
            If an argument breaks its rule.
        """
        values = real_array("values", values)
        require(values.size > 0 and values.ndim > 0, "values", "hold an axis of steps", values)
        require(isinstance(log, bool | np.bool_), "log", "be True or False", log)
        low, high = (_end(name, end, log) for name, end in (("low", low), ("high", high)))
        levels = count("levels", levels)
        require(levels <= MOST_LEVELS, "levels", f"be at most {MOST_LEVELS}", levels)
        with np.errstate(divide="ignore", over="ignore"):
            scaled = np.log(np.maximum(values, 0)) if log else values
            ends = np.log([low, high]) if log else np.array([low, high])
            told_apart = 0 < ends[1] - ends[0] < np.inf
        require(told_apart, "high", f"be above low, {low!r}, and not infinitely far", high)
        share = (np.clip(scaled, *ends) - ends[0]) / (ends[1] - ends[0])
        missing = np.isnan(values)
        # Code 0 is for what is missing.
        codes = np.where(missing, 0, 1 + np.rint(np.where(missing, 0, share) * levels))
        start = np.zeros((*codes.shape[:-1], 2), dtype=np.uint16)
        curvature = np.diff(codes.astype(np.uint16), n=2, axis=-1, prepend=start).astype(np.int16)
        folded = ((curvature << 1) ^ (curvature >> 15)).astype("<u2")
        place = {"offset": self.length, "shape": list(values.shape)}
        self.chunks.append(folded.ravel().view(np.uint8).reshape(-1, 2).T.tobytes())
        self.length += folded.size * 2
        return {**place, "low": low, "high": high, "levels": levels, "log": bool(log)}

    def data(self, header):
        """Return all arrays behind a header, deflated.

        Parameters
        ----------
        header : dict
            What the browser needs to know besides, in the terms of JSON.

        Returns
        -------
        bytes
            Deflated: the length of the header as four bytes, the header, the codes.

        Raises
        ------
        ValueError
            If JSON has no words for the header: nan, say, or an array.
        """
        try:
            text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
        except (TypeError, ValueError) as error:
            require(False, "header", f"hold what JSON can say ({error})", header)
        return zlib.compress(len(text).to_bytes(4, "little") + text + b"".join(self.chunks), 9)


def _end(name, value, log):
    rule = "be one finite number" + (" above 0" if log else "")
    end = numbers(name, value, rule, lambda a: np.isfinite(a) & ((a > 0) | (not log)))
    require(isinstance(end, float), name, rule, value)
    return end
