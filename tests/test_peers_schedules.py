"""The dialects' schedules against the real Keras, PyTorch and Optax; run by `make peers`.

The options are drawn at random, the same in every run.
"""

import inspect
import re
from importlib import metadata

import drivers
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from schedule_cases import Call, ScheduleCase, every_other, falling_thirds
from schedule_cases import in_snake_case as snake
from stored import version

from adaptive_lr import run, schedules
from adaptive_lr.frameworks import FRAMEWORKS, pytorch

pytestmark = pytest.mark.peers

# PyTorch's optimizer is not an argument here, and the count of calls is k.
LEFT_OUT = {"Keras": {"name"}, "PyTorch": {"optimizer", "last_epoch"}, "Optax": set()}
RATES_OF_THEIR_OWN = {"CyclicLR", "OneCycleLR", "SequentialLR"}

rates = st.floats(1e-4, 1.0)
lengths = st.integers(1, 60)
waits = st.integers(0, 60)
shares = st.integers(0, 100).map(lambda n: n / 100)
some = st.integers(1, 100).map(lambda n: n / 100)
momenta = st.integers(0, 99).map(lambda n: n / 100)
factors = st.integers(1, 40).map(lambda n: n / 20)  # 0.05 to 2
powers = st.sampled_from([0.0, 0.5, 1.0, 1.7, 3.0])
divisors = st.sampled_from([0.5, 1.0, 3.0, 25.0, 1e4])
scales = st.dictionaries(waits, st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0]), min_size=3, max_size=3)
switches = st.booleans()


def options(may_be_missing=(), **strategies):
    """Return a strategy for options, of which some may be missing."""
    there = {name: each for name, each in strategies.items() if name not in may_be_missing}
    return st.fixed_dictionaries(
        there, optional={name: strategies[name] for name in may_be_missing}
    )


def calls(name, strategy):
    return strategy.map(lambda drawn: Call(name, drawn))


ADDED = {
    "initial_learning_rate": rates,
    "decay_steps": lengths,
    "alpha": shares.map(lambda share: 1.5 * share),
}
KERAS = {
    "ExponentialDecay": options(
        initial_learning_rate=rates, decay_steps=lengths, decay_rate=factors, staircase=switches
    ),
    "InverseTimeDecay": options(
        initial_learning_rate=rates,
        decay_steps=lengths | st.sampled_from([0.5, 2.5, 7.25]),
        decay_rate=factors,
        staircase=switches,
    ),
    "PolynomialDecay": options(
        ["end_learning_rate", "power", "cycle"],
        initial_learning_rate=rates,
        decay_steps=lengths,
        end_learning_rate=rates,
        power=powers,
        cycle=switches,
    ),
    "CosineDecay": options(
        ["warmup_target", "warmup_steps"], **ADDED, warmup_target=rates, warmup_steps=waits
    ),
    "CosineDecayRestarts": options(
        ["t_mul", "m_mul"],
        initial_learning_rate=rates,
        first_decay_steps=lengths,
        t_mul=st.sampled_from([1.0, 1.25, 1.3, 1.5, 3.0]),
        m_mul=factors,
        alpha=shares,
    ),
    "PiecewiseConstantDecay": st.lists(waits, min_size=3, max_size=3, unique=True).flatmap(
        lambda steps: options(
            boundaries=st.just(sorted(steps)), values=st.lists(rates, min_size=4, max_size=4)
        )
    ),
}

CHAINED = {
    "StepLR": options(["gamma"], step_size=lengths, gamma=factors),
    "MultiStepLR": options(["gamma"], milestones=st.lists(waits, max_size=4), gamma=factors),
    "ConstantLR": options(["factor", "total_iters"], factor=some, total_iters=lengths),
    "LinearLR": options(
        ["start_factor", "end_factor", "total_iters"],
        start_factor=some,
        end_factor=shares,
        total_iters=lengths,
    ),
    "ExponentialLR": options(gamma=some),
    "PolynomialLR": options(["total_iters", "power"], total_iters=lengths, power=powers),
    "CosineAnnealingLR": options(["eta_min"], T_max=lengths, eta_min=rates),
    "CosineAnnealingWarmRestarts": options(
        ["T_mult", "eta_min"], T_0=lengths, T_mult=st.integers(1, 4), eta_min=rates
    ),
}
chained = {
    name: st.tuples(rates, drawn).map(lambda both: {"lr": both[0], **both[1]})
    for name, drawn in CHAINED.items()
}


@st.composite
def in_sequence(draw):
    lr, n = draw(rates), draw(st.integers(1, 4))
    drawn = [draw(calls(name, CHAINED[name])) for name in draw(st.permutations(list(CHAINED)))[:n]]
    schedulers = [Call(call.name, {"lr": lr, **call.options}) for call in drawn]
    milestones = sorted(draw(st.lists(waits, min_size=n - 1, max_size=n - 1)))
    return {"schedulers": schedulers, "milestones": milestones}


cycling = {"cycle_momentum": switches, "base_momentum": momenta, "max_momentum": momenta}
PYTORCH = {
    **chained,
    "CyclicLR": options(
        [
            "step_size_down",
            "mode",
            "gamma",
            "scale_fn",
            "scale_mode",
            *cycling,
        ],
        base_lr=rates,
        max_lr=rates,
        step_size_up=lengths,
        step_size_down=waits,
        mode=st.sampled_from(["triangular", "triangular2", "exp_range"]),
        gamma=st.sampled_from([0.5, 0.97, 1.0, 1.01]),
        scale_fn=st.sampled_from([falling_thirds, every_other]),
        scale_mode=st.sampled_from(["cycle", "iterations"]),
        **cycling,
    ),
    "OneCycleLR": options(
        ["pct_start", "anneal_strategy", "div_factor", "final_div_factor", "three_phase", *cycling],
        max_lr=rates,
        total_steps=lengths,
        pct_start=shares,
        anneal_strategy=st.sampled_from(["cos", "linear"]),
        div_factor=divisors,
        final_div_factor=divisors,
        three_phase=switches,
        **cycling,
    ),
    "SequentialLR": in_sequence(),
}

way = {"init_value": rates, "end_value": rates, "transition_steps": waits}
exponential = {
    "transition_steps": waits,
    "decay_rate": factors | st.just(0.0),
    "transition_begin": waits,
    "staircase": switches,
    "end_value": rates,
}
warm_cosine = st.tuples(waits, lengths).flatmap(
    lambda both: options(
        ["end_value", "exponent"],
        init_value=st.just(0.0) | rates,
        peak_value=st.just(0.0) | rates,
        warmup_steps=st.just(both[0]),
        decay_steps=st.just(both[0] + both[1]),
        end_value=rates,
        exponent=powers,
    )
)


@st.composite
def joined(draw):
    kinds = ["linear_schedule", "cosine_decay_schedule", "exponential_decay"]
    drawn = [draw(calls(name, OPTAX[name])) for name in draw(st.permutations(kinds))]
    return {
        "schedules": [*drawn, Call("constant_schedule", {"value": draw(rates)})],
        "boundaries": sorted(draw(st.lists(waits, min_size=3, max_size=3))),
    }


OPTAX = {
    "constant_schedule": options(value=rates),
    "linear_schedule": options(["transition_begin"], **way, transition_begin=waits),
    "polynomial_schedule": options(
        ["transition_begin"], **way, power=powers, transition_begin=waits
    ),
    "exponential_decay": options(
        ["transition_begin", "staircase", "end_value"], init_value=rates, **exponential
    ),
    "cosine_decay_schedule": options(
        ["alpha", "exponent"],
        init_value=rates,
        decay_steps=lengths,
        alpha=shares,
        exponent=powers,
    ),
    "piecewise_constant_schedule": options(
        ["boundaries_and_scales"], init_value=rates, boundaries_and_scales=scales
    ),
    "piecewise_interpolate_schedule": options(
        interpolate_type=st.sampled_from(["linear", "cosine"]),
        init_value=rates,
        boundaries_and_scales=scales,
    ),
    "linear_onecycle_schedule": options(
        ["pct_start", "pct_final", "div_factor", "final_div_factor"],
        transition_steps=lengths,
        peak_value=rates,
        pct_start=shares,
        pct_final=shares,
        div_factor=divisors,
        final_div_factor=divisors,
    ),
    "cosine_onecycle_schedule": options(
        ["pct_start", "div_factor", "final_div_factor"],
        transition_steps=lengths,
        peak_value=rates,
        pct_start=shares,
        div_factor=divisors,
        final_div_factor=divisors,
    ),
    "warmup_constant_schedule": options(
        init_value=st.just(0.0) | rates, peak_value=rates, warmup_steps=waits
    ),
    "warmup_cosine_decay_schedule": warm_cosine,
    "warmup_exponential_decay_schedule": options(
        ["transition_begin", "staircase", "end_value"],
        init_value=st.just(0.0) | rates,
        peak_value=rates,
        warmup_steps=waits,
        **exponential,
    ),
    "sgdr_schedule": options(cosine_kwargs=st.lists(warm_cosine, min_size=1, max_size=3)),
    "join_schedules": joined(),
}
DRAWN = {"Keras": KERAS, "PyTorch": PYTORCH, "Optax": OPTAX}
EXAMPLES = {"Keras": 8, "PyTorch": 30, "Optax": 10}
every_schedule = pytest.mark.parametrize(
    ("framework", "name"), [(framework, name) for framework in DRAWN for name in DRAWN[framework]]
)


def last_step(name, drawn):
    """Return up to where a schedule is compared: well beyond its end, or to where it ends."""
    if name != "OneCycleLR":
        return 160
    total, share = drawn["total_steps"], drawn.get("pct_start", 0.3)
    assume(share * total != 1)  # PyTorch divides by 0, and we refuse it
    ends = 2 * (share * total - 1) if drawn.get("three_phase") else share * total - 1
    return total - 1 if ends == total - 1 else total


@every_schedule
def test_random_options(framework, name):
    @settings(max_examples=EXAMPLES[framework])
    @given(DRAWN[framework][name], st.sampled_from(["SGD", "Adam"]))
    def same(drawn, optimizer):
        case = ScheduleCase(framework, Call(name, drawn), last_step(name, drawn), optimizer)
        case.assert_same(drivers.schedule_values(case))

    same()


@pytest.mark.parametrize("package", drivers.PACKAGES.values())
def test_stored_values_are_of_this_version(package):
    assert version(f"{package}_schedules") == metadata.version(package), "run `make trajectories`"


# --- paths under a momentum that cycles ----------------------------------------------------------

CYCLES = {
    "CyclicLR": {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 7, "step_size_down": 4},
    "OneCycleLR": {"max_lr": 0.3, "total_steps": 40, "three_phase": True},
}
START = np.array([1.0, -2.0, 0.3])
CURVATURES = np.array([0.2, 1.0, 3.0])


def gradient(x):
    return CURVATURES * x


def our_optimizer(case):
    rate = case.ours()
    if case.optimizer == "SGD":
        return pytorch.sgd(lr=rate, momentum=rate.momentum)
    return pytorch.adam(lr=rate, betas=(rate.momentum, 0.99))


def torch_path(case):
    import torch

    parameter = torch.nn.Parameter(torch.tensor(START))
    optimizer = drivers.torch_optimizer(case, parameter)
    scheduler = drivers.torch_scheduler(case, optimizer)
    for _ in range(case.steps):
        parameter.grad = torch.tensor(CURVATURES) * parameter.detach()
        optimizer.step()
        scheduler.step()
        yield parameter.detach().numpy().copy()


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("name", CYCLES)
def test_paths_under_the_momentum_of_the_schedule(name, optimizer):
    case = ScheduleCase("PyTorch", Call(name, CYCLES[name]), 40, optimizer)
    ours = run(gradient, our_optimizer(case), START, case.steps).x[1:]
    np.testing.assert_allclose(ours, list(torch_path(case)), rtol=1e-9)


# --- names, arguments, defaults ------------------------------------------------------------------


def their_names(framework):
    """Return the public names among the framework's schedules."""
    if framework == "PyTorch":
        import torch

        return list(torch.optim.lr_scheduler.__all__)
    modules = {
        "Keras": lambda: drivers.keras_in_double_precision().optimizers.schedules,
        "Optax": lambda: drivers.optax_in_double_precision().schedules,
    }
    return [name for name in dir(modules[framework]()) if not name.startswith("_")]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_schedule_is_offered_or_named_as_left_out(framework):
    package = FRAMEWORKS[framework]
    offered = {name for name in their_names(framework) if hasattr(package, snake(name))}
    left_out = set(re.findall(r"``(\w+)``", inspect.getdoc(package).rpartition("Left out:")[2]))
    assert offered == set(DRAWN[framework])
    assert set(their_names(framework)) - offered <= left_out
    assert not offered & left_out


@every_schedule
def test_arguments_are_those_of_the_framework(framework, name):
    ours = inspect.signature(getattr(FRAMEWORKS[framework], snake(name))).parameters
    reads_rate = framework == "PyTorch" and name not in RATES_OF_THEIR_OWN
    expected = {"lr": (inspect.Parameter.empty, False)} if reads_rate else {}
    must_be_named = False
    for argument, parameter in inspect.signature(
        drivers.schedule(framework, name)
    ).parameters.items():
        if argument in LEFT_OUT[framework]:
            # What is left out at the beginning has no place to be counted from.
            must_be_named |= argument != "optimizer"
        else:
            expected[argument] = (parameter.default, must_be_named)
    assert expected == {
        argument: (parameter.default, parameter.kind is parameter.KEYWORD_ONLY)
        for argument, parameter in ours.items()
    }
    assert list(ours) == sorted(ours, key=list(expected).index)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_arguments_left_out_are_named(framework):
    named = set(re.findall(r"``(\w+)``", inspect.getdoc(FRAMEWORKS[framework])))
    assert LEFT_OUT[framework] <= named


# --- what docstrings say of the frameworks -------------------------------------------------------


def test_what_pytorch_refuses_or_divides_by():
    import torch

    for refused in (
        {"total_steps": 10, "pct_start": 0.1},
        {"total_steps": None},
        {"total_steps": 2.5},
        {"total_steps": 10, "pct_start": 1.5},
        {"total_steps": 10, "anneal_strategy": "cosine"},
    ):
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
        with pytest.raises((ValueError, ZeroDivisionError)):
            torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, **refused)
        with pytest.raises(ValueError, match="Argument `"):
            FRAMEWORKS["PyTorch"].one_cycle_lr(0.1, **refused)


def test_pytorch_ends_where_we_do():
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=10)
    for _ in range(10):
        optimizer.step()
        scheduler.step()
    with pytest.raises(ValueError, match="11 times"):
        scheduler.step()
    with pytest.raises(ValueError, match=r"`k`.*total_steps = 10"):
        FRAMEWORKS["PyTorch"].one_cycle_lr(0.1, total_steps=10)(11)


def test_keras_in_single_precision_begins_a_fall_late():
    keras = drivers.keras_in_single_precision()
    late = keras.optimizers.schedules.CosineDecayRestarts(1.0, 10, t_mul=1.2)
    assert float(late(22)) < 1e-6
    assert FRAMEWORKS["Keras"].cosine_decay_restarts(1.0, 10, t_mul=1.2)(22) == 1


def test_optax_when_compiled_may_cut_a_step_late():
    optax = drivers.optax_in_double_precision()
    import jax

    late = optax.exponential_decay(1.0, 49, 0.5, staircase=True)
    assert (float(late(49)), float(jax.jit(late)(49)), float(jax.jit(late)(50))) == (0.5, 1, 0.5)
    assert FRAMEWORKS["Optax"].exponential_decay(1.0, 49, 0.5, staircase=True)(49) == 0.5


def test_a_schedule_cannot_be_traced_by_jax():
    drivers.optax_in_double_precision()
    import jax

    with pytest.raises(ValueError, match=r"Argument `k` must be .* Received: .*Tracer"):
        jax.jit(schedules.cosine(0.1, 10))(3)
