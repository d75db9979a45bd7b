#!/usr/bin/env python3
"""Draws docs/dispersion.png: spectra of the water's surface in space and time, beside the law that water follows.

    make build
    pip install numpy matplotlib
    python3 benches/dispersion.py CLIP

Waves of wave number k over water of depth d have the frequency (Lamb, "Hydrodynamics", 6th ed., sections 228 and 266)

    omega^2 = (g k + (sigma/rho) k^3) tanh(k d)

The width of a pixel is not known of CLIP: this one number is fitted by least squares of the frequency, weighted by energy.
Of the simulated waves, the other panel, it is known, and nothing is fitted. Heights are multiplied by a Hann window along
all three axes, whose resolution is two cells of the transform; sums over directions are taken in rings one cell wide.
"""
import argparse
import subprocess
import tempfile
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HOME = Path(__file__).resolve().parent.parent
SEETHRU = HOME / "target/release/seethru"
WAVES = ["--waves", "moderate", "--size", "320x240", "--frames", "100", "--fps", "50", "--seed", "1", "--lossless"]
WAVES_PIXEL = 1.5e-3  # meters, of all presets
DEPTH = 300  # pixels: that of the preset, and deep for any wave that CLIP can show
GRAVITY = 9.80665  # m/s^2
TENSION = 0.0728 / 998  # m^3/s^2: clean water at 20 degrees
NEAR = 0.15
LOBE = 2  # cells


def surface(clip, folder):
    """Heights, seconds between frames, and pixels between nodes."""
    outputs = ["-o", f"{folder}/still.png", "--surface", f"{folder}/surface.npz"]
    subprocess.run([SEETHRU, clip, "-q", *outputs, "--depth", f"{DEPTH}px"], check=True)
    arrays = np.load(f"{folder}/surface.npz")
    return arrays["height"], np.diff(arrays["time"]).mean(), np.diff(arrays["x"]).mean()


def spectrum(height, step, spacing):
    """Energy by frequency (rows, radians per second) and wave number (columns, radians per pixel), with both axes."""
    height = np.nan_to_num(height - np.nanmean(height, axis=0))
    for axis, length in enumerate(height.shape):
        shape = [1, 1, 1]
        shape[axis] = length
        height = height * np.hanning(length + 2)[1:-1].reshape(shape)
    frames, rows, columns = height.shape
    omega = 2 * np.pi * np.fft.fftfreq(frames, step)
    power = np.abs(np.fft.fftn(height))[omega > 0] ** 2
    ky, kx = (2 * np.pi * np.fft.fftfreq(length, spacing) for length in (rows, columns))
    cell = 2 * np.pi / (spacing * max(rows, columns))
    rings = np.round(np.hypot(*np.meshgrid(ky, kx, indexing="ij")) / cell).astype(int).ravel()
    energy = np.array([np.bincount(rings, plane.ravel()) for plane in power])
    # The ring of no wave number is the mean over the picture.
    return energy[:, 1:], omega[omega > 0], cell * np.arange(1, energy.shape[1])


def law(k, pixel):
    """Frequency of waves of k radians per pixel, a pixel being so many meters wide."""
    k = k / pixel
    return np.sqrt((GRAVITY * k + TENSION * k**3) * np.tanh(k * DEPTH * pixel))


def fitted(energy, omega, k):
    """The width of a pixel in meters."""
    pixels = np.geomspace(1e-5, 1e-1, 4001)
    off = [(energy * (omega[:, None] - law(k, pixel)) ** 2).sum() for pixel in pixels]
    return pixels[int(np.argmin(off))]


def share(energy, omega, k, pixel, lobe):
    """Share of the energy within NEAR of the law, or also within so many cells of the transform."""
    off = np.abs(omega[:, None] - law(k, pixel))
    near = off <= np.maximum(NEAR * law(k, pixel), lobe * (omega[1] - omega[0]))
    return (energy * near).sum() / energy.sum()


def draw(axes, title, clip, folder, pixel=None):
    energy, omega, k = spectrum(*surface(clip, folder))
    unit = "known"
    if pixel is None:
        pixel, unit = fitted(energy, omega, k), "fitted"
    near, resolved = (share(energy, omega, k, pixel, lobe) for lobe in (0, LOBE))
    mean = (energy.sum(axis=1) * omega).sum() / energy.sum()
    print(f"{title}: a pixel is {1e3 * pixel:.2f} mm ({unit}); mean frequency {mean:.1f} rad/s; within {NEAR:.0%} of the "
          f"law {near:.1%} of the energy, within the window's resolution {resolved:.1%}")
    level = 10 * np.log10(energy / energy.max() + 1e-12)
    drawn = axes.pcolormesh(k, omega, level, vmin=-50, vmax=0, cmap="viridis", shading="nearest", rasterized=True)
    fine = np.linspace(1e-4, k[-1], 400)
    axes.plot(fine, law(fine, pixel), color="white", lw=1.5)
    axes.plot(fine, law(fine, pixel), color="black", lw=0.8, ls="--")
    axes.set(title=title, xlabel="wave number, radians per pixel", xlim=(k[0], 0.35), ylim=(omega[0], 80))
    return drawn


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", help="a clip of real water")
    clip = parser.parse_args().clip
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
    with tempfile.TemporaryDirectory() as folder:
        wavy = f"{folder}/wavy.mkv"
        subprocess.run([SEETHRU, "synth", str(HOME / "samples/still.png"), "-q", "-o", wavy, *WAVES], check=True)
        draw(left, "simulated waves, nothing fitted", wavy, folder, WAVES_PIXEL)
        drawn = draw(right, "real water, the width of a pixel fitted", clip, folder)
    left.set_ylabel("frequency, radians per second")
    figure.colorbar(drawn, ax=(left, right), label="energy, decibels")
    figure.savefig(HOME / "docs/dispersion.png", dpi=100)


if __name__ == "__main__":
    main()
