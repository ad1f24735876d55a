"""Single changes as text."""

from typing import Any

import pytest

from nnplay.catalog import SGD, Adam, Cosine, LeakyReLU, Line
from nnplay.experiment import FileError, get_value, parse_setting, preset

CNN = preset("mnist-cnn").experiment


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("optimizer.lr=0.1", "optimizer.lr", 0.1),
        (" optimizer.lr = 1 ", "optimizer.lr", 1.0),
        ("optimizer.lr=1e-3", "optimizer.lr", 1e-3),
        ("optimizer=SGD", "optimizer", SGD()),
        ("optimizer=Adam", "optimizer", Adam()),
        ("schedule=Cosine", "schedule", Cosine()),
        ("data=Line", "data", Line()),
        ("network[1]=LeakyReLU", "network[1]", LeakyReLU()),
        ("network[0].filters=64", "network[0].filters", 64),
        ("network[0].bias=no", "network[0].bias", False),
        ("network[0].bias=True", "network[0].bias", True),
        ("batch_size=full", "batch_size", None),
        ("batch_size=1_000", "batch_size", 1000),
        ("epochs=1e3", "epochs", 1000),
        ("epochs=-5", "epochs", -5),
        ("split.test=0.25", "split.test", 0.25),
        ("seed=7", "seed", 7),
        ("draw=8", "draw", 8),
        ("device=cuda:1", "device", "cuda:1"),
        ("name=a=b", "name", "a=b"),
        ("about=", "about", ""),
    ],
)
def test_settings_are_applied(text: str, path: str, value: Any) -> None:
    found = get_value(parse_setting(CNN, text), path)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("optimizer.lr", "setting: Expected PATH=VALUE, such as optimizer.lr=0.1"),
        ("=3", "setting: Expected PATH=VALUE"),
        ("", "setting: Expected PATH=VALUE"),
        ("optimizer=Adma", 'optimizer: Unknown optimizer "Adma". Did you mean Adam? Known: SGD,'),
        ("optimizer=ADAM", "Did you mean Adam?"),
        ("network[1]=Relu", 'network[1]: Unknown layer "Relu". Did you mean ReLU? Known: Dense,'),
        (
            "optimizer.lrr=1",
            'optimizer.lrr: There is no setting "lrr" here. Did you mean lr? Known: lr,',
        ),
        ("optimiser.lr=1", 'There is no setting "optimiser" here. Did you mean optimizer?'),
        ("network[10].units=1", 'There is no setting "[10]" here.'),
        ("network[1].units=1", 'network[1].units: There is no setting "units" here.'),
        ("no such path=1", 'There is no setting "no such path" here. Known: data, network,'),
        ("optimizer.lr=fast", 'optimizer.lr: Expected a finite number, received text "fast".'),
        ("optimizer.lr=nan", "received NaN, which is not a number."),
        ("optimizer.lr=1e999", "received infinity."),
        ("epochs=2.5", "epochs: Expected an integer, received 2.5."),
        ("epochs=" + "9" * 5000, "epochs: Expected an integer, received infinity."),
        (
            "network[0].bias=maybe",
            'network[0].bias: Expected true or false, received text "maybe".',
        ),
        ("batch_size=some", 'batch_size: Expected an integer or "full", received text "some".'),
        (
            "split=0.2",
            "split: This is not a single value; choose one of its fields: validation, test,",
        ),
        (
            "network=Dense",
            "network: This is not a single value; choose one of its fields: [0], [1],",
        ),
    ],
)
def test_wrong_settings_are_refused_with_a_plain_message(text: str, says: str) -> None:
    with pytest.raises(FileError) as caught:
        parse_setting(CNN, text)
    assert says in str(caught.value)
