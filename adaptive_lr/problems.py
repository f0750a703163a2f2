r"""Functions to descend: each with its loss, its gradient, where to start and where it is lowest.

All are vectorised over any number of runs, and what they return has the precision of the point they
are given. Where an iterate has gone to infinity, so do loss and gradient;
:func:`adaptive_lr.run` keeps that quiet.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from adaptive_lr.checks import REAL, TRUE_OR_FALSE, WHOLE, numbers, real_array, require


@dataclass(frozen=True, eq=False)
class Problem:
    r"""A loss, its gradient, and what a figure or a run needs to know of it.

    Parameters
    ----------
    name : str
        Name of the problem.
    loss_function : callable
        Maps an array of shape (\*runs, d) to the losses, shape (\*runs,).
    gradient_function : callable
        Maps an array of shape (\*runs, d) to the gradients, shape (\*runs, d).
    domain : tuple of (float, float)
        The part of each axis that is worth showing: d pairs (low, high).
    start : array_like, shape (d,)
        A good place to start from.
    minima : array_like, shape (n, d)
        The global minima, at least one.
    noise : float, default 0.0
        Standard deviation of the noise that a run adds to each coordinate of the gradient.
    runs : tuple of int, default ()
        The run axes that the problem's own parameters ask for. Where they are arrays, as in
        ``ravine(rotation=[[0], [45], [90]])``, whose runs are (3,), loss and gradient are those of
        several problems at once: their run axes are those of x, broadcast against these.
    independent : bool, default False
        Whether loss and gradient treat every point by itself, whatever stands beside it and however
        often they are called. Then the points of a run may be looked at in any arrangement and
        number. Not so, for example, where the gradient draws random numbers. If you replace the
        functions of a problem, the old answer stands until you replace it too.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or the shapes do not agree.

    Examples
    --------
    >>> problem = quadratic([1.0, 4.0])
    >>> float(problem.loss([2.0, 1.0]))
    4.0
    >>> problem.gradient([[2.0, 1.0], [0.0, 0.5]]).tolist()
    [[2.0, 4.0], [0.0, 2.0]]
    """

    name: str
    loss_function: Callable
    gradient_function: Callable
    domain: tuple
    start: np.ndarray
    minima: np.ndarray
    noise: float = 0.0
    runs: tuple = ()
    independent: bool = False

    def __post_init__(self):
        require(isinstance(self.name, str) and self.name, "name", "be text", self.name)
        for name in ("loss_function", "gradient_function"):
            function = getattr(self, name)
            require(callable(function), name, "be a function of x", function)
        object.__setattr__(self, "domain", _domain(self.domain))
        d = len(self.domain)
        start = np.asarray(numbers("start", self.start, "be finite numbers", np.isfinite))
        minima = np.asarray(numbers("minima", self.minima, "be finite numbers", np.isfinite))
        fit = minima.ndim == 2 and minima.shape[1] == d
        require(start.shape == (d,), "start", f"have shape ({d},)", start.shape)
        require(fit, "minima", f"have shape (n, {d})", minima.shape)
        rule = "be a finite number of at least 0"
        noise = numbers("noise", self.noise, rule, lambda noise: np.isfinite(noise) & (noise >= 0))
        require(isinstance(noise, float), "noise", rule, self.noise)
        rule = "be True or False"
        independent = numbers("independent", self.independent, rule, np.isfinite, TRUE_OR_FALSE)
        require(isinstance(independent, bool), "independent", rule, self.independent)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "minima", minima)
        object.__setattr__(self, "noise", noise)
        object.__setattr__(self, "runs", _runs(self.runs))
        object.__setattr__(self, "independent", independent)

    def loss(self, x):
        r"""Return the loss at x.

        Parameters
        ----------
        x : array_like, shape (\*runs, d)
            The parameters.

        Returns
        -------
        ndarray, shape (\*runs,)
            The losses, in the precision of x; whole numbers and lists count as float64.

        Raises
        ------
        ValueError
            If x is not of real numbers, the last axis of x does not have length d, its run axes do
            not broadcast against those of the problem, or ``loss_function`` returns another shape.

        Examples
        --------
        >>> float(himmelblau().loss([3.0, 2.0]))
        0.0
        """
        return self._values("loss_function", x, axes=())

    def gradient(self, x):
        r"""Return the gradient of the loss at x, without noise.

        Parameters
        ----------
        x : array_like, shape (\*runs, d)
            The parameters.

        Returns
        -------
        ndarray, shape (\*runs, d)
            The gradients, in the precision of x; whole numbers and lists count as float64.

        Raises
        ------
        ValueError
            If x is not of real numbers, the last axis of x does not have length d, its run axes do
            not broadcast against those of the problem, or ``gradient_function`` returns another
            shape.

        Examples
        --------
        >>> ravine().gradient([-5.0, -2.0]).tolist()
        [-1.0, -8.0]
        """
        return self._values("gradient_function", x, axes=(len(self.domain),))

    def _values(self, argument, x, axes):
        """Return what a function makes of x: a new array of shape (*runs, *axes)."""
        x = self._checked(x)
        shape = (*self._runs_at(x), *axes)
        arranged, expected = x, shape
        if not self.runs and x.ndim > 1 and len(self.domain) in (x.shape[0], x.shape[-2]):
            # Of as many runs as parameters, a function of one point would take the runs for the
            # parameters and return the right shape. With an axis on either side it cannot.
            arranged = x[np.newaxis, ..., np.newaxis, :]
            expected = (1, *x.shape[:-1], 1, *axes)
        try:
            array = np.asarray(getattr(self, argument)(arranged))
        except (IndexError, TypeError, ValueError) as error:
            fault, received = error, repr(error)
        else:
            if array.shape == expected and array.dtype.kind in REAL:
                values = np.array(array, dtype=x.dtype).reshape(shape)
                return values if values.ndim else values[()]
            fault, received = None, f"an array of {array.dtype} of shape {array.shape}"
        raise ValueError(
            f"Argument `{argument}` must map x of shape {arranged.shape} to real numbers of shape "
            f"{expected}, and leave x as it is. Received: {received}."
        ) from fault

    def _checked(self, x):
        """Return x as an array of floats that cannot be changed."""
        array = real_array("x", x).view()
        d = len(self.domain)
        if array.shape[-1:] != (d,):
            require(False, "x", f"have shape (*runs, {d})", array.shape)
        array.setflags(write=False)
        return array

    def _runs_at(self, x):
        if not self.runs:
            return x.shape[:-1]
        try:
            return np.broadcast_shapes(x.shape[:-1], self.runs)
        except ValueError:
            raise ValueError(
                f"Argument `x` must have run axes that broadcast against {self.runs}, those of the "
                f"problem. Received: an array of shape {x.shape}."
            ) from None


def ravine(condition_number=20.0, rotation=0.0):
    r"""Make the running problem of the book: a valley, steep across and nearly flat along.

    .. math:: f(x) = 2 \left( \frac{u_1^2}{\kappa} + u_2^2 \right),
        \qquad u_1 = x_1 \cos\varphi + x_2 \sin\varphi,
        \quad u_2 = -x_1 \sin\varphi + x_2 \cos\varphi

    At the defaults this is :math:`0.1\,x_1^2 + 2\,x_2^2`: slow to the side, fast up and down. The
    larger curvature is 4 whatever the condition number, so that gradient descent is stable below
    a learning rate of 2/4 in every ravine.

    Parameters
    ----------
    condition_number : float or array_like, default 20.0
        The larger curvature over the smaller, :math:`\kappa \ge 1`. An array broadcasts against x,
        as the hyper-parameters do: its last axis has length 1, those before it are run axes.
    rotation : float or array_like, default 0.0
        Angle :math:`\varphi` by which the valley is turned, in degrees, counter-clockwise. An array
        as above.

    Returns
    -------
    Problem
        The ravine, with its minimum at the origin.

    Raises
    ------
    ValueError
        If a condition number is below 1, a value is not finite, an array's last axis is longer
        than 1, or the two arrays do not broadcast.

    Examples
    --------
    >>> float(ravine().loss([1.0, 1.0]))
    2.1
    >>> turned = ravine(condition_number=100, rotation=[[0], [45], [90]])
    >>> turned.loss([1.0, 1.0]).round(2).tolist()
    [2.02, 0.04, 2.02]

    References
    ----------
    Zhang, Lipton, Li, Smola: Dive into Deep Learning, chapter 12, for the function at its defaults.
    """
    condition_number = _run_numbers(
        "condition_number", condition_number, "be finite and at least 1", lambda kappa: kappa >= 1
    )
    rotation = _run_numbers("rotation", rotation, "be finite", np.isfinite)
    shapes = np.shape(condition_number), np.shape(rotation)
    try:
        runs = np.broadcast_shapes(*shapes)[:-1]
    except ValueError:
        raise ValueError(
            f"Argument `rotation` must broadcast against condition_number, whose shape is "
            f"{shapes[0]}. Received: an array of shape {shapes[1]}."
        ) from None
    angle = np.radians(rotation)
    cos, sin = np.cos(angle), np.sin(angle)

    def along_and_across(x):
        x1, x2 = x[..., :1], x[..., 1:]
        return cos * x1 + sin * x2, cos * x2 - sin * x1

    def loss(x):
        along, across = along_and_across(x)
        return 2 * (along**2 / condition_number + across**2)[..., 0]

    def gradient(x):
        along, across = along_and_across(x)
        slope_along, slope_across = 4 * along / condition_number, 4 * across
        slope1 = cos * slope_along - sin * slope_across
        slope2 = sin * slope_along + cos * slope_across
        return np.concatenate([slope1, slope2], axis=-1)

    # A turned valley runs from corner to corner and needs the height.
    domain = ((-6, 4), (-5, 5)) if angle.any() else ((-6, 4), (-3, 3))
    return _independent("ravine", loss, gradient, domain, [-5, -2], [[0, 0]], runs=runs)


def quadratic(curvatures=(1.0, 4.0)):
    r"""Make a bowl along the axes, in any number of dimensions.

    .. math:: f(x) = \frac12 \sum_i \lambda_i x_i^2

    Parameters
    ----------
    curvatures : array_like, shape (d,), default (1.0, 4.0)
        The curvatures :math:`\lambda_i`, all above 0.

    Returns
    -------
    Problem
        The bowl, with its minimum at the origin.

    Raises
    ------
    ValueError
        If the curvatures are not a vector of finite numbers above 0.

    Examples
    --------
    >>> float(quadratic([1.0, 2.0, 3.0]).loss([1.0, 1.0, 1.0]))
    3.0
    """
    return _bowl("quadratic", curvatures, noise=0.0)


def noisy_quadratic(curvatures=(1.0, 4.0), noise=1.0):
    r"""Make a bowl whose gradient is seen through noise, as a mini-batch shows it.

    The loss is that of :func:`quadratic`; a run adds independent normal noise to the gradient.

    Parameters
    ----------
    curvatures : array_like, shape (d,), default (1.0, 4.0)
        The curvatures, all above 0.
    noise : float, default 1.0
        Standard deviation of the noise in each coordinate of the gradient.

    Returns
    -------
    Problem
        The bowl, with its minimum at the origin.

    Raises
    ------
    ValueError
        If the curvatures are not a vector of finite numbers above 0, or the noise is not finite and
        at least 0.

    Examples
    --------
    >>> noisy_quadratic(noise=0.5).noise
    0.5

    References
    ----------
    Zhang et al. 2019, Which Algorithmic Choices Matter at Which Batch Sizes? Insights From a Noisy
    Quadratic Model, NeurIPS 32.
    """
    return _bowl("noisy_quadratic", curvatures, noise)


def rosenbrock():
    r"""Make Rosenbrock's banana: a bent, nearly flat valley.

    .. math:: f(x) = (1 - x_1)^2 + 100 \, (x_2 - x_1^2)^2

    Returns
    -------
    Problem
        The function, with its minimum at (1, 1).

    Examples
    --------
    >>> float(rosenbrock().loss([-1.0, 1.0]))
    4.0

    References
    ----------
    Rosenbrock 1960, An Automatic Method for Finding the Greatest or Least Value of a Function,
    The Computer Journal 3(3):175-184.
    """

    def loss(x):
        x1, x2 = _coordinates(x)
        return (1 - x1) ** 2 + 100 * (x2 - x1**2) ** 2

    def gradient(x):
        x1, x2 = _coordinates(x)
        beside = x2 - x1**2
        return np.stack([-2 * (1 - x1) - 400 * x1 * beside, 200 * beside], axis=-1)

    return _independent("rosenbrock", loss, gradient, ((-2, 2), (-1, 3)), [-1.2, 1], [[1, 1]])


def beale():
    r"""Make Beale's function: a flat floor between steep walls, with one minimum.

    .. math:: f(x) = \sum_{k=1}^{3} \left( c_k - x_1 (1 - x_2^k) \right)^2,
        \qquad c = (1.5,\ 2.25,\ 2.625)

    Returns
    -------
    Problem
        The function, with its minimum at (3, 0.5).

    Examples
    --------
    >>> float(beale().loss([3.0, 0.5]))
    0.0

    References
    ----------
    Beale 1958, On an Iterative Method for Finding a Local Minimum of a Function of More than One
    Variable, Technical Report 25, Princeton University.
    """
    k = np.array([1, 2, 3])
    c = np.array([1.5, 2.25, 2.625])

    def loss(x):
        x1, x2 = x[..., :1], x[..., 1:]
        return np.sum((c - x1 * (1 - x2**k)) ** 2, axis=-1)

    def gradient(x):
        x1, x2 = x[..., :1], x[..., 1:]
        residual = c - x1 * (1 - x2**k)
        slope1 = np.sum(-2 * residual * (1 - x2**k), axis=-1)
        slope2 = np.sum(2 * residual * x1 * k * x2 ** (k - 1), axis=-1)
        return np.stack([slope1, slope2], axis=-1)

    return _independent("beale", loss, gradient, ((-1, 4.5), (-2, 2)), [1, 1], [[3, 0.5]])


def himmelblau():
    r"""Make Himmelblau's function: four minima of the same depth.

    .. math:: f(x) = (x_1^2 + x_2 - 11)^2 + (x_1 + x_2^2 - 7)^2

    Returns
    -------
    Problem
        The function, with its four minima.

    Examples
    --------
    >>> himmelblau().minima.shape
    (4, 2)

    References
    ----------
    Himmelblau 1972, Applied Nonlinear Programming, McGraw-Hill.
    """

    def loss(x):
        x1, x2 = _coordinates(x)
        return (x1**2 + x2 - 11) ** 2 + (x1 + x2**2 - 7) ** 2

    def gradient(x):
        x1, x2 = _coordinates(x)
        first, second = x1**2 + x2 - 11, x1 + x2**2 - 7
        return np.stack([4 * x1 * first + 2 * second, 2 * first + 4 * x2 * second], axis=-1)

    minima = [
        [3.0, 2.0],
        [-2.805118086952745, 3.131312518250573],
        [-3.779310253377747, -3.283185991286170],
        [3.584428340330492, -1.848126526964404],
    ]
    return _independent("himmelblau", loss, gradient, ((-5, 5), (-5, 5)), [0, 0], minima)


def saddle():
    r"""Make a pass between two valleys: at the origin the slope is zero, but nothing is lowest.

    .. math:: f(x) = \frac12 x_1^2 + \frac14 (x_2^2 - 1)^2

    The start lies almost on the ridge, so that a run goes to the pass first and must leave it.

    Returns
    -------
    Problem
        The function, with its minima at (0, -1) and (0, 1) and its saddle point at (0, 0).

    Examples
    --------
    >>> float(abs(saddle().gradient([0.0, 0.0])).max())
    0.0
    >>> float(saddle().loss([0.0, 0.0]))
    0.25
    """

    def loss(x):
        x1, x2 = _coordinates(x)
        return x1**2 / 2 + (x2**2 - 1) ** 2 / 4

    def gradient(x):
        x1, x2 = _coordinates(x)
        return np.stack([x1, x2 * (x2**2 - 1)], axis=-1)

    return _independent(
        "saddle", loss, gradient, ((-2, 2), (-1.6, 1.6)), [-1.8, 0.01], [[0, -1], [0, 1]]
    )


def plateau():
    r"""Make a plain with a hole in it: far from the hole the gradient all but vanishes.

    .. math:: f(x) = 1 - \exp\left( -\frac{x_1^2 + x_2^2}{2} \right)

    At the start the gradient has length 0.005.

    Returns
    -------
    Problem
        The function, with its minimum at the origin.

    Examples
    --------
    >>> problem = plateau()
    >>> problem.gradient(problem.start).round(4).tolist()
    [-0.0045, 0.003]
    """

    def height_below_plain(x):
        return np.exp(-np.sum(x**2, axis=-1) / 2)

    def loss(x):
        return 1 - height_below_plain(x)

    def gradient(x):
        return x * height_below_plain(x)[..., np.newaxis]

    return _independent("plateau", loss, gradient, ((-5, 5), (-3.5, 3.5)), [-3, 2], [[0, 0]])


def rastrigin():
    r"""Make Rastrigin's egg box: a bowl with a local minimum near every pair of whole numbers.

    .. math:: f(x) = 20 + \sum_{i=1}^{2} \left( x_i^2 - 10 \cos 2 \pi x_i \right)

    Returns
    -------
    Problem
        The function, with its global minimum at the origin.

    Examples
    --------
    >>> float(rastrigin().loss([0.0, 0.0]))
    0.0

    References
    ----------
    Rastrigin 1974, Systems of Extremal Control, Nauka (in Russian).
    """

    def loss(x):
        return np.sum(x**2 - 10 * np.cos(2 * np.pi * x) + 10, axis=-1)

    def gradient(x):
        return 2 * x + 20 * np.pi * np.sin(2 * np.pi * x)

    return _independent(
        "rastrigin", loss, gradient, ((-2.5, 2.5), (-2.5, 2.5)), [-1.6, 1.3], [[0, 0]]
    )


PROBLEMS = {
    factory.__name__: factory
    for factory in (
        ravine,
        quadratic,
        noisy_quadratic,
        rosenbrock,
        beale,
        himmelblau,
        saddle,
        plateau,
        rastrigin,
    )
}
"""Every problem's factory by its name; each can be called without arguments."""


def _bowl(name, curvatures, noise):
    rule = "be a vector of finite numbers above 0"
    received = curvatures
    curvatures = numbers("curvatures", curvatures, rule, lambda c: np.isfinite(c) & (c > 0))
    require(np.ndim(curvatures) == 1, "curvatures", rule, received)
    d = len(curvatures)

    def loss(x):
        return np.sum(curvatures * x**2, axis=-1) / 2

    def gradient(x):
        return curvatures * x

    start, minima = np.full(d, 2.0), np.zeros((1, d))
    return _independent(name, loss, gradient, ((-3, 3),) * d, start, minima, noise=noise)


def _coordinates(x):
    return x[..., 0], x[..., 1]


def _independent(*arguments, **options):
    return Problem(*arguments, **options, independent=True)


def _domain(value):
    rule = "be pairs (low, high) of finite numbers, low below high, one for each parameter"
    pairs = numbers("domain", value, rule, np.isfinite)
    require(np.ndim(pairs) == 2 and pairs.shape[1] == 2, "domain", rule, value)
    require(np.all(pairs[:, 0] < pairs[:, 1]), "domain", rule, value)
    return tuple(map(tuple, pairs.tolist()))


def _runs(value):
    rule = "be a tuple of whole numbers of at least 1"
    require(isinstance(value, tuple), "runs", rule, value)
    if not value:
        return value
    lengths = numbers("runs", value, rule, lambda lengths: lengths >= 1, WHOLE)
    require(np.ndim(lengths) == 1, "runs", rule, value)
    return tuple(lengths.tolist())


def _run_numbers(argument, value, rule, holds):
    array = numbers(argument, value, rule, lambda array: np.isfinite(array) & holds(array))
    shape = np.shape(array)
    require(shape[-1:] in ((), (1,)), argument, "be a number or have shape (*runs, 1)", shape)
    return array
