"use strict";
// One frame of the chart, read out as it is pointed at or moved by the arrow keys: a slider over time.
(() => {
  const data = document.getElementById("series");
  if (!data) return;
  const { frames, pixels, lost, center } = JSON.parse(data.textContent);
  const lines = document.querySelector(".lines");
  const here = lines.querySelector(".here");
  const pick = lines.querySelector(".pick");
  const readout = document.getElementById("frame-readout");
  const first = frames[0];
  const span = Math.max(1, frames[frames.length - 1] - first);
  let at = Math.max(0, frames.indexOf(center));

  const tell = () => {
    const frame = frames[at];
    const moved = lost.includes(frame) ? "left out" : `${pixels[at]} pixels`;
    return `Frame ${frame}: ${moved}${frame === center ? ", the center" : ""}`;
  };
  const name = () => {
    pick.setAttribute("aria-valuenow", frames[at]);
    pick.setAttribute("aria-valuetext", tell());
  };
  const show = (next) => {
    at = Math.min(frames.length - 1, Math.max(0, next));
    name();
    here.hidden = false;
    here.style.setProperty("--at", `${(frames[at] - first) / span * 100}%`);
    readout.textContent = tell();
  };
  const nearest = (frame) => {
    let best = 0;
    frames.forEach((one, index) => { if (Math.abs(one - frame) < Math.abs(frames[best] - frame)) best = index; });
    return best;
  };
  const point = (event) => {
    const box = pick.getBoundingClientRect();
    show(nearest(first + (event.clientX - box.left) / box.width * span));
  };
  const moves = {
    ArrowLeft: () => at - 1, ArrowDown: () => at - 1, ArrowRight: () => at + 1, ArrowUp: () => at + 1,
    PageDown: () => at - 10, PageUp: () => at + 10, Home: () => 0, End: () => frames.length - 1,
  };

  pick.tabIndex = 0;
  pick.setAttribute("role", "slider");
  pick.setAttribute("aria-label", "Frame of the chart");
  pick.setAttribute("aria-valuemin", first);
  pick.setAttribute("aria-valuemax", frames[frames.length - 1]);
  name();
  pick.addEventListener("pointermove", point);
  pick.addEventListener("pointerdown", point);
  pick.addEventListener("focus", () => { if (pick.matches(":focus-visible")) show(at); });
  pick.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(move());
  });
  readout.hidden = false;
})();
