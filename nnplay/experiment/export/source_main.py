"""The lines of an exported script that put its functions to use: the whole run."""

from __future__ import annotations

from collections.abc import Iterator

from nnplay.experiment.export.source_data import has_test, is_split, origin
from nnplay.experiment.export.source_loop import has_validation, may_lack_parts
from nnplay.experiment.export.source_scaling import Scaling
from nnplay.experiment.sizes import part_sizes
from nnplay.experiment.value import Experiment


def data_lines(experiment: Experiment, scaling: Scaling, *, as_script: bool) -> Iterator[str]:
    """Yield the lines that load the data and divide them into parts.

    A script takes the place of its data as an argument; a notebook has none.
    """
    place = "" if origin(experiment.data) == "generated" or not as_script else "*sys.argv[1:]"
    names = "x, y, x_test, y_test" if has_test(experiment) else "x, y"
    yield f"{names} = load_data({place})"
    if is_split(experiment):
        last = "_" if has_test(experiment) else "(x_test, y_test)"
        yield f"(x, y), (x_validation, y_validation), {last} = split(x, y)"
    yield from scaling.measuring()
    for part in parts_of(experiment):
        yield f"x{part}, y{part} = torch.from_numpy(x{part}), torch.from_numpy(y{part})"


def training_call(experiment: Experiment) -> str:
    """Return the call that trains the network."""
    validates = has_validation(experiment)
    return f"train({'x, y, x_validation, y_validation' if validates else 'x, y'})"


def final_lines(experiment: Experiment) -> Iterator[str]:
    """Yield the lines that evaluate all parts of the data at the end."""
    named = {"": "training", "_validation": "validation", "_test": "test"}
    yield "parts = ["
    yield from (f'    ("{named[one]}", x{one}, y{one}),' for one in parts_of(experiment))
    yield "]"
    yield "for name, inputs, targets in parts:"
    if may_lack_parts(experiment):
        yield "    if not len(inputs):"
        yield "        continue"
    yield "    loss, output = evaluate(inputs, targets)"
    form = experiment.loss.target_form
    if form == "values":
        yield "    residuals = targets.double() - values_of(output)"
        yield '    text = f"RMSE {residuals.square().mean().sqrt():.6g}"'
    else:
        right = {
            "classes": "output.argmax(1) == targets",
            "binary": "(output[:, 0] > 0) == (targets > 0)",
            "labels": "(output > 0) == (targets > 0)",
        }[form]
        yield f"    correct = {right}"
        yield '    text = f"accuracy {correct.double().mean():.4f}"'
    yield '    print(f"{name}: loss {loss}, {text}")'


def parts_of(experiment: Experiment) -> tuple[str, ...]:
    """Return the ends of the names of the parts of the data; that of the training part is empty."""
    _train, _validation, test = part_sizes(experiment.data.spec(), experiment.split)
    validation = ("_validation",) if has_validation(experiment) else ()
    return ("", *validation, *(("_test",) if test else ()))
