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


def rates(case):
    """Return the learning rates of a framework's schedule for k = 0 ... case.steps."""
    walk = {"Keras": _keras_rates, "PyTorch": _pytorch_rates, "Optax": _optax_rates}
    return np.array([float(rate) for rate in walk[case.framework](case)])


def _keras_rates(case):
    schedules = keras_in_double_precision().optimizers.schedules
    import jax

    # One call for all steps, because Keras compiles its branches anew in every call.
    return jax.vmap(getattr(schedules, case.name)(**case.options))(np.arange(case.steps + 1))


def _pytorch_rates(case):
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1, momentum=0.9)
    scheduler = getattr(torch.optim.lr_scheduler, case.name)(optimizer, **case.options)
    for _ in range(case.steps):
        yield optimizer.param_groups[0]["lr"]
        optimizer.step()
        scheduler.step()
    yield optimizer.param_groups[0]["lr"]


def _optax_rates(case):
    optax, options = optax_in_double_precision(), dict(case.options)
    if "schedules" in options:
        options["schedules"] = [getattr(optax, name)(*a) for name, *a in options["schedules"]]
    return map(getattr(optax, case.name)(**options), range(case.steps + 1))
