"""The experiment: one frozen value, how to change it, check it and store it."""

from nnplay.experiment.augmentation import Augmentation
from nnplay.experiment.checks.check import check
from nnplay.experiment.checks.problems import Fix, Problem, problems_by_field
from nnplay.experiment.checks.remarks import remarks, target_remarks
from nnplay.experiment.differences import differences
from nnplay.experiment.edit import (
    PathError,
    get_value,
    insert_layer,
    move_layer,
    remove_layer,
    set_value,
)
from nnplay.experiment.export.source import pytorch_source
from nnplay.experiment.export.source_scaling import ScriptScaling
from nnplay.experiment.memory import memory_bytes
from nnplay.experiment.monitored_metrics import MONITORED_METRICS, MonitoredMetric
from nnplay.experiment.outputs import (
    last_activation,
    output_range,
    target_scaling_is_possible,
    target_scaling_rule,
)
from nnplay.experiment.place import Place
from nnplay.experiment.seeds import Purpose, derive_seed, digests
from nnplay.experiment.shapes import Row, trace_shapes
from nnplay.experiment.sizes import part_sizes
from nnplay.experiment.storage.json_format import dumps, loads, open_file, save
from nnplay.experiment.storage.overrides import parse_setting
from nnplay.experiment.storage.page_reading import is_page
from nnplay.experiment.storage.presets import (
    Chapter,
    Preset,
    chapters,
    lesson_views,
    preset,
    presets,
)
from nnplay.experiment.storage.reading import FileError
from nnplay.experiment.training_rules import Policy, Regularisation
from nnplay.experiment.value import Experiment, SamplesKey, Split, samples_key
from nnplay.experiment.weights.finite_weights import infinite_weights, refuse_infinite_weights
from nnplay.experiment.weights.safetensors_header import WeightsError
from nnplay.experiment.weights.transfer import (
    bundled_weights,
    loading_layers,
    start_text,
    weights_path,
)

__all__ = [
    "MONITORED_METRICS",
    "Augmentation",
    "Chapter",
    "Experiment",
    "FileError",
    "Fix",
    "MonitoredMetric",
    "PathError",
    "Place",
    "Policy",
    "Preset",
    "Problem",
    "Purpose",
    "Regularisation",
    "Row",
    "SamplesKey",
    "ScriptScaling",
    "Split",
    "WeightsError",
    "bundled_weights",
    "chapters",
    "check",
    "derive_seed",
    "differences",
    "digests",
    "dumps",
    "get_value",
    "infinite_weights",
    "insert_layer",
    "is_page",
    "last_activation",
    "lesson_views",
    "loading_layers",
    "loads",
    "memory_bytes",
    "move_layer",
    "open_file",
    "output_range",
    "parse_setting",
    "part_sizes",
    "preset",
    "presets",
    "problems_by_field",
    "pytorch_source",
    "refuse_infinite_weights",
    "remarks",
    "remove_layer",
    "samples_key",
    "save",
    "set_value",
    "start_text",
    "target_remarks",
    "target_scaling_is_possible",
    "target_scaling_rule",
    "trace_shapes",
    "weights_path",
]
