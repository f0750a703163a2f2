"""What the plumbing around the formulas costs, side by side with bare formulas and with peers.

Run it with ``make benchmark``, in the environment of the frameworks. Each pair runs in turn in one
process, with one thread, and its results are compared before a ratio is printed. Every row names
the peak memory of both, over what is returned.
"""

import statistics
import subprocess
import sys
import tracemalloc
from time import perf_counter

import numpy as np

from adaptive_lr import Adam, grid, run
from adaptive_lr.problems import ravine
from adaptive_lr.show import table

RATES, STEPS, ROUNDS = 10_000, 200, 9
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def in_turn(one, other, rounds=ROUNDS):
    """Return the median seconds of two functions that run in turn, and of their ratio."""
    times = []
    for _ in range(rounds):
        pair = []
        for function in (one, other):
            start = perf_counter()
            function()
            pair.append(perf_counter() - start)
        times.append(pair)
    first, second = np.transpose(times)
    return statistics.median(first), statistics.median(second), statistics.median(first / second)


def peak(function, returned):
    """Return the peak of a call's memory over what it returns."""
    tracemalloc.start()
    result = function()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / returned(result)


def row(name, one, other, peer, returned, rounds=ROUNDS):
    """Return one row of the table, after comparing what both compute."""
    for ours, theirs in zip(returned(one()), returned(other()), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=1e-6)
    ours, theirs, ratio = in_turn(one, other, rounds)

    def size(result):
        return sum(np.asarray(array).nbytes for array in returned(result))

    memory = (peak(one, size), peak(other, size))
    return [name, peer, f"{1e3 * ours:.3g}", f"{1e3 * theirs:.3g}", f"{ratio:.2f}", *memory]


def ours(rates, steps):
    """Run Adam at many rates on the ravine."""
    problem = ravine()
    return run(problem, Adam(**grid(learning_rate=rates)), problem.start, steps)


def in_place(rates, steps):
    """Do the same with NumPy and no array more than it takes."""
    problem = ravine()
    path = np.empty((steps + 1, len(rates), 2))
    loss = np.empty((steps + 1, len(rates)))
    path[0] = problem.start
    loss[0] = problem.loss_function(path[0])
    rate = np.repeat(rates[:, np.newaxis], 2, axis=1)
    m, v, step, root = (np.zeros_like(rate) for _ in range(4))
    for t in range(1, steps + 1):
        dx = problem.gradient_function(path[t - 1])
        m *= BETA1
        m += np.multiply(dx, 1 - BETA1, out=step)
        v *= BETA2
        np.multiply(dx, dx, out=root)
        root *= 1 - BETA2
        v += root
        np.divide(v, 1 - BETA2**t, out=root)
        np.sqrt(root, out=root)
        root += EPSILON
        np.divide(m, 1 - BETA1**t, out=step)
        step *= rate
        step /= root
        np.subtract(path[t - 1], step, out=path[t])
        loss[t] = problem.loss_function(path[t])
    return path, loss


def optax_sweep(rates, steps):
    """Return a function that does the same with Optax, compiled, in double precision."""
    import jax
    import jax.numpy as jnp
    import optax

    jax.config.update("jax_enable_x64", True)

    def loss(x):
        return 0.1 * x[0] ** 2 + 2 * x[1] ** 2

    def one(rate):
        optimizer = optax.adam(rate)

        def step(carry, _):
            x, state = carry
            updates, state = optimizer.update(jax.grad(loss)(x), state)
            x = optax.apply_updates(x, updates)
            return (x, state), (x, loss(x))

        start = jnp.array([-5.0, -2.0])
        _, (path, losses) = jax.lax.scan(step, (start, optimizer.init(start)), length=steps)
        first = jnp.concatenate([start[None], path]), jnp.concatenate([loss(start)[None], losses])
        return first

    many = jax.jit(jax.vmap(one, out_axes=1))
    rates = jnp.asarray(rates)
    return lambda: jax.block_until_ready(many(rates))


def sweeps():
    """Return the rows of 10,000 rates."""
    rates = np.geomspace(1e-4, 1.0, RATES)
    compiled = optax_sweep(rates, STEPS)

    def returned(result):
        return (result.x, result.loss) if hasattr(result, "x") else result

    name = f"{RATES} rates x {STEPS} steps, with path and loss [ms]"
    call = (name, lambda: ours(rates, STEPS))
    return [
        row(*call, lambda: in_place(rates, STEPS), "NumPy in place", returned),
        row(*call, compiled, "Optax, vmap and scan", returned),
    ]


def larger(runs, steps):
    """Return the row that compares many runs with 10,000, per element and step."""

    def per_element(n, steps):
        rates = np.geomspace(1e-4, 1.0, n)
        start = perf_counter()
        ours(rates, steps)
        return (perf_counter() - start) / (2 * n * steps)

    pairs = [(per_element(runs, steps), per_element(RATES, STEPS)) for _ in range(5)]
    ratio = statistics.median(one / other for one, other in pairs)
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    memory = peak(
        lambda: ours(np.geomspace(1e-4, 1.0, runs), 10), lambda r: r.x.nbytes + r.loss.nbytes
    )
    name = f"{runs} runs, an element and step [ns]"
    return [
        name,
        f"{RATES} runs",
        f"{1e9 * mine:.3g}",
        f"{1e9 * other:.3g}",
        f"{ratio:.2f}",
        memory,
        "",
    ]


def one_step(size):
    """Return the row of one step of Adam in single precision beside PyTorch's."""
    import torch

    torch.set_num_threads(1)
    generator = np.random.default_rng(0)
    x, dx = generator.normal(size=(2, size)).astype(np.float32)
    optimizer = Adam(0.001)
    _, state = optimizer.update(x, dx, optimizer.init(x), 1)
    parameter = torch.nn.Parameter(torch.tensor(x))
    parameter.grad = torch.tensor(dx)
    peer = torch.optim.Adam([parameter], lr=0.001, foreach=True)
    peer.step()
    moved = parameter.detach().numpy().copy()
    np.testing.assert_allclose(
        optimizer.update(x, dx, optimizer.init(x), 1)[0], moved, rtol=1e-5, atol=1e-6
    )
    mine, theirs, ratio = in_turn(lambda: optimizer.update(x, dx, state, 2), peer.step)
    memory = peak(lambda: optimizer.update(x, dx, state, 2), lambda r: 3 * r[0].nbytes)
    name = f"one step, float32, {size} parameters [ms]"
    return [
        name,
        "PyTorch, foreach",
        f"{1e3 * mine:.3g}",
        f"{1e3 * theirs:.3g}",
        f"{ratio:.2f}",
        memory,
        "",
    ]


def small_step(rate):
    """Return the row of a step of two parameters beside the bare formulas."""
    start, dx, steps = np.array([1.0, 2.0]), np.array([0.1, 0.2]), 4000

    def mine():
        optimizer, x = Adam(rate), start
        state = optimizer.init(x)
        for t in range(1, steps + 1):
            x, state = optimizer.update(x, dx, state, t)
        return x

    def bare():
        x, m, v = start, np.zeros(2), np.zeros(2)
        for t in range(1, steps + 1):
            eta = rate(t - 1) if callable(rate) else rate
            m = BETA1 * m + (1 - BETA1) * dx
            v = BETA2 * v + (1 - BETA2) * dx**2
            m_hat = m / (1 - BETA1**t)
            v_hat = v / (1 - BETA2**t)
            x = x - eta * m_hat / (np.sqrt(v_hat) + EPSILON)
        return x

    np.testing.assert_array_equal(mine(), bare())
    one, other, ratio = in_turn(mine, bare, 15)
    name = "one step, 2 parameters" + (", scheduled rate" if callable(rate) else "") + " [µs]"
    scale = 1e6 / steps
    return [
        name,
        "bare formulas",
        f"{scale * one:.3g}",
        f"{scale * other:.3g}",
        f"{ratio:.2f}",
        "",
        "",
    ]


def imports():
    """Return the row of importing the package, each time in a new process."""

    def new(module):
        return lambda: subprocess.run([sys.executable, "-c", f"import {module}"], check=True)

    mine, theirs, ratio = in_turn(new("adaptive_lr"), new("numpy"))
    return [
        "import, with starting Python [ms]",
        "import numpy",
        f"{1e3 * mine:.3g}",
        f"{1e3 * theirs:.3g}",
        f"{ratio:.2f}",
        "",
        "",
    ]


def main():
    """Print the table."""
    rows = [
        *sweeps(),
        larger(100_000, 50),
        larger(1_000_000, 10),
        one_step(1_000_000),
        one_step(10_000_000),
        small_step(0.001),
        small_step(lambda k: 0.001 / (1 + k)),
        imports(),
    ]
    headers = ["", "beside", "ours", "theirs", "ratio", "peak memory / returned", "theirs"]
    print(table(rows, headers).data)


if __name__ == "__main__":
    main()
