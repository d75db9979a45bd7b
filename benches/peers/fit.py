"""One fit of one peer in this process: `fit.py PEER X.npy OUT.npz SEED THREADS`.

Prints a line of JSON: the seconds of the fit alone (no imports, no reading, compilers of the peer warmed)
and what the peer says of it. OUT holds the embedding Y, or the neighbors."""
import json
import os
import sys
import time
import warnings

for variable in ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON"):
    os.environ[f"{variable}_NUM_THREADS"] = sys.argv[5]
warnings.filterwarnings("ignore")
import numpy as np  # noqa: E402

NEIGHBORS = 12
NEAREST = 15
GEODESICS = 1000


def sklearn_model(name, seed, threads):
    from sklearn import decomposition, manifold

    arpack = dict(n_components=2, n_neighbors=NEIGHBORS, eigen_solver="arpack", random_state=seed, n_jobs=threads)
    lle = manifold.LocallyLinearEmbedding
    models = {
        "tsne": lambda: manifold.TSNE(2, perplexity=30, random_state=seed, n_jobs=threads),
        "isomap": lambda: manifold.Isomap(n_neighbors=NEIGHBORS, n_components=2, n_jobs=threads),
        "laplacian": lambda: manifold.SpectralEmbedding(affinity="nearest_neighbors", **arpack),
        "lle": lambda: lle(**arpack),
        "kernel-pca": lambda: decomposition.KernelPCA(2, kernel="rbf", n_jobs=threads, random_state=seed),
        "mds": lambda: manifold.ClassicalMDS(2),
        "smacof": lambda: manifold.MDS(2, n_init=1, init="random", random_state=seed, n_jobs=threads),
        "pca": lambda: decomposition.PCA(50, random_state=seed),
        "ica": lambda: decomposition.FastICA(10, random_state=seed, max_iter=500, whiten="unit-variance"),
        "nmf": lambda: decomposition.NMF(10, init="nndsvda", random_state=seed, max_iter=500),
        "factor-analysis": lambda: decomposition.FactorAnalysis(10, random_state=seed),
    }
    return models[name]()


def embed(fit):
    start = time.perf_counter()
    y = fit()
    return np.asarray(y, dtype=np.float64), time.perf_counter() - start


def sklearn(name, x, seed, threads):
    model = sklearn_model(name, seed, threads)
    y, seconds = embed(lambda: model.fit_transform(x))
    told, arrays = {}, {"Y": y}
    for figure in ("kl_divergence_", "n_iter_", "stress_", "reconstruction_err_"):
        if hasattr(model, figure):
            told[figure] = float(getattr(model, figure))
    if name == "factor-analysis":
        told["log_likelihood"] = float(model.loglike_[-1])
    if name == "isomap":
        some = np.random.RandomState(0).permutation(len(x))[:GEODESICS]
        arrays["asked"], arrays["geodesics"] = some, model.dist_matrix_[np.ix_(some, some)]
    return arrays, seconds, told


def open_tsne(method, x, seed, threads):
    from openTSNE import TSNE

    model = TSNE(perplexity=30, n_jobs=threads, random_state=seed, negative_gradient_method=method)
    y, seconds = embed(lambda: model.fit(x))
    return {"Y": y}, seconds, {}


def manifolds_rs(method, x, seed, threads):
    import manifolds_rs

    manifolds_rs.set_num_threads(threads)
    kind = {"approx": "fft"} if method == "fft" else {}
    model = manifolds_rs.TSNE(perplexity=30.0, seed=seed, **kind)
    y, seconds = embed(lambda: model.fit_transform(x))
    return {"Y": y}, seconds, {}


def pynndescent(x, seed, threads):
    from pynndescent import NNDescent

    warm = np.random.RandomState(1).rand(2000, x.shape[1]).astype(np.float32)
    _ = NNDescent(warm, n_neighbors=NEAREST + 1, n_jobs=threads).neighbor_graph
    start = time.perf_counter()
    graph = NNDescent(x, n_neighbors=NEAREST + 1, n_jobs=threads, random_state=seed).neighbor_graph
    return {"indices": others(graph[0])}, time.perf_counter() - start, {}


def faiss_flat(x, threads):
    import faiss

    faiss.omp_set_num_threads(threads)
    start = time.perf_counter()
    index = faiss.IndexFlatL2(x.shape[1])
    index.add(x)
    found = index.search(x, NEAREST + 1)[1]
    return {"indices": others(found)}, time.perf_counter() - start, {}


def others(found):
    """Without the point itself."""
    rows = (row[row != i][:NEAREST] for i, row in enumerate(found))
    return np.array([np.pad(row, (0, NEAREST - len(row)), constant_values=-1) for row in rows], dtype=np.int32)


def main(peer, data, out, seed, threads):
    x, seed, threads = np.ascontiguousarray(np.load(data)), int(seed), int(threads)
    program, _, how = peer.partition(":")
    if program == "sklearn":
        arrays, seconds, told = sklearn(how, x, seed, threads)
    elif program == "openTSNE":
        arrays, seconds, told = open_tsne(how, x, seed, threads)
    elif program == "manifolds-rs":
        arrays, seconds, told = manifolds_rs(how, x, seed, threads)
    elif program == "pynndescent":
        arrays, seconds, told = pynndescent(x, seed, threads)
    else:
        arrays, seconds, told = faiss_flat(x, threads)
    np.savez(out, **arrays)
    print(json.dumps({"seconds": seconds, **told}))


if __name__ == "__main__":
    main(*sys.argv[1:6])
