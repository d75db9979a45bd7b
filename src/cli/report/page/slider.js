"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);

  const compare = one(".compare");
  if (compare) {
    const stage = one(".stage", compare);
    const slider = one("input[type=range]", stage);
    const choice = { left: one("[data-side=left]", compare), right: one("[data-side=right]", compare) };
    const original = (side) => document.getElementById("picture-" + choice[side].value);
    const move = () => {
      stage.style.setProperty("--at", slider.value + "%");
      const names = { left: original("left").dataset.name, right: original("right").dataset.name };
      const part = Math.round(slider.value);
      slider.setAttribute("aria-valuetext", `${part}% ${names.left}, ${100 - part}% ${names.right}`);
    };
    const show = () => {
      for (const side of ["left", "right"]) {
        const image = one(`[data-image=${side}]`, stage);
        image.src = original(side).src;
        image.alt = original(side).alt;
        one(`[data-tag=${side}]`, stage).textContent = original(side).dataset.name;
      }
      move();
    };
    slider.addEventListener("input", move);
    choice.left.addEventListener("change", show);
    choice.right.addEventListener("change", show);
    one("[data-swap]", compare).addEventListener("click", () => {
      [choice.left.value, choice.right.value] = [choice.right.value, choice.left.value];
      show();
    });
    one("[data-actual]", compare).addEventListener("change", (event) => {
      compare.classList.toggle("actual", event.target.checked);
    });
    compare.hidden = false;
    show();
  }
})();
