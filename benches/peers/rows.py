"""What is measured, and what the result must be."""
from dataclasses import dataclass, field
from typing import Callable

# Longer fits are repeated less often, unless --repeats is given.
TSNE = ("trust", "accuracy", "kl")


@dataclass
class Row:
    name: str
    data: str
    ours: list[str]
    peers: list[str]
    target: str
    # From results by contestant ("seethru" or a peer's name) to what fails, in words.
    judge: Callable[[dict], list[str]]
    yardsticks: tuple[str, ...] = ()
    # Yardsticks that need what this peer wrote.
    against: tuple[str, str] | None = None
    # Takes long: left out by --quick.
    slow: bool = True
    # Takes less than a second: more repeats.
    repeats: int = 3
    extra: dict = field(default_factory=dict)


def best(results, peers, figure, lowest=True):
    values = [results[p][figure] for p in peers if p in results and figure in results[p]]
    return (min if lowest else max)(values) if values else None


def peers_of(results):
    return [name for name in results if not name.startswith("seethru")]


def faster(times, against=None):
    """At least `times` faster than each peer (or those named), by the median of the paired ratios."""

    def judge(results):
        some = against or peers_of(results)
        ratios = {p: results["seethru"]["ratios"].get(p) for p in some}
        return [f"{r:.2f}x of {p}, {times:g}x asked" for p, r in ratios.items() if r is not None and r < times]

    return judge


def within(figure, share, lowest=True):
    """No worse than the best peer by more than this share of its figure."""

    def judge(results):
        wanted, got = best(results, peers_of(results), figure, lowest), results["seethru"].get(figure)
        if wanted is None or got is None:
            return [f"{figure} is not known"]
        worse = (got - wanted if lowest else wanted - got) > share * abs(wanted)
        return [f"{figure} {got:.5g}, best peer {wanted:.5g}"] if worse else []

    return judge


def at_most(figure, most):
    def judge(results):
        got = results["seethru"].get(figure)
        return [] if got is not None and got <= most else [f"{figure} {got} is not at most {most}"]

    return judge


def at_least(figure, least, who="seethru"):
    def judge(results):
        got = results[who].get(figure)
        return [] if got is not None and got >= least else [f"{figure} {got} is not at least {least}"]

    return judge


def alike(figure, share):
    """Each number equals the first peer's to this share."""

    def judge(results):
        theirs, ours = results[peers_of(results)[0]].get(figure), results["seethru"].get(figure)
        if theirs is None or ours is None:
            return [f"{figure} is not known"]
        pairs = zip(theirs, ours) if isinstance(theirs, list) else [(theirs, ours)]
        wrong = [f"{figure} {b:.6g}, {a:.6g} there" for a, b in pairs if abs(a - b) > share * max(abs(a), 1e-3)]
        return wrong[:1]

    return judge


def first_eigenvalues(results):
    """The first six to three digits; the first is zero."""
    wanted, got = results["seethru"].get("graph_eigenvalues"), results["seethru"].get("eigenvalues")
    if not wanted or not got:
        return ["eigenvalues are not known"]
    got = [0.0, *got] if got[0] > 1e-9 else got
    pairs = list(zip(wanted, got))[1:6]
    wrong = [f"eigenvalue {b:.4g}, {a:.4g} by ARPACK" for a, b in pairs if abs(a - b) > 5e-4 * abs(a)]
    return wrong[:1] if len(pairs) == 5 else ["fewer than six eigenvalues"]


def memory(share):
    """Peak memory at most this share of the first peer's."""

    def judge(results):
        ours, theirs = results["seethru"]["mebibytes"], results[peers_of(results)[0]]["mebibytes"]
        return [] if ours <= share * theirs else [f"{ours:.0f} MiB of {theirs:.0f}"]

    return judge


def every(*judges):
    return lambda results: [wrong for judge in judges for wrong in judge(results)]


def rows():
    graph = ["--neighbors", "12"]
    tsne = ["sklearn:tsne", "openTSNE:bh", "openTSNE:fft", "manifolds-rs:bh", "manifolds-rs:fft"]
    fastest = every(faster(2), within("kl", 0.01))
    yield Row(
        "t-SNE MNIST 60k PCA-50", "mnist60kp50", ["embed", "tsne"], ["manifolds-rs:fft", "openTSNE:fft"],
        "1.5x faster than manifolds-rs, KL <= 2.75",
        every(faster(1.5, ["manifolds-rs:fft"]), at_most("kl", 2.75)), TSNE,
    )
    yield Row("t-SNE digits", "digits", ["embed", "tsne"], tsne, "2x faster, KL within 1 %", fastest, TSNE, slow=False)
    yield Row("t-SNE MNIST 10k", "mnist10k", ["embed", "tsne"], tsne, "2x faster, KL within 1 %", fastest, TSNE)
    yield Row(
        "Isomap swiss 20k", "swiss20k", ["embed", "isomap", *graph], ["sklearn:isomap"],
        "4x faster, a third of the memory, Procrustes <= 1e-4",
        every(faster(4), memory(1 / 3), at_most("procrustes", 1e-4)), ("procrustes", "trust"),
    )
    yield Row(
        "Isomap MNIST 10k", "mnist10k", ["embed", "isomap", *graph], ["sklearn:isomap"],
        "2x faster, residual variance to 1e-3", every(faster(2), within("residual", 1e-3)),
        ("trust", "residual"), against=("sklearn:isomap", "residual"),
    )
    yield Row(
        "LLE MNIST 10k", "mnist10k", ["embed", "lle", *graph], ["sklearn:lle"],
        "2x faster, cost to 1e-3", every(faster(2), within("lle_cost", 1e-3)), ("lle_cost", "accuracy"),
    )
    yield Row(
        "kernel PCA MNIST 10k", "mnist10k", ["embed", "kernel-pca", "--kernel", "rbf"], ["sklearn:kernel-pca"],
        "2x faster, eigenvalues to 1e-3", every(faster(2), alike("eigenvalues", 1e-3)), ("eigenvalues",),
    )
    laplacian = every(faster(2), first_eigenvalues)
    for name, data, slow in [("swiss 20k", "swiss20k", False), ("MNIST 10k", "mnist10k", True)]:
        # Five dimensions where six eigenvalues are asked, the constant vector's among them; timed at two.
        yield Row(
            f"Laplacian {name}", data, ["embed", "laplacian", *graph], ["sklearn:laplacian"],
            "2x faster, six eigenvalues to 3 digits", laplacian, ("graph_eigenvalues", "trust"), slow=slow,
            extra={"figures": ["--dims", "5"]},
        )
    yield Row(
        "kNN MNIST 60k, approximate", "mnist60k", ["knn", "--search", "approximate"], ["pynndescent"],
        "as fast, recall >= .99", every(faster(1), at_least("recall", 0.99)), ("recall",),
    )
    yield Row(
        "kNN MNIST 60k, exact", "mnist60k", ["knn", "--search", "exact"], ["faiss"],
        "at most 1.2x the time of faiss flat", every(faster(1 / 1.2), at_least("recall", 0.9999)), ("recall",),
    )
    yield Row(
        "PCA-50 MNIST 60k", "mnist60k", ["embed", "pca", "--dims", "50"], ["sklearn:pca"],
        "not slower, variance equal or better", every(faster(1), within("variance", 1e-4, lowest=False)),
        ("variance",), slow=False, repeats=5,
    )
    yield Row(
        "FastICA-10 MNIST 10k", "mnist10k", ["embed", "ica", "--dims", "10"], ["sklearn:ica"],
        "not slower, negentropy equal or better", every(faster(1), within("negentropy", 1e-2, lowest=False)),
        ("negentropy",), slow=False, repeats=5,
    )
    yield Row(
        "NMF-10 MNIST 10k", "mnist10k", ["embed", "nmf", "--dims", "10"], ["sklearn:nmf"],
        "not slower, error equal or better", every(faster(1), within("nmf_error", 1e-3)),
        ("nmf_error",), slow=False, repeats=5,
    )
    yield Row(
        "factor analysis-10 MNIST 10k", "mnist10k", ["embed", "factor-analysis", "--dims", "10"],
        ["sklearn:factor-analysis"], "not slower, likelihood equal or better",
        every(faster(1), within("log_likelihood", 1e-4, lowest=False)), slow=False, repeats=5,
    )
    yield Row(
        "SMACOF digits", "digits", ["embed", "smacof"], ["sklearn:smacof"],
        "not slower, stress equal or better", every(faster(1), within("stress", 1e-3)), ("stress", "trust"), slow=False,
    )
    yield Row(
        "classical MDS digits", "digits", ["embed", "mds"], ["sklearn:mds"],
        "not slower, eigenvalues equal", every(faster(1), alike("eigenvalues", 1e-4)), ("eigenvalues",),
        slow=False, repeats=5,
    )
    yield Row(
        "Laplacian swiss 1M", "swiss1m", ["embed", "laplacian", *graph], [], "done within 24 GiB",
        at_most("mebibytes", 24 * 1024), repeats=1,
    )
