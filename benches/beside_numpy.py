#!/usr/bin/env python3
"""Wall time and peak memory of the whole seethru command compared with a script that decodes the same clip
with OpenCV and takes numpy.median of its gray frames. Both alternate in one run; medians are printed.

    pip install numpy opencv-python-headless
    python3 benches/beside_numpy.py clip.mp4 [runs]
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEETHRU = Path(__file__).parent.parent / "target/release/seethru"
SCRIPT = """
import sys, cv2, numpy as np
clip, frames = cv2.VideoCapture(sys.argv[1]), []
while True:
    ok, frame = clip.read()
    if not ok:
        break
    frames.append(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
cv2.imwrite(sys.argv[2], np.median(np.stack(frames), axis=0).astype(np.uint8))
"""


def measure(command):
    """Seconds and MiB."""
    start = time.perf_counter()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main(clip, runs=5):
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out.png"
        commands = {
            "OpenCV + numpy.median": [sys.executable, "-c", SCRIPT, clip, out],
            "seethru": [str(SEETHRU), clip, "-q", "-o", out],
            "seethru --centers 3": [str(SEETHRU), clip, "--centers", "3", "-q", "-o", out],
        }
        taken = {name: [] for name in commands}
        for _ in range(int(runs)):
            for name, command in commands.items():
                taken[name].append(measure(command))
    middle = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in taken.items()}
    for name, (seconds, mebibytes) in middle.items():
        print(f"{name:24} {seconds:7.2f} s {mebibytes:8.0f} MiB")
    theirs = middle["OpenCV + numpy.median"]
    for name, ours in list(middle.items())[1:]:
        print(f"{name} / median: {ours[0] / theirs[0]:.2f} of the time, {ours[1] / theirs[1]:.2f} of the memory")


if __name__ == "__main__":
    main(*sys.argv[1:])
