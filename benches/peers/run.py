#!/usr/bin/env python3
"""seethru's embeddings compared with other packages, in one run: `make bench-peers`.

Each fit is a process of its own; the seconds are of the fit alone, the memory is the peak of the process.
Contestants of a row alternate, and ratios are medians over these pairs. Quality is measured the
same way for all (yardsticks.py). Results are written after each row.

    run.py [--only NAME] [--quick] [--repeats N] [--threads N] [--data DIR] [--python PY] [--seethru PROGRAM]
"""
import argparse
import csv
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rows import rows

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACKAGES = ["scikit-learn", "openTSNE", "manifolds-rs", "pynndescent", "faiss-cpu", "numpy", "scipy"]
# A fit that takes longer is not repeated.
LONG = 20.0
FIGURES = ["kl", "kl_own", "trust", "accuracy", "recall", "procrustes", "residual", "lle_cost", "eigenvalues",
           "graph_eigenvalues", "variance", "negentropy", "nmf_error", "log_likelihood", "stress"]


class Failed(Exception):
    pass


def measured(command):
    """What the command printed as JSON, and its peak memory in MiB."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, text=True)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            lines = err.read().strip().splitlines() or ["?"]
            raise Failed(lines[-1][:200])
        return json.loads(out.read()), usage.ru_maxrss / 1024


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, Path(work)

    def data(self, row, part="X"):
        return Path(self.options.data) / f"{row.data}_{part}.npy"

    def out(self, row, who):
        suffix = ".npy" if who == "seethru" and row.ours[0] != "knn" else ".npz"
        return self.work / (who.replace(":", "-") + suffix)

    def fit(self, row, who, turn, extra=()):
        out = self.out(row, who)
        threads = self.options.threads
        if who != "seethru":
            told, mebibytes = measured(
                [self.options.python, HERE / "fit.py", who, self.data(row), out, turn, threads])
            return {**told, "mebibytes": mebibytes}
        common = ["--seed", turn, "--threads", threads, "-o", out, "--json"]
        if row.ours[0] == "knn":
            command = ["knn", self.data(row), "-k", 15, *row.ours[1:], *common]
        else:
            command = [*row.ours[:2], self.data(row), *row.ours[2:], *extra, *common]
        told, mebibytes = measured([self.options.seethru, *command])
        times = told["timings"]
        figures = {**told.get("figures", {})}
        if "kl" in figures:
            figures["kl_own"] = figures.pop("kl")
        figures.pop("history", None)
        return {**figures, "seconds": times.get("fit", times.get("search")), "mebibytes": mebibytes}

    def quality(self, row, who):
        names = [name for name in row.yardsticks if not (row.against and name == row.against[1])]
        reference = []
        if row.against:
            names.append(row.against[1])
            reference = [self.out(row, row.against[0])]
        if not names:
            return {}
        command = [self.options.python, HERE / "yardsticks.py", ",".join(names)]
        return measured([*command, self.data(row), self.data(row, "y"), self.out(row, who), *reference])[0]

    def row(self, row):
        subprocess.run([self.options.python, "-c", f"import data; data.make({str(self.options.data)!r}, {row.data!r})"],
                       cwd=HERE, check=True)
        turns, failed = {"seethru": [], **{peer: [] for peer in row.peers}}, {}
        results = {}
        for turn in range(self.options.repeats or row.repeats):
            for who, fits in turns.items():
                if who in failed or (turn and not self.options.repeats and fits[0]["seconds"] > LONG):
                    continue
                try:
                    fits.append(self.fit(row, who, turn))
                    told(f"  {who}: {fits[-1]['seconds']:.3f} s, {fits[-1]['mebibytes']:.0f} MiB")
                except Failed as error:
                    failed[who] = str(error)
                    told(f"  {who} failed: {error}")
            if turn == 0:
                # Later turns overwrite this.
                results = {who: {**fits[0], **self.judged(row, who, failed)} for who, fits in turns.items() if fits}
        for who, result in results.items():
            result["seconds"] = statistics.median(fit["seconds"] for fit in turns[who])
            result["mebibytes"] = max(fit["mebibytes"] for fit in turns[who])
            result["fits"] = len(turns[who])
        if "seethru" not in results:
            return results, [f"{who} failed: {error}" for who, error in failed.items()]
        ours = [fit["seconds"] for fit in turns["seethru"]]
        results["seethru"]["ratios"] = {
            peer: statistics.median(b["seconds"] / a for a, b in zip(ours, turns[peer]))
            for peer in row.peers if turns[peer]
        }
        wrong = [f"{who} failed: {error}" for who, error in failed.items()]
        try:
            wrong = row.judge(results) + wrong
        except (IndexError, KeyError, TypeError) as missing:
            wrong.append(f"cannot be judged: {missing!r}")
        return results, wrong

    def judged(self, row, who, failed):
        """Measurements of what the first turn wrote; the row fails if there are none."""
        try:
            figures = self.quality(row, who)
            if who == "seethru" and "figures" in row.extra:
                more = self.fit(row, who, 0, row.extra["figures"])
                figures = {**more, **figures}
                figures.pop("seconds"), figures.pop("mebibytes")
            return figures
        except Failed as error:
            failed[f"quality of {who}"] = str(error)
            return {}


def told(line):
    print(line, file=sys.stderr, flush=True)


def figure(value):
    if isinstance(value, list):
        return " ".join(f"{v:.4g}" for v in value[:6])
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 else f"{value:.4g}"


def machine(options):
    cpu = platform.processor()
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    ask = f"import importlib.metadata as m; print(', '.join(p + ' ' + m.version(p) for p in {PACKAGES!r}))"
    versions = subprocess.run([options.python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    ours = subprocess.run([options.seethru, "--version"], capture_output=True, text=True).stdout.strip()
    return f"{cpu}, {os.cpu_count()} cores, {options.threads} threads used. {ours}, {versions}."


class Table:
    """results.csv and results.md, rewritten after each row."""

    def __init__(self, folder, machine):
        self.folder, self.machine, self.rows = Path(folder), machine, []
        self.folder.mkdir(parents=True, exist_ok=True)

    def add(self, row, results, wrong):
        self.rows.append((row, results, wrong))
        with open(self.folder / "results.csv", "w", newline="") as file:
            out = csv.writer(file)
            out.writerow(["row", "data", "contestant", "fits", "seconds", "mebibytes", "times_seethru", *FIGURES])
            for row, results, _ in self.rows:
                ratios = results.get("seethru", {}).get("ratios", {})
                for who, result in results.items():
                    figures = [figure(result[f]) if f in result else "" for f in FIGURES]
                    ratio = f"{ratios[who]:.2f}" if who in ratios else ""
                    out.writerow([row.name, row.data, who, result["fits"], f"{result['seconds']:.4f}",
                                  f"{result['mebibytes']:.0f}", ratio, *figures])
        (self.folder / "results.md").write_text(self.markdown())

    def markdown(self):
        lines = [self.machine, "", "| work | seethru | peers (times seethru's) | at least | |", "|---|---|---|---|---|"]
        for row, results, wrong in self.rows:
            ours = results.get("seethru", {})
            ratios = ours.get("ratios", {})
            peers = [f"{who} {self.cell(row, result)}" + (f" ({ratios[who]:.2f}x)" if who in ratios else "")
                     for who, result in results.items() if who != "seethru"]
            verdict = "pass" if not wrong else "FAIL: " + "; ".join(wrong)
            cell = self.cell(row, ours) if ours else ""
            lines.append(f"| {row.name} | {cell} | {'<br>'.join(peers)} | {row.target} | {verdict} |")
        return "\n".join(lines) + "\n"

    @staticmethod
    def cell(row, result):
        names = [*row.yardsticks, *(["log_likelihood"] if "log_likelihood" in result else [])]
        figures = [f"{name} {figure(result[name])}" for name in names if name in result and name != "graph_eigenvalues"]
        return ", ".join([f"{result['seconds']:.3f} s", f"{result['mebibytes']:.0f} MiB", *figures])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", help="the row of this name, or all whose name contains it")
    parser.add_argument("--quick", action="store_true", help="only rows that take seconds")
    parser.add_argument("--repeats", type=int, help="of every fit [default: 3 or 5, once what takes over 20 s]")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="[default: all cores]")
    parser.add_argument("--data", default=ROOT / "target/peers/data", help="where the data are or will be")
    parser.add_argument("--python", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--seethru", default=ROOT / "target/release/seethru", help="program to measure")
    parser.add_argument("--out", default=HERE, help="folder of results.csv and results.md")
    options = parser.parse_args()
    options.data = Path(options.data).resolve()
    return options


def main():
    options = arguments()
    known = list(rows())
    exact = [row for row in known if row.name == options.only]
    chosen = exact or [row for row in known
                       if (not options.only or options.only.lower() in row.name.lower())
                       and not (options.quick and row.slow)]
    if not chosen:
        sys.exit("no row has that name; there are: " + ", ".join(row.name for row in known))
    table = Table(options.out, machine(options))
    for row in chosen:
        told(row.name)
        with tempfile.TemporaryDirectory() as work:
            results, wrong = Bench(options, work).row(row)
        table.add(row, results, wrong)
        told("  " + ("pass" if not wrong else "FAIL: " + "; ".join(wrong)))
    print(table.markdown(), end="")
    sys.exit(1 if any(wrong for _, _, wrong in table.rows) else 0)


if __name__ == "__main__":
    main()
