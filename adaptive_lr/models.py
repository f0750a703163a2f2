r"""The networks that the book trains, with back-propagation written out in NumPy.

A network keeps no parameters. All its weights and biases are one flat vector ``x``, as an
optimizer wants them, and every method takes that vector. ``x`` may have leading run axes,
``(*runs, size)``: then a thousand networks are computed in one call, each as if it were alone.
The dtype of ``x`` decides in which precision: float32 in, float32 out.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from adaptive_lr.checks import WHOLE, count, numbers, real_array, require
from adaptive_lr.optimizers.base import broadcast

ACTIVATION = {"tanh": np.tanh, "relu": lambda z, out: np.maximum(z, 0, out=out)}
# In terms of the function's own value h, which the forward pass has already computed.
DERIVATIVE = {"tanh": lambda h: 1 - h**2, "relu": lambda h: h > 0}


def cross_entropy(logits, labels):
    r"""Return the mean cross-entropy of the softmax of logits.

    .. math::

        p = \frac{e^{z}}{\sum_j e^{z_j}}, \qquad
        L = -\frac{1}{n} \sum_i \log p_{i, y_i}

    The largest logit is subtracted first, which changes nothing but keeps the exponentials finite.

    Parameters
    ----------
    logits : array_like, shape (\*runs, n, classes)
        The network's outputs z, one row for each example.
    labels : array_like of int, shape (n,) or (\*runs, n)
        The classes y.

    Returns
    -------
    ndarray, shape (\*runs,)
        The mean loss L, in nats.

    Raises
    ------
    ValueError
        If logits or labels are not such arrays, or a label has no logit.

    Examples
    --------
    >>> round(float(cross_entropy([[0.0, 0.0]], [1])), 4)
    0.6931
    """
    logits, labels = _checked_logits(logits, labels)
    return _mean_loss(_log_softmax(logits), labels)


def cross_entropy_and_gradient(logits, labels):
    r"""Return the mean cross-entropy of the softmax of logits, and its gradient.

    .. math:: \frac{\partial L}{\partial z_i} = \frac{p_i - \text{onehot}(y_i)}{n}

    Parameters
    ----------
    logits : array_like, shape (\*runs, n, classes)
        The network's outputs z, one row for each example.
    labels : array_like of int, shape (n,) or (\*runs, n)
        The classes y.

    Returns
    -------
    loss : ndarray, shape (\*runs,)
        The mean loss L, in nats.
    dlogits : ndarray, shape (\*runs, n, classes)
        The gradient of L with respect to the logits.

    Raises
    ------
    ValueError
        If logits or labels are not such arrays, or a label has no logit.

    Examples
    --------
    >>> loss, dlogits = cross_entropy_and_gradient([[0.0, 0.0]], [1])
    >>> dlogits
    array([[ 0.5, -0.5]])
    """
    logits, labels = _checked_logits(logits, labels)
    log_p = _log_softmax(logits)
    onehot = labels[..., np.newaxis] == np.arange(logits.shape[-1])
    dlogits = np.exp(log_p) - onehot
    dlogits /= logits.shape[-2]
    return _mean_loss(log_p, labels), dlogits


def accuracy(logits, labels):
    """Return the share of examples whose label has the largest logit.

    Parameters
    ----------
    logits : array_like, shape (\\*runs, n, classes)
        The network's outputs, one row for each example.
    labels : array_like of int, shape (n,) or (\\*runs, n)
        The classes.

    Returns
    -------
    ndarray, shape (\\*runs,)
        A share from 0 to 1.

    Raises
    ------
    ValueError
        If logits or labels are not such arrays, or a label has no logit.

    Examples
    --------
    >>> float(accuracy([[0.0, 1.0], [3.0, 2.0]], [1, 1]))
    0.5
    """
    logits, labels = _checked_logits(logits, labels)
    return (logits.argmax(axis=-1) == labels).mean(axis=-1)


def _log_softmax(logits):
    """Return the logarithms of the probabilities p."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def _mean_loss(log_p, labels):
    """Return the mean of -log p of the labels, one for each run."""
    rows = np.broadcast_shapes(log_p.shape[:-1], labels.shape)
    log_p = np.broadcast_to(log_p, (*rows, log_p.shape[-1]))
    places = np.broadcast_to(labels, rows)[..., np.newaxis]
    return -np.take_along_axis(log_p, places, axis=-1)[..., 0].mean(axis=-1)


def _checked_logits(logits, labels):
    """Return both as arrays that fit each other."""
    logits = real_array("logits", logits)
    if logits.ndim < 2 or logits.size == 0:
        raise ValueError(
            f"Argument `logits` must have shape (*runs, n, classes), with no axis of length 0. "
            f"Received: an array of shape {logits.shape}."
        )
    n, classes = logits.shape[-2:]
    labels = _whole_numbers("labels", labels, classes)
    if labels.shape[-1:] != (n,):
        raise ValueError(
            f"Argument `labels` must have shape (*runs, {n}), one label for each example. "
            f"Received: an array of shape {labels.shape}."
        )
    if labels.ndim > 1:
        _check_runs("labels", labels.shape[:-1], "the other arguments", logits.shape[:-2])
    return logits, labels


def _whole_numbers(argument, value, end):
    """Return an array of whole numbers from 0 to end - 1."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):  # rows of different lengths, or what is no array at all
        array = np.empty(0)
    inside = array.dtype.kind in WHOLE and array.size > 0 and array.min() >= 0 and array.max() < end
    require(inside, argument, f"be whole numbers from 0 to {end - 1}", value)
    return array


def _check_runs(argument, runs, what, others):
    if broadcast(runs, others) is None:
        raise ValueError(
            f"Argument `{argument}` must have run axes that broadcast against those of {what}, "
            f"{others}. Received: {runs}."
        )


class Network:
    """What all networks share: the flat vector, the forward pass and back-propagation.

    A subclass has ``sizes``, the number of features, of units in each hidden layer, and of
    classes; and ``activation``, if it has hidden layers.
    """

    @property
    def size(self):
        """Number of parameters: the length of ``x``."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.sizes))

    def unpack(self, x):
        """Return the weights and the bias of every layer, as views into the flat vector.

        Parameters
        ----------
        x : ndarray, shape (*runs, size)
            The parameters. Values written into the views are written into ``x``.

        Returns
        -------
        list of tuple of ndarray
            For each layer its weights, of shape (*runs, fan_in, fan_out), and its bias, of shape
            (*runs, fan_out).

        Examples
        --------
        >>> model = MultilayerPerceptron((2, 3, 2))
        >>> [(weights.shape, bias.shape) for weights, bias in model.unpack(np.zeros(17))]
        [((2, 3), (3,)), ((3, 2), (2,))]
        """
        layers, start = [], 0
        for fan_in, fan_out in pairwise(self.sizes):
            middle = start + fan_in * fan_out
            weights = x[..., start:middle].reshape(*x.shape[:-1], fan_in, fan_out)
            start = middle + fan_out
            layers.append((weights, x[..., middle:start]))
        return layers

    def parameter_index(self, layer):
        """Return where the weights and the bias of one layer stand in the flat vector.

        Parameters
        ----------
        layer : int
            Number of the layer: 0 for the first, -1 for the last.

        Returns
        -------
        weights : ndarray of int, shape (fan_in, fan_out)
            Row j belongs to feature (or hidden unit) j: ``x[..., weights[j]]`` are its weights.
        bias : ndarray of int, shape (fan_out,)
            The same for the bias.

        Raises
        ------
        ValueError
            If there is no such layer.

        Examples
        --------
        >>> weights, bias = MultilayerPerceptron((2, 3, 2)).parameter_index(0)
        >>> weights
        array([[0, 1, 2],
               [3, 4, 5]])
        >>> bias
        array([6, 7, 8])
        """
        layers = self.unpack(np.arange(self.size))
        whole = isinstance(layer, int | np.integer) and not isinstance(layer, bool)
        exists = whole and -len(layers) <= layer < len(layers)
        require(exists, "layer", f"be the number of one of {len(layers)} layers", layer)
        return layers[layer]

    def logits(self, x, inputs):
        """Return the outputs of the last layer.

        Parameters
        ----------
        x : ndarray, shape (*runs, size)
            The parameters.
        inputs : ndarray, shape (n, features) or (*runs, n, features)
            One row for each example. Run axes broadcast against those of ``x``.

        Returns
        -------
        ndarray, shape (*runs, n, classes)
            One row for each example.

        Examples
        --------
        >>> model = MultilayerPerceptron((2, 3, 2))
        >>> model.logits(np.zeros((4, 17)), np.ones((5, 2))).shape
        (4, 5, 2)
        """
        x, inputs = self._checked_arguments(x, inputs)
        return self._forward(self.unpack(x), inputs)[-1]

    def loss(self, x, inputs, labels):
        """Return the mean cross-entropy, in nats.

        Parameters
        ----------
        x : ndarray, shape (*runs, size)
            The parameters.
        inputs : ndarray, shape (n, features) or (*runs, n, features)
            One row for each example.
        labels : ndarray of int, shape (n,) or (*runs, n)
            The classes.

        Returns
        -------
        ndarray, shape (*runs,)
            The loss.

        Examples
        --------
        >>> model = MultilayerPerceptron((2, 3, 2))
        >>> zero = np.zeros(model.size)
        >>> round(float(model.loss(zero, np.ones((5, 2)), np.zeros(5, dtype=int))), 4)
        0.6931
        """
        return cross_entropy(self.logits(x, inputs), labels)

    def loss_and_gradient(self, x, inputs, labels):
        r"""Return the mean cross-entropy and its gradient, by back-propagation.

        With :math:`\delta_L = \partial L / \partial \text{logits}`, from the last layer to the
        first:

        .. math::

            \frac{\partial L}{\partial W_l} = h_{l-1}^\top \delta_l, \qquad
            \frac{\partial L}{\partial b_l} = \sum_i \delta_{l,i}, \qquad
            \delta_{l-1} = (\delta_l W_l^\top) \odot f'(h_{l-1})

        Parameters
        ----------
        x : ndarray, shape (*runs, size)
            The parameters.
        inputs : ndarray, shape (n, features) or (*runs, n, features)
            One row for each example.
        labels : ndarray of int, shape (n,) or (*runs, n)
            The classes.

        Returns
        -------
        loss : ndarray, shape (*runs,)
            The loss.
        dx : ndarray, shape (*runs, size)
            Its gradient.

        Examples
        --------
        >>> model = MultilayerPerceptron((1, 2))
        >>> loss, dx = model.loss_and_gradient(np.zeros(4), np.array([[3.0]]), np.array([0]))
        >>> dx
        array([-1.5,  1.5, -0.5,  0.5])
        """
        x, inputs = self._checked_arguments(x, inputs)
        layers = self.unpack(x)
        *h, logits = self._forward(layers, inputs)
        loss, delta = cross_entropy_and_gradient(logits, labels)
        dx = np.empty((*delta.shape[:-2], self.size), dtype=delta.dtype)
        gradients = self.unpack(dx)
        for layer in reversed(range(len(layers))):
            dweights, dbias = gradients[layer]
            np.matmul(h[layer].mT, delta, out=dweights)
            np.sum(delta, axis=-2, out=dbias)
            if layer > 0:
                weights, _ = layers[layer]
                delta = delta @ weights.mT
                delta *= DERIVATIVE[self.activation](h[layer])
        return loss, dx

    def predict(self, x, inputs):
        """Return the class with the largest logit.

        Parameters
        ----------
        x : ndarray, shape (*runs, size)
            The parameters.
        inputs : ndarray, shape (n, features) or (*runs, n, features)
            One row for each example.

        Returns
        -------
        ndarray of int, shape (*runs, n)
            The predicted classes.

        Examples
        --------
        >>> model = MultilayerPerceptron((1, 2))
        >>> model.predict(np.array([-1.0, 1.0, 0.0, 0.0]), np.array([[3.0], [-3.0]]))
        array([1, 0])
        """
        return self.logits(x, inputs).argmax(axis=-1)

    def accuracy(self, x, inputs, labels):
        """Return the share of examples whose class is predicted rightly.

        Parameters
        ----------
        x : ndarray, shape (*runs, size)
            The parameters.
        inputs : ndarray, shape (n, features) or (*runs, n, features)
            One row for each example.
        labels : ndarray of int, shape (n,) or (*runs, n)
            The classes.

        Returns
        -------
        ndarray, shape (*runs,)
            A share from 0 to 1.

        Examples
        --------
        >>> model = MultilayerPerceptron((1, 2))
        >>> x = np.array([-1.0, 1.0, 0.0, 0.0])
        >>> float(model.accuracy(x, np.array([[3.0], [-3.0]]), np.array([1, 1])))
        0.5
        """
        return accuracy(self.logits(x, inputs), labels)

    def _forward(self, layers, inputs):
        """Return the inputs, the values of every hidden layer, and the logits."""
        h = [inputs]
        *hidden, last = layers
        for layer in hidden:
            z = _weighted_sums(h[-1], *layer)
            h.append(ACTIVATION[self.activation](z, out=z))
        return [*h, _weighted_sums(h[-1], *last)]

    def _checked_arguments(self, x, inputs):
        """Return both as arrays that fit the network and each other, of the dtype of x."""
        x, inputs = real_array("x", x), real_array("inputs", inputs)
        if x.shape[-1:] != (self.size,):
            raise ValueError(
                f"Argument `x` must have shape (*runs, {self.size}) to fit the sizes "
                f"{self.sizes}. Received: an array of shape {x.shape}."
            )
        if inputs.ndim < 2 or inputs.shape[-1] != self.sizes[0]:
            raise ValueError(
                f"Argument `inputs` must have shape (*runs, n, {self.sizes[0]}) to fit the sizes "
                f"{self.sizes}. Received: an array of shape {inputs.shape}."
            )
        if x.ndim > 1 and inputs.ndim > 2:
            _check_runs("inputs", inputs.shape[:-2], "x", x.shape[:-1])
        return x, inputs.astype(x.dtype, copy=False)


def _weighted_sums(h, weights, bias):
    """Return h W + b."""
    z = h @ weights
    z += bias[..., np.newaxis, :]
    return z


@dataclass(frozen=True)
class SoftmaxRegression(Network):
    r"""A network without hidden layers: one weight for each pair of feature and class.

    .. math:: \text{logits} = \text{inputs} \, W + b

    The softmax of the logits gives the probabilities of the classes. The loss is convex: it has
    one valley only.

    Parameters
    ----------
    inputs : int
        Number of features.
    classes : int
        Number of classes.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or if a method is given arrays that do not fit.

    Examples
    --------
    >>> model = SoftmaxRegression(inputs=64, classes=10)
    >>> model.size
    650
    """

    inputs: int
    classes: int

    def __post_init__(self):
        count("inputs", self.inputs)
        count("classes", self.classes)

    @property
    def sizes(self):
        """Number of features and of classes."""
        return (self.inputs, self.classes)

    def initial(self, seed):
        """Return parameters to start from: zeros, so that all classes are equally likely.

        Parameters
        ----------
        seed : int or numpy.random.Generator
            Not used: the loss has one valley only, so the start need not be random.

        Returns
        -------
        ndarray, shape (size,)
            The parameters.

        Examples
        --------
        >>> SoftmaxRegression(inputs=2, classes=2).initial(seed=0)
        array([0., 0., 0., 0., 0., 0.])
        """
        return np.zeros(self.size)


@dataclass(frozen=True)
class MultilayerPerceptron(Network):
    r"""Layers of weighted sums, each but the last followed by an activation function.

    .. math::

        h_0 = \text{inputs}, \qquad h_{l} = f(h_{l-1} W_l + b_l), \qquad
        \text{logits} = h_{L-1} W_L + b_L

    The last layer's outputs are logits: their softmax gives the probabilities of the classes.

    Parameters
    ----------
    sizes : tuple of int, default (64, 32, 10)
        Number of features, of units in each hidden layer, and of classes.
    activation : {"tanh", "relu"}, default "tanh"
        The activation function f.

    Raises
    ------
    ValueError
        If an argument breaks its rule, or if a method is given arrays that do not fit.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton and R. J. Williams (1986). Learning representations by
    back-propagating errors. Nature 323:533-536.

    Examples
    --------
    >>> model = MultilayerPerceptron((2, 3, 2))
    >>> model.size
    17
    >>> x = model.initial(seed=0)
    >>> loss, dx = model.loss_and_gradient(x, np.ones((5, 2)), np.zeros(5, dtype=int))
    >>> dx.shape
    (17,)
    """

    sizes: tuple = (64, 32, 10)
    activation: str = "tanh"

    def __post_init__(self):
        rule = "be two or more whole numbers of at least 1"
        sizes = numbers("sizes", self.sizes, rule, lambda sizes: sizes >= 1, WHOLE)
        sound = np.ndim(sizes) == 1 and len(sizes) >= 2
        # Among whole numbers, NumPy takes True for 1.
        sound = sound and not any(isinstance(size, bool | np.bool_) for size in self.sizes)
        require(sound, "sizes", rule, self.sizes)
        object.__setattr__(self, "sizes", tuple(sizes.tolist()))
        rule = f"be one of {', '.join(map(repr, ACTIVATION))}"
        known = isinstance(self.activation, str) and self.activation in ACTIVATION
        require(known, "activation", rule, self.activation)

    def initial(self, seed):
        r"""Return parameters to start from.

        Biases are zero. Weights are drawn from a normal distribution whose variance is
        :math:`2 / (n_\text{in} + n_\text{out})` for tanh (Glorot) and :math:`2 / n_\text{in}` for
        relu (He).

        Parameters
        ----------
        seed : int or numpy.random.Generator
            Where the draws come from.

        Returns
        -------
        ndarray, shape (size,)
            The parameters.

        References
        ----------
        X. Glorot and Y. Bengio (2010). Understanding the difficulty of training deep feedforward
        neural networks. AISTATS.
        K. He, X. Zhang, S. Ren and J. Sun (2015). Delving deep into rectifiers. ICCV.

        Examples
        --------
        >>> model = MultilayerPerceptron((64, 32, 10))
        >>> bool(np.all(model.initial(seed=3) == model.initial(seed=3)))
        True
        """
        if not isinstance(seed, np.random.Generator):
            seed = count("seed", seed, least=0)
        generator = np.random.default_rng(seed)
        x = np.zeros(self.size)
        for weights, _ in self.unpack(x):
            fan_in, fan_out = weights.shape
            variance = 2 / fan_in if self.activation == "relu" else 2 / (fan_in + fan_out)
            weights[...] = np.sqrt(variance) * generator.standard_normal(weights.shape)
        return x
