"""The ROC curve and the residuals, compared with scikit-learn and NumPy."""

import re
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from sklearn.metrics import r2_score, roc_auc_score, roc_curve

from nnplay.gui.panel.example_runs import example_run
from nnplay.gui.panels.residuals import ResidualsPanel
from nnplay.gui.panels.roc import RocPanel
from nnplay.link import ClassPredictions


def test_the_curve_and_its_area_match_scikit_learn(open_panel) -> None:
    panel = open_panel(RocPanel, "plane")
    now = example_run("plane").frame.payloads[ClassPredictions]
    ones = now.probabilities[:, 1]
    x, y = panel.curve.getData()
    expected = roc_curve(now.target, ones, drop_intermediate=False)
    np.testing.assert_allclose(x, expected[0])
    np.testing.assert_allclose(y, expected[1])
    metrics = {metric.name: metric.value for metric in panel.metrics.metrics}
    assert float(metrics["AUC"]) == round(roc_auc_score(now.target, ones), 4)
    assert panel.empty_text == ""
    panel.clear()
    assert panel.empty_text


def test_a_single_class_has_no_curve(open_panel) -> None:
    panel = open_panel(RocPanel, "plane")
    frame = example_run("plane").frame
    now = frame.payloads[ClassPredictions]
    probabilities = now.probabilities.copy()
    probabilities[now.target == 1] = np.nan
    alone = MappingProxyType({ClassPredictions: replace(now, probabilities=probabilities)})
    panel.show_frame(replace(frame, payloads=alone))
    assert "one class" in panel.empty_text


def test_residuals_are_target_minus_prediction(open_panel) -> None:
    panel = open_panel(ResidualsPanel, "curve")
    predictions = example_run("curve").result.regression_predictions
    left, right = panel.points.dataBounds(1)
    off = predictions.target - predictions.predicted
    assert (left, right) == (np.float32(off.min()), np.float32(off.max()))
    r2 = r2_score(predictions.target, predictions.predicted)
    assert re.fullmatch(rf"RMSE [\d.]+ · R² {r2:.4f} · test samples", panel.note)
    assert not panel.metrics.metrics, "nothing lies over the points"


def test_a_diverged_run_has_no_residuals(open_panel) -> None:
    panel = open_panel(ResidualsPanel)
    result = example_run("curve").result
    predictions = replace(
        result.regression_predictions, predicted=np.full((3, 1), np.nan, np.float32)
    )
    panel.show_result(replace(result, regression_predictions=predictions))
    assert panel.empty_text
