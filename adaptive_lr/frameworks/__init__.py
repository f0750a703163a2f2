"""Three frameworks give different algorithms the same name: here is each framework's own.

The modules :mod:`~adaptive_lr.frameworks.keras`, :mod:`~adaptive_lr.frameworks.pytorch` and
:mod:`~adaptive_lr.frameworks.optax` have the functions ``sgd``, ``adagrad``, ``rmsprop``,
``adam`` and ``adamw``, those of further methods where the framework has them, and the framework's
schedules. Each takes the framework's argument names, order and defaults, and returns
an optimizer of this package that takes exactly the framework's steps, in double precision. None
of the frameworks is imported.
"""

import inspect

from adaptive_lr.checks import require
from adaptive_lr.frameworks import keras, optax, pytorch

FRAMEWORKS = {"Keras": keras, "PyTorch": pytorch, "Optax": optax}
FUNCTIONS = ("sgd", "adagrad", "rmsprop", "adam", "adamw", "amsgrad", "yogi", "adan")
"""Names of the optimizers' functions; a framework that lacks an optimizer lacks its name."""
OFFERED = [
    (framework, name)
    for framework, module in FRAMEWORKS.items()
    for name in FUNCTIONS
    if hasattr(module, name)
]
"""Which framework has which of them."""
REQUIRED = "required"


def defaults(function):
    """Return what each framework calls the arguments of a method, and their defaults.

    Parameters
    ----------
    function : {"sgd", "adagrad", "rmsprop", "adam", "adamw", "amsgrad", "yogi", "adan"}
        Name of the function, the same in every framework that has it.

    Returns
    -------
    dict of dict
        Framework to argument to default; the default of an argument that must be given is
        ``"required"``.

    Raises
    ------
    ValueError
        If there is no such function.

    Examples
    --------
    >>> for framework, arguments in defaults("adagrad").items():
    ...     print(framework, list(arguments.items())[:2])
    Keras [('learning_rate', 0.001), ('initial_accumulator_value', 0.1)]
    PyTorch [('lr', 0.01), ('lr_decay', 0)]
    Optax [('learning_rate', 'required'), ('initial_accumulator_value', 0.1)]
    """
    known = isinstance(function, str) and function in FUNCTIONS
    require(known, "function", f"be one of {', '.join(FUNCTIONS)}", function)
    return {
        framework: {
            name: REQUIRED if parameter.default is parameter.empty else parameter.default
            for name, parameter in inspect.signature(getattr(module, function)).parameters.items()
        }
        for framework, module in FRAMEWORKS.items()
        if (framework, function) in OFFERED
    }
