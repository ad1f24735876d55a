"""The lines of an exported script that load, split and scale the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from nnplay.catalog import Dataset
from nnplay.catalog.datasets.base import OWN
from nnplay.experiment.export.source_synthetic import generator_lines
from nnplay.experiment.seeds import derive_seed
from nnplay.experiment.sizes import group_columns, holds_out, part_gaps, part_sizes
from nnplay.experiment.value import Experiment

DATA_SUFFIX = ".npz"
Origin = Literal["generated", "downloaded", "file"]
URLS = {
    "mnist": "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "fashion-mnist": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "kmnist": "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    "cifar-10": "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "california-housing": "https://www.dcc.fc.up.pt/~ltorgo/Regression/cal_housing.tgz",
}
"""Where the files of a data set are published, by its archive."""
_CIFAR = '''
def read_cifar(path):
    """Return images and classes: a record is a byte for the class and 3,072 for the image."""
    names = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]
    with tarfile.open(path) as tar:
        files = [tar.extractfile(f"cifar-10-batches-bin/{name}.bin").read() for name in names]
    records = [np.frombuffer(file, np.uint8).reshape(-1, 3073) for file in files]
    found = []
    for part in (np.concatenate(records[:5]), records[5]):
        found += [part[:, 1:].reshape(-1, 3, 32, 32), part[:, 0]]
    return found
'''
_CALIFORNIA = '''
def load_data(folder=FOLDER / "california-housing"):
    """Return the housing blocks of California, with values in units of 100,000 dollars."""
    with tarfile.open(Path(folder) / "cal_housing.tgz") as tar:
        table = np.loadtxt(tar.extractfile("CaliforniaHousing/cal_housing.data"), delimiter=",")
    longitude, latitude, age, rooms, bedrooms, people, households, income, value = table.T
    per_household = rooms / households, bedrooms / households
    columns = income, age, *per_household, people, people / households, latitude, longitude
    x, y = np.stack(columns, axis=1), (value / 100_000)[:, np.newaxis]
    return x.astype(np.float32), y.astype(np.float32)
'''
_IDX_FUNCTIONS = '''
def read_idx(path):
    """Return the array in an IDX file: a header with the shape, then bytes."""
    content = gzip.decompress(path.read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
'''
_BALANCED = '''
def balanced_indices(labels, count):
    """Return the sorted indices of `count` random samples, as many of each class as possible."""
    order = np.random.default_rng({seed}).permutation(len(labels))
    rank = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        of_class = order[labels[order] == label]
        rank[of_class] = np.arange(len(of_class))
    return np.sort(order[np.argsort(rank[order], kind="stable")][:count])
'''
_STRATIFIED = '''
def stratified(order, classes):
    """Return the order rearranged so that every section of it has its share of each class."""
    shuffled = classes[order]
    counts = np.bincount(shuffled)
    grouped = np.argsort(shuffled, kind="stable")
    ranks = np.empty_like(grouped)
    ranks[grouped] = np.arange(len(shuffled)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[np.argsort((ranks + 0.5) / counts[shuffled], kind="stable")]
'''
_BY_GROUP = '''
def split(x, y):
    """Return training, validation and test samples, none of which share a group."""
    known = np.nan_to_num(x[:, {columns}], nan=np.inf)
    groups = np.unique(known, axis=0, return_inverse=True)[1].reshape(-1)
    counts = np.bincount(groups)
    order = np.random.default_rng({seed}).permutation(len(counts))
    part, at = np.zeros(len(counts), int), 0
    for number, size in ((2, {test}), (1, {validation})):
        taken = 0
        while size and at < len(order) - 1:
            more = counts[order[at]]
            if taken and abs(taken + more - size) > abs(taken - size):
                break
            part[order[at]], taken, at = number, taken + more, at + 1
            if taken >= size:
                break
    parts = (np.flatnonzero(part[groups] == number) for number in range(3))
    return [(x[part], y[part]) for part in parts]
'''


def origin(dataset: Dataset) -> Origin:
    """Return where a script gets its data from.

    "file" is a NumPy file beside the script, "downloaded" are published files.
    """
    if generator_lines(dataset, 0):
        return "generated"
    published = 32 if dataset.archive == "cifar-10" else 28
    has_own_size = getattr(dataset, "side", published) == published
    is_published = dataset.archive in URLS and dataset.group != OWN
    return "downloaded" if is_published and has_own_size else "file"


def has_test(experiment: Experiment) -> bool:
    """Return whether the data set has its own test set."""
    return experiment.data.spec().test_samples > 0


def is_split(experiment: Experiment) -> bool:
    """Return whether samples are held out."""
    _train, validation, test = part_sizes(experiment.data.spec(), experiment.split)
    return bool(validation or (test and not has_test(experiment)))


def loading_lines(experiment: Experiment, file: str) -> Iterator[str]:
    """Yield the functions that load and split the data; `file` is that beside the script."""
    dataset = experiment.data
    how = origin(dataset)
    if how == "generated":
        yield from ("", "def load_data():")
        yield '    """Return inputs and targets, generated."""'
        lines = generator_lines(dataset, experiment.seed)
        yield from (f"    {line}" for line in lines)
    elif how == "downloaded":
        yield from _downloaded(experiment)
    else:
        names = ("x", "y", "x_test", "y_test") if has_test(experiment) else ("x", "y")
        yield from ("", f"def load_data(path=FOLDER / {file!r}):")
        yield '    """Return the samples in the file that belongs to this script."""'
        yield "    with np.load(path) as arrays:"
        found = ", ".join(f'arrays["{name}"]' for name in names)
        yield f"        return {found}"
    if is_split(experiment):
        yield from ("", *_split(experiment))


def _downloaded(experiment: Experiment) -> Iterator[str]:
    dataset = experiment.data
    if dataset.archive == "california-housing":
        yield from _CALIFORNIA.splitlines()
        return
    samples: Any = getattr(dataset, "samples", 0)
    is_cifar = dataset.archive == "cifar-10"
    yield from (_CIFAR if is_cifar else _IDX_FUNCTIONS).splitlines()
    if samples:
        yield ""
        seed = derive_seed(experiment.seed, "noise")
        yield from _BALANCED.format(seed=seed).splitlines()
    yield from ("", "", f"def load_data(folder=FOLDER / {dataset.archive!r}):")
    yield '    """Return training and test images from 0 to 1, with their classes."""'
    if is_cifar:
        yield '    x, y, x_test, y_test = read_cifar(Path(folder) / "cifar-10-binary.tar.gz")'
    else:
        yield '    parts = "train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1"'
        yield '    paths = [Path(folder) / f"{part}-ubyte.gz" for part in parts.split()]'
        yield "    x, y, x_test, y_test = map(read_idx, paths)"
    if samples:
        yield f"    chosen = balanced_indices(y, {samples})"
        yield "    x, y = x[chosen], y[chosen]"
    yield "    x, x_test = (images.astype(np.float32) / 255 for images in (x, x_test))"
    if not is_cifar and len(dataset.spec().in_shape) == 3:
        yield "    x, x_test = x[:, np.newaxis], x_test[:, np.newaxis]  # one channel"
    yield "    return x, y.astype(np.int64), x_test, y_test.astype(np.int64)"


def _split(experiment: Experiment) -> Iterator[str]:
    spec, shares = experiment.data.spec(), experiment.split
    train, validation, test = part_sizes(spec, shares)
    if has_test(experiment):
        test = 0
    seed = derive_seed(experiment.seed, "split")
    how = holds_out(spec, shares)
    if how == "by group":
        columns = [number - 1 for number in group_columns(spec, shares.group)]
        text = _BY_GROUP.format(columns=columns, seed=seed, test=test, validation=validation)
        yield from text.splitlines()
        return
    is_stratified = how == "random" and shares.stratified and spec.task == "classification"
    if is_stratified:
        yield from _STRATIFIED.splitlines()
        yield ""
    yield from ("", "def split(x, y):")
    if how == "in order":
        before = part_gaps(spec, shares, validation, test)
        start = spec.samples - test - before[1] - validation
        yield '    """Return training, validation and test samples: the last ones are held out."""'
        yield f"    parts = slice({train}), slice({start}, {start + validation}), slice("
        yield f"        {spec.samples - test}, None"
        yield "    )"
        yield "    return [(x[part], y[part]) for part in parts]"
        return
    yield '    """Return training, validation and test samples, chosen at random."""'
    yield f"    order = np.random.default_rng({seed}).permutation(len(x))"
    if is_stratified:
        yield "    order = stratified(order, y)"
    yield f"    test, validation, train = np.split(order, [{test}, {test + validation}])"
    yield "    return [(x[np.sort(part)], y[np.sort(part)]) for part in (train, validation, test)]"
