"""Drive the real frameworks. Each is imported only when it is asked for."""

import os

import numpy as np

CLASSES = {
    "sgd": "SGD",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
}
PACKAGES = {"Keras": "keras", "PyTorch": "torch", "Optax": "optax"}


def keras_in_double_precision():
    """Return Keras on JAX, which computes in float64 from now on."""
    os.environ["KERAS_BACKEND"] = "jax"
    import jax
    import keras

    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    return keras


def keras_in_single_precision():
    """Return Keras on JAX as a reader meets it."""
    keras = keras_in_double_precision()
    import jax

    jax.config.update("jax_enable_x64", False)
    keras.config.set_floatx("float32")
    return keras


def optax_in_double_precision():
    """Return Optax, which computes in float64 from now on."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    return optax


def constructor(framework, method):
    """Return the framework's own class or function."""
    if framework == "Keras":
        return getattr(keras_in_double_precision().optimizers, CLASSES[method])
    if framework == "PyTorch":
        import torch

        return getattr(torch.optim, CLASSES[method])
    return getattr(optax_in_double_precision(), method)


def path(case, gradient, start, steps):
    """Return where the framework goes: x after each step, of shape (steps, d)."""
    walk = {"Keras": _keras_path, "PyTorch": _pytorch_path, "Optax": _optax_path}[case.framework]
    return np.stack(list(walk(case, gradient, start, steps)))


def _keras_path(case, gradient, start, steps):
    keras = keras_in_double_precision()

    class Schedule(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return keras.ops.convert_to_tensor(rate(int(step)), dtype="float64")

    options, rate = dict(case.options), case.options.get("learning_rate")
    if callable(rate):
        options["learning_rate"] = Schedule()
    optimizer = constructor("Keras", case.method)(**options)
    variable = keras.Variable(start, dtype="float64")
    for k in range(steps):
        x = np.array(variable.value)
        optimizer.apply([keras.ops.convert_to_tensor(gradient(x, k))], [variable])
        yield np.array(variable.value)


def _pytorch_path(case, gradient, start, steps):
    import torch

    options, rate = dict(case.options), case.options.get("lr")
    if callable(rate):
        options["lr"] = rate(0)
    parameter = torch.nn.Parameter(torch.tensor(start, dtype=torch.float64))
    optimizer = constructor("PyTorch", case.method)([parameter], **options)
    for k in range(steps):
        if callable(rate):
            optimizer.param_groups[0]["lr"] = rate(k)
        x = parameter.detach().numpy().copy()
        parameter.grad = torch.tensor(gradient(x, k), dtype=torch.float64)
        optimizer.step()
        yield parameter.detach().numpy().copy()


def _optax_path(case, gradient, start, steps):
    optax = optax_in_double_precision()
    import jax.numpy as jnp

    options = {name: _of_count(value) for name, value in case.options.items()}
    optimizer = constructor("Optax", case.method)(**options)
    x = jnp.asarray(start)
    state = optimizer.init(x)
    for k in range(steps):
        updates, state = optimizer.update(jnp.asarray(gradient(np.array(x), k)), state, x)
        x = optax.apply_updates(x, updates)
        yield np.array(x)


def _of_count(value):
    return (lambda count: value(int(count))) if callable(value) else value


def schedule_values(case):
    """Return the rates of a framework's schedule for k = 0 ... case.steps and, below, the momenta.

    Where the framework leaves momentum alone it is nan.
    """
    walk = {"Keras": _keras_rates, "PyTorch": _pytorch_values, "Optax": _optax_rates}
    return walk[case.framework](case)


def _without_momentum(rates):
    return np.stack([np.asarray(rates, dtype=float), np.full(len(rates), np.nan)])


def _keras_rates(case):
    schedules = keras_in_double_precision().optimizers.schedules
    schedule = case.call.made_by(lambda name, options: getattr(schedules, name)(**options))
    return _without_momentum(_at_all_steps(schedule, case))


def _pytorch_values(case):
    import torch

    optimizer = torch_optimizer(case, torch.nn.Parameter(torch.zeros(1)))
    scheduler = torch_scheduler(case, optimizer)
    values = [_in_force(optimizer)]
    for _ in range(case.steps):
        optimizer.step()
        scheduler.step()
        values.append(_in_force(optimizer))
    rates, momenta = np.transpose(values)
    # A scheduler that cycles momentum sets it before the first step.
    return np.stack([rates, momenta]) if momenta[0] != MOMENTUM else _without_momentum(rates)


MOMENTUM = 0.123  # of PyTorch's optimizers, before a scheduler sets it


def torch_optimizer(case, parameter):
    """Return the optimizer of a case, which has the rate that its schedule asks for."""
    import torch

    options = case.call.options
    while "schedulers" in options:
        options = options["schedulers"][0].options
    beta1 = {"betas": (MOMENTUM, 0.99)} if case.optimizer == "Adam" else {"momentum": MOMENTUM}
    lr = options.get("lr", 1.0)
    return getattr(torch.optim, case.optimizer)([parameter], lr=lr, **beta1)


def torch_scheduler(case, optimizer):
    """Return the scheduler of a case, which writes into the optimizer."""
    import torch

    def make(name, options):
        if name != "SequentialLR":
            options = {key: value for key, value in options.items() if key != "lr"}
        return getattr(torch.optim.lr_scheduler, name)(optimizer, **options)

    return case.call.made_by(make)


def _in_force(optimizer):
    (group,) = optimizer.param_groups
    return group["lr"], group["betas"][0] if "betas" in group else group["momentum"]


def _optax_rates(case):
    optax = optax_in_double_precision()
    schedule = case.call.made_by(lambda name, options: getattr(optax, name)(**options))
    return _without_momentum(_at_all_steps(schedule, case))


def _at_all_steps(schedule, case):
    """Return a schedule's values, by one call of one shape, since JAX compiles each anew.

    But XLA multiplies arrays by the rounded reciprocal of a divisor, so that the whole part of a
    quotient may come out one too small. One number, as a user passes it, it divides.
    """
    import jax

    if case.call.options.get("staircase"):
        return [float(schedule(k)) for k in range(case.steps + 1)]
    assert case.steps < MOST_STEPS
    return np.asarray(jax.vmap(schedule)(np.arange(MOST_STEPS)))[: case.steps + 1]


MOST_STEPS = 256


def schedule(framework, name):
    """Return the framework's own class or function that makes a schedule."""
    if framework == "Keras":
        return getattr(keras_in_double_precision().optimizers.schedules, name)
    if framework == "PyTorch":
        import torch

        return getattr(torch.optim.lr_scheduler, name)
    return getattr(optax_in_double_precision(), name)
