#!/usr/bin/env python3
"""Scores center patches of several sizes and the size that seethru suggests.

    pip install numpy scipy pillow
    python3 benches/patches.py FOLDER [SEETHRU]

FOLDER is as for water.py: a folder per clip (clip.*, truth.png, meta.json) and score.py, which defines the
score. Clips of known waves are made beside them from samples/still.png. A row per clip: the measured
displacement (root mean square, pixels), SSIM for each size, and the size suggested with its SSIM.
"""
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SIDES = [8, 12, 16, 24, 32, 48]
STRENGTHS = [0.5, 1.5, 3, 4.5, 6]


def made(seethru, folder):
    """Clips of the sample still under waves of several strengths: name, clip, truth, rows left out."""
    for strength in STRENGTHS:
        clip, truth = f"{folder}/{strength}.mkv", f"{folder}/{strength}.png"
        waves = f"strength={strength},wavelength=60,noise=1,seed=5"
        subprocess.run(
            [seethru, "synth", ROOT / "samples/still.png", "-o", clip, "--lossless", "--truth", truth, "-q",
             "--waves", waves, "--size", "160x120", "--frames", "60", "--fps", "12.5"], check=True)
        yield f"made {strength}", clip, truth, 0


def filmed(water):
    for truth in sorted(Path(water).glob("*/truth.png")):
        top = json.loads((truth.parent / "meta.json").read_text())["score_top"]
        yield truth.parent.name, str(next(truth.parent.glob("clip.*"))), str(truth), top


def main(water, seethru=str(ROOT / "target/release/seethru")):
    spec = importlib.util.spec_from_file_location("score", f"{water}/score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    print(f"{'SSIM':14}{'rms':>6}" + "".join(f"{side:>8}" for side in SIDES) + f"{'suggested':>16}")
    with tempfile.TemporaryDirectory() as folder:
        for name, clip, truth, top in [*made(seethru, folder), *filmed(water)]:
            told = subprocess.run([seethru, "info", clip, "--method", "centers", "--json", "-q"],
                                  check=True, capture_output=True).stdout
            told = json.loads(told)
            wanted = told["suggestion"]["patch"]
            found = {}
            for side in sorted({*SIDES, wanted}):
                still = f"{folder}/still.png"
                subprocess.run([seethru, clip, "-q", "-o", still, "--method", "centers", "--patch", str(side)],
                               check=True)
                found[side] = score.score(score.gray(still), score.gray(truth), top)[0]
            print(f"{name:14}{told['waves']['rms']:6.2f}" + "".join(f"{found[side]:8.3f}" for side in SIDES)
                  + f"{wanted:>8}{found[wanted]:8.3f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
