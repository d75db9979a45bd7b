"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);

  const table = one(".measurements");
  const body = one("tbody", table);
  const asTheyCame = [...body.rows];
  const headings = [...one("thead tr", table).cells];
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell && cell.dataset.value !== undefined ? Number(cell.dataset.value) : NaN;
  };

  const sort = (column) => {
    const heading = headings[column];
    const first = heading.dataset.first;
    const turned = first === "ascending" ? "descending" : "ascending";
    const now = heading.getAttribute("aria-sort");
    // First, turned round, as they came.
    const order = now === null ? first : now === first ? turned : null;
    for (const other of headings) other.removeAttribute("aria-sort");
    const rows = [...asTheyCame];
    if (order) {
      heading.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      rows.sort((a, b) => {
        const [x, y] = [value(a, column), value(b, column)];
        if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
        return sign * (x - y);
      });
    }
    body.append(...rows);
    const name = one(".name", heading).textContent;
    one("[data-sorted]").textContent = order ? `Sorted by ${name}, ${order}` : "In the order of the methods";
  };

  headings.forEach((heading, column) => {
    if (column === 0) return;
    const name = one(".name", heading);
    const button = document.createElement("button");
    button.type = "button";
    name.replaceWith(button);
    button.append(name);
    button.addEventListener("click", () => sort(column));
  });
  one("[data-sortable]").hidden = false;
})();
