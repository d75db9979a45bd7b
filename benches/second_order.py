#!/usr/bin/env python3
"""Draws docs/second-order.png: the waves' displacement beside the second-order correction, from a report page.

    make build
    pip install pillow
    python3 benches/second_order.py
"""
import base64
import io
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HOME = Path(__file__).resolve().parent.parent
SEETHRU = HOME / "target/release/seethru"
WAVES = ["--waves", "standing", "--seed", "1", "--frames", "100", "--fps", "50"]
HEIGHT, MARGIN = 300, 16


def figures(page):
    """Name, map, color bar and the bar's numbers of each map of a report page."""
    for figure in page.split("<figure")[1:]:
        name = re.search(r"<h3>(.*?)</h3>", figure)
        pictures = re.findall(r'src="data:image/png;base64,([^"]+)"', figure)
        ticks = re.findall(r"<li>([^<]*)</li>", figure)
        if name and len(pictures) >= 2 and ticks:
            images = [Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB") for picture in pictures[:2]]
            yield name.group(1), *images, ticks


def main():
    with tempfile.TemporaryDirectory() as folder:
        clip, still, page = f"{folder}/basin.mkv", f"{folder}/basin.png", f"{folder}/basin.html"
        picture = str(HOME / "samples/still.png")
        subprocess.run([SEETHRU, "synth", picture, "-q", "-o", clip, "--lossless", *WAVES], check=True)
        subprocess.run([SEETHRU, clip, "-q", "-o", still, "--report", page], check=True)
        maps = {name: rest for name, *rest in figures(Path(page).read_text())}
    font = ImageFont.load_default(14)
    drawn = []
    for name in ("Displacement", "Second-order correction"):
        field, bar, ticks = maps[name]
        width = field.width * HEIGHT // field.height
        panel = Image.new("RGB", (width, HEIGHT + 64), "white")
        draw = ImageDraw.Draw(panel)
        draw.text((0, 2), name, "black", font)
        panel.paste(field.resize((width, HEIGHT), Image.Resampling.BICUBIC), (0, 24))
        panel.paste(bar.resize((width, 14)), (0, HEIGHT + 28))
        for at, tick in enumerate(ticks):
            left = at * (width - draw.textlength(tick, font)) / max(len(ticks) - 1, 1)
            draw.text((left, HEIGHT + 44), tick.replace("≥", "over").replace("&ge;", "over"), "black", font)
        drawn.append(panel)
    whole = Image.new("RGB", (sum(panel.width for panel in drawn) + 3 * MARGIN, drawn[0].height + 2 * MARGIN), "white")
    left = MARGIN
    for panel in drawn:
        whole.paste(panel, (left, MARGIN))
        left += panel.width + MARGIN
    whole.quantize(256).save(HOME / "docs/second-order.png", optimize=True)


if __name__ == "__main__":
    main()
