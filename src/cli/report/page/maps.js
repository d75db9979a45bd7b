"use strict";
// One point of all maps, read out as it is pointed at or moved by the arrow keys.
(() => {
  const data = document.getElementById("cells");
  if (!data) return;
  const { what, xs, ys, layers } = JSON.parse(data.textContent);
  const readout = document.getElementById("readout");
  const fields = [...document.querySelectorAll(".field")];
  const at = { column: xs.length >> 1, row: ys.length >> 1 };
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));

  const show = () => {
    const cell = at.row * xs.length + at.column;
    const values = layers.map(({ name, unit, values }) => `${name} ${values[cell]}${unit}`.trim());
    readout.textContent = `${what} at x ${xs[at.column]}, y ${ys[at.row]}: ${values.join(", ")}`;
    for (const field of fields) {
      const cross = field.querySelector(".cross");
      cross.hidden = false;
      cross.style.setProperty("--x", `${(at.column + 0.5) / xs.length * 100}%`);
      cross.style.setProperty("--y", `${(at.row + 0.5) / ys.length * 100}%`);
    }
  };
  const moves = {
    ArrowLeft: () => { at.column -= 1; }, ArrowRight: () => { at.column += 1; },
    ArrowUp: () => { at.row -= 1; }, ArrowDown: () => { at.row += 1; },
    Home: () => { at.column = 0; }, End: () => { at.column = xs.length - 1; },
    PageUp: () => { at.row -= Math.ceil(ys.length / 8); }, PageDown: () => { at.row += Math.ceil(ys.length / 8); },
  };

  for (const field of fields) {
    field.tabIndex = 0;
    field.setAttribute("role", "application");
    field.setAttribute("aria-roledescription", "map");
    field.setAttribute("aria-label", `${field.dataset.name}, arrow keys move`);
    field.setAttribute("aria-describedby", "readout");
    const point = (event) => {
      const box = field.getBoundingClientRect();
      at.column = within(Math.floor((event.clientX - box.left) / box.width * xs.length), xs.length);
      at.row = within(Math.floor((event.clientY - box.top) / box.height * ys.length), ys.length);
      show();
    };
    field.addEventListener("pointermove", point);
    field.addEventListener("pointerdown", point);
    field.addEventListener("focus", () => { if (field.matches(":focus-visible")) show(); });
    field.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      move();
      at.column = within(at.column, xs.length);
      at.row = within(at.row, ys.length);
      show();
    });
  }
  readout.parentElement.hidden = false;
})();
