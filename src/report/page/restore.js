"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);

  const places = one("#places");
  if (places) {
    const { xs, ys, frame, cost } = JSON.parse(places.textContent);
    const readout = one(".readout");
    readout.hidden = false;
    for (const map of document.querySelectorAll(".map")) {
      map.addEventListener("pointermove", (event) => {
        const box = map.getBoundingClientRect();
        const part = (at, low, size, count) =>
          Math.min(count - 1, Math.max(0, Math.floor((at - low) / size * count)));
        const column = part(event.clientX, box.left, box.width, xs.length);
        const row = part(event.clientY, box.top, box.height, ys.length);
        const at = row * xs.length + column;
        readout.textContent = `Place at x ${xs[column]}, y ${ys[row]}: frame ${frame[at]}`
          + (cost ? `, cost ${cost[at]}` : "");
      });
    }
  }
})();
