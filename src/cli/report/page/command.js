"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);

  const copy = one("[data-copy]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(one(".command code").textContent);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "Select it by hand";
      }
    });
  }
})();
