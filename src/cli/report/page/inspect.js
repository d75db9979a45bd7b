"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const draw = (name, attributes, within) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    within.append(element);
    return element;
  };

  const data = JSON.parse(one("#data").textContent);
  const place = one(".place");
  const charts = all(".chart");
  const circles = charts.map((svg) => all(".points circle", svg));
  const look = one(".look");
  const told = one(".told");
  const names = ["Isomap", "Convex flow"];
  let active = data.centers[0];

  const view = (node) => {
    const { side, columns } = data;
    return `${node % columns * side} ${Math.floor(node / columns) * side} ${side} ${side}`;
  };
  const title = (node) => `frame ${data.frames[node]}`;
  const called = (node) => data.names[node] ? `${data.names[node]}, ${title(node)}` : title(node);

  /* From a patch to the center of its branch, and on to F. */
  const pathOf = (chart, from) => {
    const path = [from];
    const follow = (next) => {
      for (let node = path.at(-1); next[node] !== node && path.length <= 2 * next.length; node = next[node]) {
        path.push(next[node]);
      }
    };
    follow(data.charts[chart].next[data.branch[from]]);
    follow(data.charts[chart].next[0]);
    return path;
  };

  /* Shows a patch large, and where it is on both charts. */
  const show = (node, aloud) => {
    active = node;
    look.hidden = false;
    const large = one(".large", look);
    large.setAttribute("viewBox", view(node));
    large.setAttribute("aria-label", `Patch of ${title(node)}`);
    large.dataset.node = node;
    const who = called(node);
    one(".who", look).textContent = who[0].toUpperCase() + who.slice(1);
    const fields = {
      branch: data.names[data.centers[data.branch[node]]],
      direct: data.direct[node],
      geodesic: data.charts[0].distance[node],
      flow: data.charts[1].distance[node],
    };
    for (const [field, value] of Object.entries(fields)) one(`[data-field=${field}]`, look).textContent = value;
    charts.forEach((svg, chart) => {
      const [x, y] = data.charts[chart].at[node];
      const cursor = one(".cursor", svg);
      cursor.setAttribute("cx", x);
      cursor.setAttribute("cy", y);
      cursor.setAttribute("r", 10);
    });
    if (aloud) told.textContent = `${who}, branch of ${fields.branch}: ${fields.direct} from F, ${fields.geodesic} along the graph, ${fields.flow} by flow`;
  };

  const strip = (chart, path) => {
    const list = one(`[data-strip="${chart}"]`);
    list.textContent = "";
    for (const node of path) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.node = node;
      button.className = `b${data.branch[node]}${data.names[node] ? " special" : ""}`;
      button.setAttribute("aria-label", called(node));
      const patch = draw("svg", { class: "patch", viewBox: view(node), "aria-hidden": "true" }, button);
      draw("use", { href: "#sheet" }, patch);
      const caption = document.createElement("span");
      caption.textContent = data.names[node] ? `${data.names[node]} · ${data.frames[node]}` : data.frames[node];
      button.append(caption);
      button.addEventListener("pointerenter", () => show(node, false));
      button.addEventListener("focus", () => show(node, true));
      button.addEventListener("click", () => show(node, true));
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    const steps = path.length === 2 ? "1 step" : `${path.length - 1} steps`;
    const stops = path.filter((node, at) => at === 0 || data.names[node]).map((node) => data.names[node] || title(node));
    one(`[data-heading="${chart}"]`).textContent = `${names[chart]}: ${stops.join(" → ")}, ${steps}`;
    return steps;
  };

  /* Draws the path from a patch on both charts, and lays its patches in a row. */
  const select = (from, aloud) => {
    const steps = charts.map((svg, chart) => {
      const path = pathOf(chart, from);
      const route = one(".route", svg);
      route.textContent = "";
      route.setAttribute("class", `route b${data.branch[from]}`);
      route.dataset.from = from;
      const corners = path.map((node) => data.charts[chart].at[node].join()).join(" ");
      draw("polyline", { class: "case", points: corners }, route);
      draw("polyline", { class: "line", points: corners }, route);
      for (const node of path) {
        const [x, y] = data.charts[chart].at[node];
        draw("circle", { cx: x, cy: y, r: 4.5 }, route);
      }
      const on = new Set(path);
      circles[chart].forEach((circle, node) => circle.classList.toggle("on", on.has(node)));
      return strip(chart, path);
    });
    one(".path").hidden = false;
    for (const button of all("[data-path]")) button.setAttribute("aria-pressed", Number(button.dataset.path) === from);
    if (aloud) told.textContent = `Path from ${called(from)}: ${steps[0]} by Isomap, ${steps[1]} by convex flow`;
  };

  /* The patch nearest to the pointer, unless it is far off. */
  const under = (svg, event) => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    let best = -1, nearest = (36 * scale) ** 2;
    data.charts[svg.dataset.chart].at.forEach(([px, py], node) => {
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < nearest) [best, nearest] = [node, distance];
    });
    return best;
  };

  /* The nearest patch in a direction, those straight ahead first. */
  const beside = (chart, [across, down]) => {
    const at = data.charts[chart].at, [x, y] = at[active];
    let best = active, least = Infinity;
    at.forEach(([px, py], node) => {
      const ahead = (px - x) * across + (py - y) * down;
      const aside = Math.abs((px - x) * down) + Math.abs((py - y) * across);
      if (node !== active && ahead > 0 && ahead >= aside && ahead + 2 * aside < least) {
        [best, least] = [node, ahead + 2 * aside];
      }
    });
    return best;
  };
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  for (const svg of charts) {
    svg.addEventListener("pointermove", (event) => {
      const node = under(svg, event);
      if (node >= 0) show(node, false);
    });
    svg.addEventListener("click", (event) => {
      const node = under(svg, event);
      if (node < 0) return;
      show(node, false);
      select(node, true);
    });
    svg.addEventListener("focus", () => { if (svg.matches(":focus-visible")) show(active, true); });
    svg.addEventListener("keydown", (event) => {
      if (directions[event.key]) show(beside(svg.dataset.chart, directions[event.key]), true);
      else if (event.key === "Home") show(data.centers[0], true);
      else if (event.key === "Enter" || event.key === " ") select(active, true);
      else return;
      event.preventDefault();
    });
  }
  for (const button of all("[data-path]")) {
    button.addEventListener("click", () => {
      show(Number(button.dataset.path), false);
      select(Number(button.dataset.path), true);
    });
  }
  for (const box of all("[data-show]")) {
    const update = () => place.classList.toggle(`no-${box.dataset.show}`, !box.checked);
    box.addEventListener("change", update);
    update();
  }
  const first = all("[data-path]").at(1) ?? one("[data-path]");
  show(Number(first.dataset.path), false);
  select(Number(first.dataset.path), false);
})();
