#!/usr/bin/env python3
"""Restores the clips of a folder with each method and prints their scores against the truth.

    pip install numpy scipy pillow
    python3 benches/water.py FOLDER

FOLDER holds a folder per clip (clip.*, truth.png, meta.json) and score.py, which defines the score:
SSIM and PSNR after the best whole-pixel shift and brightness fit.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

SEETHRU = Path(__file__).parent.parent / "target/release/seethru"
SETTINGS = {
    "registered (default)": [],
    "registered, sharpened": ["--sharpen"],
    "mean-register": ["--method", "mean-register"],
    "lucky": ["--method", "lucky"],
    "3 centers, blend": ["--centers", "3"],
    "3 centers, agree": ["--centers", "3", "--choice", "agree"],
    "3 centers, medoids": ["--centers", "3", "--choice", "medoids"],
    "1 center": ["--centers", "1"],
    "1 center, linear cost": ["--centers", "1", "--cost", "linear"],
    "1 center, leveled": ["--centers", "1", "--level"],
    "7 centers, blend": ["--centers", "7"],
    "mean": ["--baseline", "mean"],
    "median": ["--baseline", "median"],
    "nearest to the mean": ["--baseline", "nearest-mean"],
    "nearest to the median": ["--baseline", "nearest-median"],
}


def main(water):
    clips = sorted(truth.parent for truth in Path(water).glob("*/truth.png"))
    print(f"{'SSIM / PSNR dB':28}" + "".join(f"{clip.name:>15}" for clip in clips) + f"{'mean':>15}")
    with tempfile.TemporaryDirectory() as folder:
        for name, options in SETTINGS.items():
            stills = []
            for clip in clips:
                still = f"{folder}/{clip.name}.png"
                video = str(next(clip.glob("clip.*")))
                subprocess.run([SEETHRU, video, "-q", "-o", still, *options], check=True)
                stills.append(f"{clip.name}={still}")
            scores = subprocess.run(
                [sys.executable, f"{water}/score.py", *stills], check=True, capture_output=True, text=True
            ).stdout
            row = next(line for line in scores.splitlines() if line.startswith("yours"))
            print(f"{name:28}{row[16:]}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
