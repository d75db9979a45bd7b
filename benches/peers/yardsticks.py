"""Quality, measured the same way for all: `yardsticks.py NAME[,NAME..] X.npy y.npy OUT [REFERENCE]` prints JSON.

OUT is what a fit wrote (.npy, or .npz with Y or indices), REFERENCE another's, for yardsticks that need
one. What depends on the data alone is kept beside the data."""
import json
import sys
from pathlib import Path

import numpy as np

NEIGHBORS = 12
NEAREST = 15
PERPLEXITY = 30
RANDOM = 3000


def kept(data, name, make):
    """An array that depends on the data alone."""
    place = Path(str(data).replace("_X.npy", f"_{name}.npz"))
    if not place.exists():
        np.savez(place, **make())
    return np.load(place)


def coordinates(out):
    stored = np.load(out)
    return np.asarray(stored if isinstance(stored, np.ndarray) else stored["Y"], dtype=np.float64)


def trust(case):
    """Trustworthiness at 12 neighbors; up to 10 000 rows of all, else of 3000 random ones."""
    from sklearn.neighbors import NearestNeighbors

    x, y, k = case.x.astype(np.float64), case.y, NEIGHBORS
    n = len(x)
    asked = np.arange(n) if n <= 10_000 else np.random.RandomState(0).permutation(n)[:RANDOM]
    near = NearestNeighbors(n_neighbors=k + 1).fit(y).kneighbors(y[asked], return_distance=False)
    squares, total = (x * x).sum(1), 0.0
    for start in range(0, len(asked), 256):
        rows = asked[start : start + 256]
        distances = squares[rows][:, None] + squares[None] - 2 * x[rows] @ x.T
        distances[np.arange(len(rows)), rows] = -1
        for at, i in enumerate(rows):
            for j in [j for j in near[start + at] if j != i][:k]:
                total += max(0, int((distances[at] < distances[at][j]).sum()) - k)
    return 1 - total * 2 / (len(asked) * k * (2 * n - 3 * k - 1))


def kl(case):
    """KL(P|Q): P of perplexity 30 from exact neighbors, Q with its exact sum."""
    import scipy.sparse as sparse

    def affinities():
        from openTSNE.affinity import PerplexityBasedNN

        p = PerplexityBasedNN(case.x, perplexity=PERPLEXITY, method="exact", n_jobs=-1).P.tocoo()
        return {"row": p.row, "col": p.col, "p": p.data}

    stored = kept(case.data, f"p{PERPLEXITY}", affinities)
    row, col, p = stored["row"], stored["col"], stored["p"]
    y, total = case.y, 0.0
    squares = (y * y).sum(1)
    for start in range(0, len(y), 1000):
        d = squares[start : start + 1000, None] + squares[None] - 2 * y[start : start + 1000] @ y.T
        total += (1 / (1 + np.maximum(d, 0))).sum()
    total -= len(y)
    d, some = ((y[row] - y[col]) ** 2).sum(1), p > 0
    return float((p[some] * (np.log(p[some]) + np.log1p(d[some]) + np.log(total))).sum())


def accuracy(case):
    """10-NN label accuracy in the embedding."""
    from sklearn.neighbors import NearestNeighbors

    labels = np.load(case.labels)
    near = NearestNeighbors(n_neighbors=10).fit(case.y).kneighbors(return_distance=False)
    votes = [np.bincount(row, minlength=10).argmax() for row in labels[near]]
    return float((np.array(votes) == labels).mean())


def recall(case):
    """Share of the true 15 nearest that were found."""

    def true():
        from sklearn.neighbors import NearestNeighbors

        search = NearestNeighbors(n_neighbors=NEAREST, algorithm="brute" if case.x.shape[1] > 4 else "kd_tree")
        return {"indices": search.fit(case.x.astype(np.float64)).kneighbors(return_distance=False)}

    truth, found = kept(case.data, "nearest", true)["indices"], np.load(case.out)["indices"]
    return float(np.mean([len(np.intersect1d(a, b)) for a, b in zip(found, truth)]) / NEAREST)


def procrustes(case):
    """Disparity from the flat roll."""
    from scipy.spatial import procrustes

    return float(procrustes(np.load(case.labels), case.y)[2])


def residual(case):
    """Residual variance against the reference's geodesics."""
    from scipy.spatial.distance import pdist, squareform

    stored = np.load(case.reference)
    geodesics = squareform(stored["geodesics"].astype(np.float64), checks=False)
    return float(1 - np.corrcoef(geodesics, pdist(case.y[stored["asked"]]))[0, 1] ** 2)


def eigenvalues(case):
    """Squared lengths of the columns: eigenvalues of what was decomposed (MDS, kernel PCA)."""
    y = case.y - case.y.mean(0)
    return sorted((float(v) for v in (y * y).sum(0)), reverse=True)


def variance(case):
    """Variance kept."""
    return float(case.y.var(0).sum() / case.x.astype(np.float64).var(0).sum())


def lle_cost(case):
    """Σ |y - Σ w y|² of the orthonormal embedding, with scikit-learn's weights."""
    from sklearn.manifold._locally_linear import barycenter_kneighbors_graph

    weights = barycenter_kneighbors_graph(case.x.astype(np.float64), NEIGHBORS, reg=1e-3)
    y = np.linalg.qr(case.y - case.y.mean(0))[0]
    return float(((y - weights @ y) ** 2).sum())


def negentropy(case):
    """Mean approximate negentropy of the components, by log cosh: what FastICA maximizes."""
    s = (case.y - case.y.mean(0)) / case.y.std(0)
    gauss = 0.374567207491438
    return float(((np.log(np.cosh(s)).mean(0) - gauss) ** 2).mean())


def nmf_error(case):
    """Norm of what the best non-negative dictionary for these weights leaves."""
    from sklearn.decomposition import non_negative_factorization

    x, w = case.x.astype(np.float64), np.ascontiguousarray(case.y)
    start = np.full((x.shape[1], w.shape[1]), x.mean())
    h = non_negative_factorization(x.T, W=start, H=w.T.copy(), update_H=False, init="custom", max_iter=500, tol=1e-6)[0]
    return float(np.linalg.norm(x - w @ h.T))


def stress(case):
    """Raw stress: Σ over pairs of (distance in the data - in the embedding)²."""
    from scipy.spatial.distance import pdist

    return float(((pdist(case.x.astype(np.float64)) - pdist(case.y)) ** 2).sum())


def graph_eigenvalues(case):
    """The first six of the normalized Laplacian of the 12-NN graph (either direction), by ARPACK."""

    def first():
        import scipy.sparse as sparse
        from scipy.sparse.csgraph import laplacian
        from scipy.sparse.linalg import eigsh
        from sklearn.neighbors import kneighbors_graph

        graph = kneighbors_graph(case.x.astype(np.float64), NEIGHBORS, include_self=False)
        matrix = sparse.identity(len(case.x)) - laplacian(graph.maximum(graph.T), normed=True)
        values = eigsh(matrix.tocsc(), k=6, which="LA", tol=1e-12, ncv=60, maxiter=20_000)[0]
        return {"values": np.sort(1 - values)}

    return [float(v) for v in kept(case.data, "laplacian", first)["values"]]


class Case:
    def __init__(self, data, labels, out, reference):
        self.data, self.labels, self.out, self.reference = data, labels, out, reference
        self.x = np.load(data)

    @property
    def y(self):
        return coordinates(self.out)


def main(names, data, labels, out, reference=None):
    case = Case(data, labels, out, reference)
    print(json.dumps({name: globals()[name](case) for name in names.split(",") if name}))


if __name__ == "__main__":
    main(*sys.argv[1:])
