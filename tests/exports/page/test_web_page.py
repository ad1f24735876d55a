"""Runs as web pages: complete, small, safe, and readable again."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnplay.assets import asset
from nnplay.catalog import (
    GRU,
    MNIST,
    SGD,
    Adam,
    Dense,
    Discs,
    LabelCrossEntropy,
    Line,
    PictureRows,
    ReLU,
    ResidualBlock,
)
from nnplay.data import load
from nnplay.experiment import Experiment, loads, preset
from nnplay.exports import ExportSource, export_formats
from nnplay.gui.style.theme import DARK, LIGHT, Theme
from nnplay.record import RunRecord
from nnplay.record.files import write_files
from nnplay.record.finished_run import FinishedRun
from tests.engine.rig import Run, digits, small
from tests.exports.page.node import contents, evaluated, needs_node, parsed, played

(PAGE,) = [one for one in export_formats() if one.key == "page"]
CSP = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
HOSTILE = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>&lt;$data{x}\u2028'\""


def page_of(experiment: Experiment) -> bytes:
    return exported(Run(experiment))


def exported(run: Run) -> bytes:
    link = run.link
    finished = FinishedRun.of(run.result, link.steps, link.epochs, link.film)
    (content,) = PAGE.files(ExportSource(run.result.experiment, finished), "any.html").values()
    return content


def plane(**changes: object) -> Experiment:
    return replace(small(optimizer=Adam(0.05)), **changes)  # type: ignore[arg-type]


def test_the_page_of_the_spiral_is_small_and_complete() -> None:
    content = page_of(preset("spiral").experiment)
    assert len(content) < 1_000_000
    page, text = parsed(content), content.decode()
    policies = [tag for name, tag in page.tags if tag.get("http-equiv")]
    assert [one["content"] for one in policies] == [CSP]
    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(|\bfetch\(|XMLHttp|eval\(", text)
    assert not [tag for _name, tag in page.tags if "src" in tag or "href" in tag]
    assert page.title == "Spiral"
    data = contents(content)
    assert data["about"] == preset("spiral").experiment.about
    assert dict(data["facts"])["Learning rate"] == "0.02"
    assert dict(data["facts"])["Epochs"] == "600"
    assert len(data["frames"]) > 100
    assert data["frames"][-1]["step"] == 7800
    assert data["frames"][-1]["epoch"] == 600


def test_the_page_of_the_first_mnist_net_is_small(
    mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNPLAY_DATA", str(mnist_dir.parent))
    experiment = preset("mnist-first-net").experiment
    # As many frames and weights as in the preset, of which fewer images make smaller numbers only.
    run = Run(replace(experiment, data=MNIST(samples=2_000), epochs=40))
    content = exported(run)
    assert len(content) < 1_000_000
    data = contents(content)
    assert data["weights"]["type"] == "float16"
    assert len(data["stored"]["confusion"]) == len(data["frames"]) >= 30
    assert run.result.class_predictions is not None
    final = run.result.class_predictions.confusion
    # Weights in float16 may change the most probable class of a few images.
    assert np.abs(np.array(data["stored"]["confusion"][-1]) - final).sum() <= 0.01 * final.sum()


def test_texts_of_the_user_remain_texts() -> None:
    content = page_of(plane(name=HOSTILE, about=HOSTILE, epochs=1))
    page = parsed(content)
    assert page.title == HOSTILE.replace("\u2028", "\u2028")
    assert len(page.scripts) == 3
    assert "alert" not in page.scripts[2].text
    assert not [name for name, _tag in page.tags if name == "img"]
    assert contents(content)["title"] == contents(content)["about"] == HOSTILE
    assert json.loads(page.scripts[1].text)["name"] == HOSTILE


@needs_node
def test_the_player_shows_hostile_texts_without_markup() -> None:
    content = page_of(plane(name=HOSTILE, about=HOSTILE, epochs=1))
    shown = played(content, "", "[known.title.textContent, known.about.textContent]")
    assert shown == [HOSTILE, HOSTILE]


def test_the_player_never_sets_markup() -> None:
    source = parsed(page_of(plane(epochs=1))).scripts[2].text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|Function\(", source)


@needs_node
@pytest.mark.parametrize(
    ("experiment", "views"),
    [
        (plane(), ["Predictions over the plane", "Confusion matrix"]),
        (plane(data=Discs(points=90, discs=3), loss=LabelCrossEntropy(),
               network=(Dense(8), ReLU(), Dense(3))), ["Predictions over the plane"]),
        (replace(preset("linear-regression").experiment, data=Line(points=50)), ["Fitted curve"]),
        (digits(optimizer=Adam(0.01)), ["Confusion matrix", "Draw a digit"]),
        (digits(optimizer=Adam(0.01), network=(PictureRows(), GRU(8), Dense(10))),
         ["Confusion matrix"]),
        (digits(optimizer=Adam(0.01), network=(ResidualBlock(2), *digits(optimizer=SGD()).network)),
         ["Confusion matrix"]),
    ],
    ids=["plane", "labels", "curve", "digits", "recurrent", "residual"],
)  # fmt: skip
def test_the_player_moves_all_views_through_the_run(
    experiment: Experiment, views: list[str]
) -> None:
    content = page_of(experiment)
    last = len(contents(content)["frames"]) - 1
    actions = """
    const keys = ["End", "ArrowLeft", "Home", "ArrowRight"];
    const body = new Element("body");
    const moments = keys.map((key) => {
      document.fire("keydown", { key, target: body });
      return Number(known.position.value);
    });
    window.fire("beforeprint");
    const printed = [root.dataset.print, Number(known.position.value)];
    window.fire("afterprint");
    const pictures = all.filter((one) => one.attributes["role"] === "img");
    for (const one of pictures) one.fire("pointermove", { clientX: 200, clientY: 200 });
    """
    titles = "all.filter((one) => one.tagName === 'H2').map((one) => one.textContent)"
    found = played(content, actions, f"[moments, printed, {titles}, root.dataset.ready]")
    moments, printed, shown, ready = found
    assert moments == [last, last - 1, 0, 1]
    assert printed == ["yes", last]
    assert ready == "yes"
    assert sorted(
        one for one in shown if one and "Loss" not in one and one != "Accuracy"
    ) == sorted(views)


@needs_node
def test_a_point_of_the_plane_is_predicted_as_in_the_engine() -> None:
    import torch

    from nnplay.engine.model.build import build_network

    experiment = plane()
    run = Run(experiment)
    model = build_network(experiment.network, (2,))
    model.load_state_dict(
        {name: torch.from_numpy(np.array(one)) for name, one in run.result.weights.items()}
    )
    points = np.array(load(experiment.data, experiment.seed).samples.x[:20])
    with torch.no_grad():
        expected = model.eval()(torch.from_numpy(points)).softmax(1).numpy()
    given = {"page": contents(exported(run)), "x": points.ravel().tolist()}
    code = (
        "Array.from(predictedAt(input.page, unpackedWeights(input.page.layout, "
        "input.page.weights), Float64Array.from(input.x), 20))"
    )
    found = np.array(evaluated(code, given)).reshape(20, 2)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


@needs_node
def test_the_frames_of_the_page_are_those_of_the_film() -> None:
    run = Run(plane())
    data = contents(exported(run))
    film = run.link.film.frames
    assert [one["step"] for one in data["frames"]] == [one.step for one in film]
    rows = np.array(evaluated("Array.from(unpacked(input))", data["film"])).reshape(len(film), -1)
    assert np.array_equal(rows, np.stack([one.numbers for one in film]).astype(np.float64))


def test_scaled_samples_are_predicted_in_the_units_of_the_data() -> None:
    experiment = preset("linear-regression").experiment
    split = replace(experiment.split, scaling="standardised", target_scaling="standardised")
    run = Run(replace(experiment, split=split, data=Line(points=80), epochs=30))
    data = contents(exported(run))
    scaling = run.result.scaling
    assert scaling.inputs is not None and scaling.targets is not None
    assert data["inputs"] == {
        "shift": scaling.inputs.shift.tolist(), "size": scaling.inputs.size.tolist(),
    }  # fmt: skip
    assert data["output"]["mean"] == list(scaling.targets.mean)
    x = load(run.result.experiment.data, experiment.seed).samples.x
    assert x.min() <= data["points"]["low"][0] < data["points"]["high"][0] <= x.max()


def test_a_network_with_other_layers_is_shown_in_stored_pictures() -> None:
    data = contents(
        page_of(digits(optimizer=Adam(0.01), network=(PictureRows(), GRU(8), Dense(10))))
    )
    assert data["layers"] is None and data["weights"] is None and data["film"] is None
    assert "stored pictures only" in " ".join(data["notes"])
    matrices = data["stored"]["confusion"]
    assert len(matrices) == len(data["frames"]) > 3
    assert len({sum(map(sum, one)) for one in matrices[1:]}) == 1


def test_the_page_of_a_folder_shows_the_final_network(tmp_path: Path) -> None:
    experiment = plane()
    run = Run(experiment)
    write_files(RunRecord("any", experiment, run.result, run.link.steps, run.link.epochs), tmp_path)
    saved = FinishedRun.read(tmp_path)
    assert saved.train == run.result.train and saved.validation == run.result.validation
    (content,) = PAGE.files(ExportSource(saved.trained.experiment, saved), "a.html").values()
    data, whole = contents(content), contents(exported(run))
    assert len(data["frames"]) == 1
    assert "not saved" in " ".join(data["notes"])
    for found in (data, whole):
        numbers = np.frombuffer(b64decode(found["weights"]["data"]), "<f4")
        ends = np.cumsum([np.prod(shape, dtype=int) for _name, shape in found["layout"]])
        parts = np.split(numbers, ends[:-1])
        for (name, _shape), part in zip(found["layout"], parts, strict=True):
            assert np.array_equal(part, run.result.weights[name].ravel())
    assert data["scores"] == whole["scores"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colours_are_those_of_the_window(theme: Theme) -> None:
    source = asset("page", "page.css").read_text("utf-8")
    light, dark = re.findall(r":root[^{]*\{([^}]*)\}", source)[:2]
    found = dict(re.findall(r"--([\w-]+): (#\w{6})", light if theme is LIGHT else dark))
    names = {
        name.replace("_", "-"): colour
        for name, colour in vars(theme).items()
        if isinstance(colour, str)
    }
    for name in ("classes", "sequence"):
        short = "class" if name == "classes" else name
        names |= {f"{short}-{i}": one for i, one in enumerate(getattr(theme, name))}
    assert found == {name: names[name] for name in found}
    assert len(found) > 20


def test_the_experiment_in_the_page_is_the_one_that_ran() -> None:
    experiment = plane(about="An about text.")
    assert loads(parsed(page_of(experiment)).scripts[1].text) == experiment


@needs_node
def test_a_network_that_diverged_has_a_page_all_the_same() -> None:
    run = Run(plane(epochs=1))
    weights = {name: np.full_like(one, np.nan) for name, one in run.result.weights.items()}
    finished = FinishedRun.of(run.result, run.link.steps, run.link.epochs, run.link.film)
    broken = replace(finished, trained=replace(finished.trained, weights=weights))
    (content,) = PAGE.files(ExportSource(run.result.experiment, broken), "a.html").values()
    assert "NaN" not in parsed(content).scripts[0].text
    assert played(content, "", "root.dataset.ready") == "yes"


@needs_node
@pytest.mark.parametrize(
    ("experiment", "view"),
    [
        (plane(epochs=1), "Predictions over the plane"),
        (replace(preset("linear-regression").experiment, data=Line(points=50), epochs=20),
         "Fitted curve"),
    ],
    ids=["plane", "curve"],
)  # fmt: skip
def test_the_arrow_keys_ask_the_network(experiment: Experiment, view: str) -> None:
    run = Run(experiment)
    content = exported(run)
    data = contents(content)
    actions = f"""
    const canvas = all.find((one) => one.attributes["aria-label"] === {json.dumps(view)});
    const moved = [];
    const press = (key) => {{
      canvas.fire("keydown", {{ key, preventDefault: () => moved.push(key) }});
      return canvas.asked.slice();
    }};
    const places = [press("ArrowRight"), press("ArrowUp"), press("ArrowLeft")];
    for (let i = 0; i < 100; i += 1) places.push(press("ArrowLeft"));
    const reading = all.find((one) => one.attributes["aria-live"] === "polite");
    const kept = places.at(-1);
    const text = reading.textContent;
    canvas.fire("blur");
    """
    found = played(
        content, actions, "{places, text, kept, area: canvas.plotted.area, tab: canvas.tabIndex}"
    )
    low, high, bottom, top = found["area"]
    step = (high - low) / 40
    middle = (low + high) / 2
    assert found["tab"] == 0
    assert found["places"][0] == pytest.approx([middle + step, (bottom + top) / 2])
    assert found["places"][1] == pytest.approx(
        [middle + step, (bottom + top) / 2 + (top - bottom) / 40]
    )
    assert found["places"][2][0] == pytest.approx(middle)
    # It stops at the edge of the picture.
    x, y = found["kept"]
    assert x == pytest.approx(low)
    is_plane = view != "Fitted curve"
    given = {"page": data, "x": [x, y] if is_plane else [x]}
    text = "predictionText(input.page, found)" if is_plane else "short(found[0])"
    expected = evaluated(
        "((found) => " + text + ")(predictedAt(input.page, unpackedWeights(input.page.layout, "
        "input.page.weights), Float64Array.from(input.x), 1))",
        given,
    )
    assert found["text"].startswith("at ") and found["text"].endswith(f": {expected}")


@pytest.mark.parametrize("is_late", [False, True])
def test_computing_what_the_page_shows_can_be_cancelled(is_late: bool) -> None:
    run = Run(digits(optimizer=Adam(0.01), network=(PictureRows(), GRU(8), Dense(10)), epochs=2))
    finished = FinishedRun.of(run.result, run.link.steps, run.link.epochs, run.link.film)
    polls = 0

    class CancelledError(Exception):
        pass

    def count() -> None:
        nonlocal polls
        polls += 1

    PAGE.files(ExportSource(run.result.experiment, finished, count), "a.html")
    assert polls > len(run.link.film.frames)
    polls_left = polls // 2 if is_late else 1

    def cancel() -> None:
        nonlocal polls_left
        polls_left -= 1
        if not polls_left:
            raise CancelledError

    with pytest.raises(CancelledError):
        PAGE.files(ExportSource(run.result.experiment, finished, cancel), "a.html")
    assert polls_left == 0
