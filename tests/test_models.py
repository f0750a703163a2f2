"""Back-propagation gives the gradient, of one network and of many at once."""

import numpy as np
import pytest

from adaptive_lr.models import (
    MultilayerPerceptron,
    SoftmaxRegression,
    accuracy,
    cross_entropy,
    cross_entropy_and_gradient,
)

MODELS = [
    SoftmaxRegression(4, 3),
    MultilayerPerceptron((4, 5, 3), "tanh"),
    MultilayerPerceptron((4, 5, 3), "relu"),
    MultilayerPerceptron((4, 3, 6, 2, 3), "tanh"),
    MultilayerPerceptron((4, 6, 5, 6, 3), "relu"),
]


@pytest.fixture(params=MODELS, ids=str)
def model(request):
    return request.param


def random_case(model, runs=(), input_runs=(), n=7):
    generator = np.random.default_rng(1)
    x = generator.normal(size=(*runs, model.size))
    inputs = generator.normal(size=(*input_runs, n, model.sizes[0]))
    labels = generator.integers(model.sizes[-1], size=(*input_runs, n))
    return x, inputs, labels


@pytest.mark.parametrize(
    ("runs", "input_runs"),
    [((), ()), ((3,), ()), ((2, 3), (2, 1)), ((2, 3), (2, 3)), ((), (2,))],
)
def test_gradient_equals_central_differences(model, runs, input_runs):
    x, inputs, labels = random_case(model, runs, input_runs)
    loss, dx = model.loss_and_gradient(x, inputs, labels)
    all_runs = np.broadcast_shapes(runs, input_runs)
    assert loss.shape == all_runs
    assert dx.shape == (*all_runs, model.size)
    h = 1e-6
    for i, direction in enumerate(np.eye(model.size)):
        above = model.loss(x + h * direction, inputs, labels)
        below = model.loss(x - h * direction, inputs, labels)
        np.testing.assert_allclose(dx[..., i], (above - below) / (2 * h), rtol=1e-5, atol=1e-8)


def test_slice_of_many_networks_equals_the_single_one(model):
    x, inputs, labels = random_case(model, (2, 3), (2, 1))
    losses, gradients = model.loss_and_gradient(x, inputs, labels)
    accuracies = model.accuracy(x, inputs, labels)
    for i, j in np.ndindex(2, 3):
        single = x[i, j], inputs[i, 0], labels[i, 0]
        loss, dx = model.loss_and_gradient(*single)
        np.testing.assert_allclose(losses[i, j], loss, rtol=1e-12)
        np.testing.assert_allclose(gradients[i, j], dx, rtol=1e-10, atol=1e-14)
        assert accuracies[i, j] == model.accuracy(*single)


def test_loss_of_zero_weights_is_log_of_classes(model):
    x, inputs, labels = random_case(model)
    np.testing.assert_allclose(model.loss(0 * x, inputs, labels), np.log(3), rtol=1e-14)


def test_a_constant_added_to_all_logits_changes_nothing(model):
    x, inputs, labels = random_case(model)
    _, bias = model.parameter_index(-1)
    shifted = x.copy()
    shifted[bias] += 1000.0
    assert np.array_equal(model.predict(shifted, inputs), model.predict(x, inputs))
    loss, dx = model.loss_and_gradient(x, inputs, labels)
    shifted_loss, shifted_dx = model.loss_and_gradient(shifted, inputs, labels)
    np.testing.assert_allclose(shifted_loss, loss, rtol=1e-10)
    np.testing.assert_allclose(shifted_dx, dx, atol=1e-11)


def test_huge_logits_keep_the_loss_finite():
    logits = np.array([[1e300, -1e300, 0.0], [-800.0, 0.0, 800.0]])
    loss, dlogits = cross_entropy_and_gradient(logits, np.array([0, 1]))
    assert cross_entropy(logits, np.array([0, 1])) == loss
    np.testing.assert_allclose(loss, 400.0)
    np.testing.assert_allclose(dlogits, [[0, 0, 0], [0, -0.5, 0.5]], atol=1e-300)


def test_unpacked_layers_are_views(model):
    x = np.zeros((2, 3, model.size))
    for weights, bias in model.unpack(x):
        weights[...] = 1
        bias[...] = 2
    shapes = [(weights.shape, bias.shape) for weights, bias in model.unpack(x)]
    fans = list(zip(model.sizes, model.sizes[1:], strict=False))
    assert shapes == [((2, 3, fan_in, fan_out), (2, 3, fan_out)) for fan_in, fan_out in fans]
    assert (x == 1).sum() == 6 * sum(fan_in * fan_out for fan_in, fan_out in fans)
    assert (x == 2).sum() == 6 * sum(fan_out for _, fan_out in fans)


def test_parameter_index_finds_a_feature(model):
    """Only the weights of the one feature that is there get a gradient."""
    x, inputs, labels = random_case(model)
    inputs[:, [0, 1, 3]] = 0
    weights, bias = model.parameter_index(0)
    _, dx = model.loss_and_gradient(x, inputs, labels)
    assert np.all(dx[weights[[0, 1, 3]]] == 0)
    assert np.any(dx[weights[2]] != 0)
    assert np.any(dx[bias] != 0)
    _, last_bias = model.parameter_index(-1)
    assert last_bias[-1] == model.size - 1


def test_initial_weights_have_the_promised_spread():
    for activation, variance in (("tanh", 2 / 700), ("relu", 2 / 400)):
        model = MultilayerPerceptron((400, 300, 300), activation)
        x = model.initial(seed=0)
        weights, bias = model.unpack(x)[0]
        np.testing.assert_allclose(weights.var(), variance, rtol=0.02)
        assert np.all(bias == 0)
        assert np.array_equal(x, model.initial(seed=0))
        assert not np.array_equal(x, model.initial(seed=1))
    assert not SoftmaxRegression(4, 3).initial(seed=0).any()


def test_perceptron_without_hidden_layers_is_softmax_regression():
    softmax, perceptron = SoftmaxRegression(4, 3), MultilayerPerceptron((4, 3))
    case = random_case(softmax)
    assert softmax.loss(*case) == perceptron.loss(*case)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: MultilayerPerceptron((4,)),
            "`sizes` must be two or more whole numbers of at least 1. Received: (4,)",
        ),
        (lambda: MultilayerPerceptron((4, 0)), "`sizes`"),
        (lambda: MultilayerPerceptron((4, 2.5)), "`sizes`"),
        (
            lambda: MultilayerPerceptron((4, 3), "sine"),
            "`activation` must be one of 'tanh', 'relu'. Received: 'sine'",
        ),
        (lambda: SoftmaxRegression(0, 3), "`inputs` must be a whole number of at least 1"),
        (lambda: SoftmaxRegression(4, 2.5), "`classes`"),
    ],
)
def test_bad_network_is_refused(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("x", "inputs", "labels", "parts"),
    [
        ((14,), (7, 4), (7,), ["`x`", "(*runs, 15)", "(14,)"]),
        ((2, 3), (7, 4), (7,), ["`x`", "(*runs, 15)", "(2, 3)"]),
        ((15,), (7, 5), (7,), ["`inputs`", "(*runs, n, 4)", "(7, 5)"]),
        ((15,), (4,), (), ["`inputs`", "(*runs, n, 4)", "(4,)"]),
        ((15,), (7, 4), (6,), ["`labels`", "(*runs, 7)", "(6,)"]),
    ],
)
def test_wrong_shapes_name_both_shapes(x, inputs, labels, parts):
    model = SoftmaxRegression(4, 3)
    for method in (model.loss, model.loss_and_gradient, model.accuracy):
        with pytest.raises(ValueError) as error:
            method(np.zeros(x), np.zeros(inputs), np.zeros(labels, dtype=int))
        assert all(part in str(error.value) for part in parts)


def test_labels_without_an_output_are_refused():
    model = SoftmaxRegression(4, 3)
    for labels in (
        [0, 3],
        [-1, 0],
        [0.5, 1.0],
        [True, False],
        ["0", "1"],
        [None, 1],
        [[0], [0, 1]],
    ):
        for method in (model.loss, model.loss_and_gradient, model.accuracy):
            with pytest.raises(ValueError, match="`labels` must be whole numbers from 0 to 2"):
                method(np.zeros(15), np.zeros((2, 4)), labels)


WRONG = ["text", None, 1j, [1j], [True], [["0.1"]], [[1.0], [1.0, 2.0]], {}, (i for i in "ab")]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_array_of_numbers_is_refused(wrong):
    model = SoftmaxRegression(4, 3)
    right = {"x": np.zeros(15), "inputs": np.zeros((2, 4)), "labels": np.array([0, 1])}
    for name in ("x", "inputs"):
        for method in (model.loss, model.loss_and_gradient, model.accuracy):
            with pytest.raises(ValueError, match=f"`{name}` must hold real numbers"):
                method(**right | {name: wrong})
    for function in (cross_entropy, cross_entropy_and_gradient, accuracy):
        with pytest.raises(ValueError, match="`logits` must hold real numbers"):
            function(wrong, np.array([0]))


def test_lists_are_arrays():
    model = SoftmaxRegression(2, 2)
    x, inputs, labels = [0.0, 1.0, 1.0, 0.0, 0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], [1, 0]
    assert model.accuracy(x, inputs, labels) == 1
    loss, dx = model.loss_and_gradient(x, inputs, labels)
    arrays = model.loss_and_gradient(np.array(x), np.array(inputs), np.array(labels))
    np.testing.assert_array_equal(dx, arrays[1])
    assert loss == arrays[0] == model.loss(x, inputs, labels)


@pytest.mark.parametrize("activation", [["tanh"], None, {}, 1, "sine"])
def test_what_is_no_activation_is_refused(activation):
    with pytest.raises(ValueError, match="`activation` must be one of 'tanh', 'relu'"):
        MultilayerPerceptron((4, 3), activation)


def test_single_precision_stays_single(model):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(2, model.size))
    inputs, labels = generator.normal(size=(7, 4)), generator.integers(3, size=7)
    loss, dx = model.loss_and_gradient(x, inputs, labels)
    single_loss, single_dx = model.loss_and_gradient(x.astype(np.float32), inputs, labels)
    assert single_loss.dtype == single_dx.dtype == np.float32
    assert model.logits(x.astype(np.float32), inputs).dtype == np.float32
    np.testing.assert_allclose(single_loss, loss, rtol=1e-5)
    np.testing.assert_allclose(single_dx, dx, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("layer", [2, -3, 0.5])
def test_layer_that_is_not_there_is_refused(layer):
    with pytest.raises(ValueError, match="`layer` must be the number of one of 2 layers"):
        MultilayerPerceptron((4, 5, 3)).parameter_index(layer)
