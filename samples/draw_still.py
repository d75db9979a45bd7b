#!/usr/bin/env python3
"""Draws still.png: a tiled pool floor with lines, text and a starfish, 320x240.

Deterministic; needs Pillow 10.1 or later (for its built-in scalable font) and numpy.

    python3 samples/draw_still.py samples/still.png
"""

import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 320, 240
SCALE = 4  # drawn this much larger, then reduced, for smooth edges
TILE = 20


def smooth_noise(rng, shape, cell):
    """Random gray values every `cell` pixels, interpolated between."""
    rows, columns = shape[0] // cell + 2, shape[1] // cell + 2
    coarse = Image.fromarray((rng.random((rows, columns)) * 255).astype(np.uint8))
    fine = coarse.resize((columns * cell, rows * cell), Image.Resampling.BICUBIC)
    return np.asarray(fine, dtype=float)[: shape[0], : shape[1]] / 255 - 0.5


def tiles(rng):
    """Pool tiles of slightly different blues, with joints and a stony grain."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    shade = rng.normal(0, 9, (HEIGHT // TILE + 1, WIDTH // TILE + 1))[y // TILE, x // TILE]
    hue = rng.normal(0, 6, (HEIGHT // TILE + 1, WIDTH // TILE + 1))[y // TILE, x // TILE]
    grain = 22 * smooth_noise(rng, (HEIGHT, WIDTH), 9) + 16 * smooth_noise(rng, (HEIGHT, WIDTH), 3)
    picture = np.stack([80 + hue + shade, 152 + shade, 178 - hue + shade], axis=-1)
    joint = (x % TILE < 2) | (y % TILE < 2)
    picture[joint] = [206, 214, 208]
    return np.clip(picture + grain[..., None], 0, 255).astype(np.uint8)


def gravel(rng, draw):
    """A bed of pebbles along the bottom right."""
    for _ in range(260):
        x, y = rng.uniform(196, 318), rng.uniform(172, 238)
        a, b = rng.uniform(2, 6), rng.uniform(2, 5)
        base = np.array([150, 128, 100]) + rng.normal(0, 22) + rng.normal(0, 8, 3)
        color = tuple(int(v) for v in np.clip(base, 30, 235))
        edge = tuple(int(v * 0.55) for v in color)
        box = [v * SCALE for v in (x - a, y - b, x + a, y + b)]
        draw.ellipse(box, fill=color, outline=edge, width=SCALE // 2)


def starfish(draw, x, y, radius, color, edge):
    corners = []
    for i in range(10):
        angle = np.pi * (i / 5 - 0.45)
        r = radius * (1.0 if i % 2 == 0 else 0.42)
        corners.append((SCALE * (x + r * np.cos(angle)), SCALE * (y + r * np.sin(angle))))
    draw.polygon(corners, fill=color, outline=edge, width=SCALE)


def writing(draw):
    """Text from 30 down to 8 pixels on a white board."""

    def text(x, y, size, words, color=(20, 28, 60)):
        font = ImageFont.load_default(size * SCALE)
        draw.text((x * SCALE, y * SCALE), words, font=font, fill=color)

    draw.rectangle([v * SCALE for v in (12, 12, 196, 128)], fill=(238, 236, 224), outline=(60, 70, 90), width=2 * SCALE)
    text(22, 14, 30, "SEETHRU", (150, 24, 34))
    text(22, 52, 17, "water & waves")
    text(22, 75, 12, "The quick brown fox jumps")
    text(22, 91, 10, "over the lazy dog 0123456789")
    text(22, 106, 8, "one sharp still from a moving surface")


def lines(draw):
    """A fan of straight lines, a ruler, and rings."""
    for i in range(13):
        angle = np.pi / 2 * i / 12
        end = (214 + 94 * np.cos(angle), 14 + 94 * np.sin(angle))
        draw.line([v * SCALE for v in (214, 14, *end)], fill=(24, 32, 40), width=SCALE)
    draw.rectangle([v * SCALE for v in (14, 218, 180, 234)], fill=(246, 214, 70), outline=(40, 40, 40), width=SCALE)
    for i in range(33):
        length = 10 if i % 5 == 0 else 6
        draw.line([v * SCALE for v in (17 + 5 * i, 219, 17 + 5 * i, 219 + length)], fill=(40, 40, 40), width=SCALE)
    for radius, color in [(30, (20, 60, 120)), (23, (240, 240, 236)), (16, (196, 40, 40)), (8, (240, 240, 236))]:
        draw.ellipse([v * SCALE for v in (132 - radius, 174 - radius, 132 + radius, 174 + radius)], fill=color)


def main():
    rng = np.random.default_rng(2004)
    floor = Image.fromarray(tiles(rng))
    large = floor.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(large)
    gravel(rng, draw)
    lines(draw)
    starfish(draw, 52, 174, 34, (226, 120, 48), (150, 66, 20))
    starfish(draw, 278, 142, 17, (186, 66, 110), (110, 30, 66))
    writing(draw)
    large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(sys.argv[1], optimize=True)


if __name__ == "__main__":
    main()
