"""What differs between two experiments, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from nnplay.catalog import Kind, Layer, Param, params_of
from nnplay.experiment.value import Experiment
from nnplay.translation import _, ngettext


def differences(before: Experiment, after: Experiment) -> tuple[str, ...]:
    """Return each difference as a few words, the data and the network first.

    The name and the description are no differences: a run does not depend on them.
    """
    texts = [
        *_data(before, after),
        *_network(before.network, after.network),
        *_kind(_("loss"), before.loss, after.loss),
        *_optimizer(before, after),
        *_kind(_("schedule"), before.schedule, after.schedule),
        *_batch_size(before, after),
        *_epochs(before, after),
        *_params(before.split, after.split, within=_("split")),
        *_params(before.regularisation, after.regularisation),
        *_params(before.policy, after.policy),
        *_params(before.augmentation, after.augmentation, within=_("augmentation")),
        *_rest(before, after),
    ]
    return _counted(texts)


def _data(before: Experiment, after: Experiment) -> list[str]:
    old, new = before.data, after.data
    if old == new:
        return []
    changed = [p for p in new.params() if getattr(old, p.name, None) != getattr(new, p.name)]
    if type(old) is not type(new) or any(p.is_path or not p.editable for p in changed):
        files = [_file_name(getattr(new, p.name)) for p in new.params() if p.is_path]
        return [_("other data: {data}").format(data="".join(files) or _(new.label))]
    if any(p.type == "rows" for p in changed):
        return [_("points edited")]
    return _params(old, new, within=_("data"))


def _network(before: Sequence[Layer], after: Sequence[Layer]) -> list[str]:
    texts: list[str] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            old, new = before[start:end], after[new_start:new_end]
            texts += _replaced(old, new)
    return texts


def _replaced(old: Sequence[Layer], new: Sequence[Layer]) -> list[str]:
    """Return what became of some layers; those of the same kind are the same layer, changed."""
    texts: list[str] = []
    keys = [layer.key for layer in old], [layer.key for layer in new]
    for tag, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            for one, other in zip(old[a:b], new[c:d], strict=True):
                texts += _layer(one, other)
        elif b - a == d - c:
            for one, other in zip(old[a:b], new[c:d], strict=True):
                texts.append(f"{layer_words(one)} → {layer_words(other)}")
        else:
            texts += [_("{layer} removed").format(layer=layer_words(one)) for one in old[a:b]]
            texts += [_("{layer} added").format(layer=layer_words(one)) for one in new[c:d]]
    return texts


def _layer(before: Layer, after: Layer) -> list[str]:
    """Return what was changed in a layer: its size without a word for it, as `Dense 8 → 16`."""
    label = _(after.label)
    size = _size(after)
    texts = []
    for param in after.params():
        old, new = getattr(before, param.name), getattr(after, param.name)
        if old == new:
            continue
        if size is not None and param.name == size.name:
            texts.append(f"{label} {_words(param, old)} → {_words(param, new)}")
        elif param.name == "frozen":
            text = _("{layer} frozen") if new else _("{layer} not frozen")
            texts.append(text.format(layer=layer_words(after)))
        elif param.name == "name":
            text = _("{layer} named “{name}”") if new else _("{layer} without a name")
            texts.append(text.format(layer=layer_words(after), name=new))
        else:
            texts.append(f"{label}: {_changed(param, old, new)}")
    return texts


def layer_words(layer: Layer) -> str:
    """Return the kind of a layer with its size, such as `Dense 16`."""
    size = _size(layer)
    if size is None:
        return _(layer.label)
    return f"{_(layer.label)} {_words(size, getattr(layer, size.name))}"


def _size(layer: Layer) -> Param | None:
    """Return the parameter that matters most: a first one that counts something, or is p."""
    first = next(iter(layer.params()), None)
    if layer.family != "layer" or first is None or (first.type != "int" and first.name != "p"):
        return None
    return first


def _kind(part: str, before: Kind, after: Kind) -> list[str]:
    if type(before) is type(after):
        return _params(before, after)
    return [f"{part}: {_(before.label)} → {_(after.label)}"]


def _optimizer(before: Experiment, after: Experiment) -> list[str]:
    old, new = before.optimizer, after.optimizer
    if type(old) is type(new):
        return _params(old, new)
    texts = [f"{_(old.label)} → {_(new.label)}"]
    rates = {param.name: param for param in new.params()}
    if "lr" in rates and old.lr != new.lr:
        texts.append(_changed(rates["lr"], old.lr, new.lr))
    return texts


def _batch_size(before: Experiment, after: Experiment) -> list[str]:
    sizes = before.batch_size, after.batch_size
    if sizes[0] == sizes[1]:
        return []
    old, new = (_("full") if size is None else f"{size:,}" for size in sizes)
    return [_("batch size {before} → {after}").format(before=old, after=new)]


def _epochs(before: Experiment, after: Experiment) -> list[str]:
    if before.epochs == after.epochs:
        return []
    text = ngettext("{before} → {after} epoch", "{before} → {after} epochs", after.epochs)
    return [text.format(before=f"{before.epochs:,}", after=f"{after.epochs:,}")]


def _rest(before: Experiment, after: Experiment) -> list[str]:
    texts = []
    if before.draw != after.draw:
        texts.append(_("other initial weights"))
    if before.start != after.start:
        text = _("pretrained weights: {name}") if after.start else _("without pretrained weights")
        texts.append(text.format(name=_file_name(after.start)))
    if before.device != after.device:
        texts.append(
            _("device {before} → {after}").format(before=before.device, after=after.device)
        )
    for param in params_of(Experiment):
        old, new = getattr(before, param.name), getattr(after, param.name)
        if param.name in ("seed", "stepper", "precision") and old != new:
            texts.append(_changed(param, old, new))
    return texts


def _params(before: Any, after: Any, within: str = "") -> list[str]:
    """Return the changed parameters of two values of one class, after the name of their part."""
    texts = []
    for param in params_of(type(after)):
        old, new = getattr(before, param.name), getattr(after, param.name)
        if old != new:
            text = _changed(param, old, new)
            texts.append(f"{within}: {text}" if within else text)
    return texts


def _changed(param: Param, before: Any, after: Any) -> str:
    name = _(param.label)
    if param.type == "bool":
        return f"{name} {_words(param, after)}"
    return f"{name} {_words(param, before)} → {_words(param, after)}"


def _words(param: Param, value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, str):
        if param.type == "text":
            return f"“{value}”" if value else _("none")
        return _(dict(zip(param.choices, param.called, strict=False)).get(value, value))
    if param.zero and value == 0:
        return _(param.zero)
    if param.type == "int":
        return f"{value:,}"
    mantissa, sign, exponent = f"{value:.6g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if sign else mantissa


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _counted(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each text once, with the number of times that it occurs if that is more than one."""
    return tuple(
        text if count == 1 else _("{text} ({n} times)").format(text=text, n=count)
        for text, count in Counter(texts).items()
    )
