// The figure of an explorer. It unpacks what Python has computed and draws one position of it: no
// algorithm of the book is written here.

const NAMESPACE = "http://www.w3.org/2000/svg";
const NARROW = 560;
const CURVE_HEIGHT = 168;
const LEFT = ["path", "map"];
const HEIGHTS = { path: 2, map: 1.3, curves: 1, bars: 0.6 }; // roughly, in curves
const LETTER = 6.6; // width of an average letter
const MARGIN = { left: 46, right: 18, top: 10, bottom: 24 };
const MOST_DOTS = 120;
const SILENCE = 700; // milliseconds without a change before a screen reader is told

export default {
  async render({ model, el }) {
    const content = await unpacked(model.get("data"));
    const figure = new Figure(content, model);
    el.append(figure.root);
    const stop = figure.follow();
    return () => {
      stop();
      figure.root.remove();
    };
  },
};

async function unpacked(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const content = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const codes = new Uint8Array(buffer, 4 + length);
  const arrays = (part) => {
    if (Array.isArray(part)) return part.map(arrays);
    if (part === null || typeof part !== "object") return part;
    if ("offset" in part) return new PackedArray(part, codes);
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, arrays(value)]));
  };
  return arrays(content);
}

// An array of shape (..., steps), of which one row at a time is looked at.
class PackedArray {
  constructor({ offset, shape, low, high, levels, log }, bytes) {
    this.shape = shape;
    this.steps = shape.at(-1);
    this.log = log;
    this.levels = levels;
    this.low = log ? Math.log(low) : low;
    this.quantum = ((log ? Math.log(high) : high) - this.low) / levels;
    const size = shape.reduce((product, length) => product * length, 1);
    this.codes = new Uint16Array(size);
    for (let row = 0; row < size; row += this.steps) {
      let slope = 0;
      let code = 0;
      for (let i = row; i < row + this.steps; i++) {
        const folded = bytes[offset + i] | (bytes[offset + size + i] << 8);
        slope += (folded >>> 1) ^ -(folded & 1);
        code += slope;
        this.codes[i] = code; // modulo 2 ** 16
      }
    }
  }

  row(position) {
    return place(this.shape, position) * this.steps;
  }

  at(position, step) {
    return this.value(this.row(position) + Math.min(step, this.steps - 1));
  }

  value(index) {
    const code = this.codes[index];
    if (code === 0) return NaN;
    const value = this.low + (code - 1) * this.quantum;
    if (this.log) return Math.exp(value);
    // No level need fall on zero, which is what the level nearest to it stands for.
    return Math.abs(value) < 0.501 * this.quantum ? 0 : value;
  }
}

// An axis of length 1 stands for all positions.
function place(shape, position) {
  return position.reduce((at, index, i) => at * shape[i] + (shape[i] > 1 ? index : 0), 0);
}

class Figure {
  constructor(content, model) {
    this.content = content;
    this.model = model;
    this.names = content.axes.map(({ name }) => `${name}_index`);
    this.root = element("div", "explorer", { role: "group", "aria-label": content.title });
    const columns = [element("div", "explorer-half"), element("div", "explorer-half")];
    const heights = [0, 0];
    const wide = content.panels.some(({ kind }) => kind === "path");
    this.panels = content.panels.map((panel, i) => {
      const drawn = new PANELS[panel.kind](panel, this);
      const column = wide ? Number(!LEFT.includes(panel.kind)) : i % 2;
      columns[column].append(drawn.root);
      heights[column] += HEIGHTS[panel.kind];
      drawn.root.style.order = 2 * i;
      return drawn;
    });
    this.root.classList.toggle("explorer-equal", !wide);
    this.root.append(...columns);
    // Where there is one column, the numbers stand behind the first panel.
    this.status = element("ul", "explorer-status", { style: "order: 1" });
    this.spoken = element("p", "explorer-spoken", { role: "status" });
    (heights[0] <= heights[1] ? columns[0] : columns[1]).append(this.status);
    this.root.append(this.spoken);
  }

  follow() {
    let waiting = 0;
    let talking = 0;
    const draw = () => {
      waiting = 0;
      const start = performance.now();
      this.draw();
      this.root.dataset.ready = "";
      performance.clearMeasures("explorer-draw");
      performance.measure("explorer-draw", { start, end: performance.now() });
    };
    const changed = () => {
      waiting ||= requestAnimationFrame(draw);
      clearTimeout(talking);
      talking = setTimeout(() => this.speak(), SILENCE);
    };
    const events = [...this.names, "step_index"].map((name) => `change:${name}`);
    for (const event of events) this.model.on(event, changed);
    const observer = new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === 0 || contentRect.width === this.width) return;
      this.width = contentRect.width;
      this.root.classList.toggle("explorer-narrow", this.width < NARROW);
      for (const panel of this.panels) panel.resize();
      draw();
    });
    observer.observe(this.root);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(waiting);
      clearTimeout(talking);
      for (const event of events) this.model.off(event, changed);
    };
  }

  get position() {
    return this.names.map((name) => this.model.get(name));
  }

  move(name, index) {
    this.model.set(`${name}_index`, index);
    this.model.save_changes();
  }

  draw() {
    const { position } = this;
    const last = this.content.steps.length - 1;
    const step = Math.max(0, Math.min(this.model.get("step_index"), last));
    for (const panel of this.panels) panel.draw(position, step);
    this.status.replaceChildren(...this.lines(position, step));
  }

  speak() {
    const lines = [...this.status.children].map(({ textContent }) => textContent);
    this.spoken.textContent = lines.join(". ");
  }

  // What a reader who cannot see the curves needs, and the key to their colours.
  *lines(position, step) {
    yield element("li", "", {}, `after step ${this.content.steps[step]}`);
    const told = new Map();
    const tell = (label, text, sign) => {
      if (!told.has(label)) told.set(label, { texts: [], sign });
      told.get(label).texts.push(text);
    };
    for (const { kind, title, scale, curves, values } of this.content.panels) {
      if (kind === "map") {
        const value = readable(values.at(position, 0), scale);
        tell(title, value === "none" ? "diverged here" : `${value} here`);
      } else if (kind !== "path") {
        for (const curve of curves) {
          const value = readable(curve.values[0].at(position, step), scale);
          tell(curve.label, `${title} ${value}`, { look: curve.look, kind });
        }
      }
    }
    for (const { label, text, values } of this.content.events) {
      const when = values.at(position, 0);
      if (!Number.isNaN(when)) tell(label, text.replace("{step}", when));
    }
    for (const [label, { texts, sign }] of told) {
      const line = element("li", "", {}, `${label}: ${texts.join(", ")}`);
      if (sign) line.prepend(key(sign.look, sign.kind));
      yield line;
    }
  }
}

class Panel {
  constructor(panel, figure) {
    this.panel = panel;
    this.figure = figure;
    this.root = element("div", "explorer-panel");
    this.heading = element("div", "explorer-heading", {}, panel.title);
    this.svg = shape("svg", { "data-panel": panel.title, role: "img", "aria-label": panel.title });
    this.root.append(this.heading, this.svg);
  }

  // Returns the scales of a drawing that fills the width and has a given ratio or height.
  frame(x, y, { height, left = MARGIN.left, top = MARGIN.top } = {}) {
    const width = Math.max(this.root.clientWidth, 160);
    const across = [left, width - MARGIN.right];
    const tall =
      height ??
      (across[1] - across[0]) * ((y.high - y.low) / (x.high - x.low)) + top + MARGIN.bottom;
    const up = [tall - MARGIN.bottom, top];
    this.svg.setAttribute("viewBox", `0 0 ${width} ${tall}`);
    this.svg.style.height = `${tall}px`;
    this.x = scale(x, ...across);
    this.y = scale(y, ...up);
    this.svg.setAttribute("data-x", JSON.stringify(this.x.frame));
    this.svg.setAttribute("data-y", JSON.stringify(this.y.frame));
    // An inner svg cuts off what is outside of it.
    const [width_inside, tall_inside] = [across[1] - across[0], up[0] - up[1]];
    this.inside = shape("svg", {
      x: across[0],
      y: up[1],
      width: width_inside,
      height: tall_inside,
      viewBox: `${across[0]} ${up[1]} ${width_inside} ${tall_inside}`,
    });
    const ticks = [
      ...this.x
        .ticks(Math.max(2, width / 90))
        .map(({ at, text }) =>
          shape("g", {}, [
            shape("line", { class: "explorer-grid", x1: at, x2: at, y1: up[0], y2: up[1] }),
            shape("text", { x: at, y: up[0] + 16, "text-anchor": "middle" }, [text]),
          ]),
        ),
      ...this.y
        .ticks(Math.max(2, tall / (y.labels ? 20 : 34)))
        .map(({ at, text }) =>
          shape("g", {}, [
            shape("line", { class: "explorer-grid", x1: across[0], x2: across[1], y1: at, y2: at }),
            shape("text", { x: across[0] - 6, y: at + 4, "text-anchor": "end" }, [text]),
          ]),
        ),
    ];
    this.svg.replaceChildren(...ticks, this.inside);
  }
}

class PathPanel extends Panel {
  constructor(panel, figure) {
    super(panel, figure);
    this.svg.addEventListener("click", (event) => this.choose(event));
  }

  resize() {
    const { x, y, curves } = this.panel;
    this.heading.textContent = `${this.panel.title} (x₁ across, x₂ up)`;
    this.frame(x, y);
    const [left, bottom] = [this.x(x.low), this.y(y.low)];
    const [across, up] = [(this.x(x.high) - left) / 1000, (this.y(y.high) - bottom) / 1000];
    const transform = `translate(${left} ${bottom}) scale(${across} ${up})`;
    this.land = shape("g", { class: "explorer-land", transform });
    this.minima = shape("g");
    this.starts = shape("g");
    this.curves = curves.map(({ label, look }) => {
      const [ahead, line, dots] = ["explorer-ahead", "explorer-line", "explorer-dots"].map((name) =>
        shape("path", { class: name, style: colour(look) }),
      );
      set(line, { "data-label": label, "stroke-dasharray": look.dash });
      const end = shape("circle", { class: "explorer-end", r: 5, style: colour(look) });
      return { parts: [ahead, line, dots, end], ahead, line, dots, end };
    });
    const parts = this.curves.flatMap((curve) => curve.parts);
    this.inside.replaceChildren(this.land, this.minima, this.starts, ...parts);
    this.drawn = undefined;
  }

  draw(position, step) {
    const landscape = place(this.panel.landscapes.shape, position);
    if (landscape !== this.drawn) {
      const { levels, minima } = this.panel.landscapes.drawn[landscape];
      this.land.replaceChildren(...levels.map((d) => shape("path", { d })));
      this.minima.replaceChildren(
        ...minima.map(([x, y]) =>
          shape("text", { class: "explorer-minimum", x: this.x(x), y: this.y(y) + 6 }, ["★"]),
        ),
      );
      this.drawn = landscape;
    }
    const { curves } = this.panel;
    const begins = this.begins(position);
    this.starts.replaceChildren(
      ...begins.map(({ x, y, here }) =>
        shape("circle", {
          class: here ? "explorer-start" : "explorer-other-start",
          r: 5,
          cx: this.x(x),
          cy: this.y(y),
        }),
      ),
    );
    curves.forEach(({ values: [x, y] }, i) => {
      const points = this.points(x, y, position);
      const { ahead, line, dots, end } = this.curves[i];
      const done = points.slice(0, step + 1);
      line.setAttribute("d", polyline(done));
      ahead.setAttribute("d", polyline(points.slice(step)));
      const few = this.figure.content.steps.length <= MOST_DOTS;
      dots.setAttribute("d", few ? done.map(([px, py]) => `M${px} ${py}h0`).join("") : "");
      const [px, py] = done.at(-1);
      end.setAttribute("cx", px);
      end.setAttribute("cy", py);
    });
  }

  points(x, y, position) {
    const points = [];
    const [row, other] = [x.row(position), y.row(position)];
    for (let i = 0; i < x.steps; i++) {
      if (x.codes[row + i] === 0) break;
      points.push([round(this.x(x.value(row + i))), round(this.y(y.value(other + i)))]);
    }
    return points;
  }

  // Where the reader can start: the first point of the path at every position of that control.
  begins(position) {
    const axis = this.figure.names.indexOf("start_index");
    const [x, y] = this.panel.curves[0].values;
    const choices =
      axis < 0
        ? [position]
        : this.figure.content.axes[axis].values.map((_, i) => position.with(axis, i));
    return choices.map((choice, i) => ({
      x: x.at(choice, 0),
      y: y.at(choice, 0),
      here: axis < 0 || i === position[axis],
    }));
  }

  choose(event) {
    const axis = this.figure.names.indexOf("start_index");
    if (axis < 0) return;
    const box = this.svg.getBoundingClientRect();
    const distances = this.begins(this.figure.position).map(({ x, y }) =>
      Math.hypot(this.x(x) - (event.clientX - box.left), this.y(y) - (event.clientY - box.top)),
    );
    this.figure.move("start", distances.indexOf(Math.min(...distances)));
  }
}

class CurvesPanel extends Panel {
  resize() {
    const { steps } = this.figure.content;
    this.frame({ low: steps[0], high: steps.at(-1), log: false }, this.panel.scale, {
      height: CURVE_HEIGHT,
    });
    const [left, right] = this.x.frame.slice(2, 4);
    const marks = this.panel.marks.map(({ text, value }) => {
      const y = this.y(value);
      return shape("g", {}, [
        shape("line", { class: "explorer-mark", x1: left, x2: right, y1: y, y2: y }),
        shape("text", { x: left + 4, y: y - 4 }, [text]),
      ]);
    });
    this.now = shape("line", { class: "explorer-now", y1: this.y.frame[2], y2: this.y.frame[3] });
    this.curves = this.panel.curves.map(({ label, look }) => {
      const attributes = { style: colour(look), "stroke-dasharray": look.dash };
      const ahead = shape("path", { class: "explorer-ahead", ...attributes });
      const line = shape("path", { class: "explorer-line", "data-label": label, ...attributes });
      return { ahead, line };
    });
    const parts = this.curves.flatMap(({ ahead, line }) => [ahead, line]);
    this.inside.replaceChildren(...marks, this.now, ...parts);
  }

  draw(position, step) {
    const { steps } = this.figure.content;
    const now = this.x(steps[step]);
    this.now.setAttribute("x1", now);
    this.now.setAttribute("x2", now);
    this.panel.curves.forEach(({ values: [values] }, i) => {
      const points = [];
      const row = values.row(position);
      for (let k = 0; k < values.steps; k++) {
        const known = values.codes[row + k] !== 0;
        points.push(known ? [round(this.x(steps[k])), round(this.y(values.value(row + k)))] : null);
      }
      this.curves[i].line.setAttribute("d", polyline(points.slice(0, step + 1)));
      this.curves[i].ahead.setAttribute("d", polyline(points.slice(step)));
    });
  }
}

class BarsPanel extends Panel {
  resize() {
    const {
      curves,
      marks,
      scale: { low, high, log },
    } = this.panel;
    const top = 20; // for the texts of the marks
    const height = 34 * curves.length + top + MARGIN.bottom;
    const labels = curves.map(({ label }) => label);
    const names = { low: curves.length, high: 0, labels };
    this.frame({ low, high, log }, names, { height, left: besides(labels), top });
    const lines = marks.map(({ value }) => {
      const [x1, y1, y2] = [this.x(value), ...this.y.frame.slice(2, 4)];
      return shape("line", { class: "explorer-mark", x1, x2: x1, y1, y2 });
    });
    const texts = marks.map(({ text, value }) =>
      shape("text", { x: this.x(value), y: 14, "text-anchor": "middle" }, [text]),
    );
    this.svg.append(...texts);
    this.bars = curves.map(({ label, look }, i) => {
      const middle = this.y(i + 0.5);
      const bar = shape("path", {
        class: "explorer-bar",
        "data-label": label,
        style: colour(look),
      });
      return { bar, middle };
    });
    this.inside.replaceChildren(...this.bars.map(({ bar }) => bar), ...lines);
  }

  draw(position, step) {
    const {
      curves,
      scale: { low, log },
    } = this.panel;
    const start = this.x(log ? low : 0);
    curves.forEach(({ values: [values] }, i) => {
      const value = values.at(position, step);
      const { bar, middle } = this.bars[i];
      const end = Number.isNaN(value) ? start : round(this.x(value));
      bar.setAttribute(
        "d",
        `M${start} ${middle - 9}L${end} ${middle - 9}L${end} ${middle + 9}L${start} ${middle + 9}`,
      );
    });
  }
}

class MapPanel extends Panel {
  constructor(panel, figure) {
    super(panel, figure);
    this.svg.classList.add("explorer-choice");
    this.svg.addEventListener("click", (event) => this.choose(event));
  }

  axis(name) {
    return this.figure.content.axes.findIndex((axis) => axis.name === name);
  }

  resize() {
    const axes = [this.panel.columns, this.panel.rows].map(
      (name) => this.figure.content.axes[this.axis(name)],
    );
    this.frame(
      { low: 0, high: axes[0].values.length, log: false, labels: axes[0].values },
      { low: 0, high: axes[1].values.length, log: false, labels: axes[1].values },
      { height: CURVE_HEIGHT + 30, left: besides(axes[1].values) },
    );
    this.heading.textContent = `${this.panel.title} over ${axes[0].label} (across) and ${axes[1].label}
      (up): dark is low, grey diverged`;
    this.cells = shape("g");
    this.here = shape("rect", { class: "explorer-here" });
    this.inside.replaceChildren(this.cells, this.here);
    this.drawn = undefined;
  }

  draw(position) {
    const [column, row] = [this.panel.columns, this.panel.rows].map((name) => this.axis(name));
    const others = position.filter((_, i) => i !== column && i !== row).join();
    const width = Math.abs(this.x(1) - this.x(0));
    const height = Math.abs(this.y(1) - this.y(0));
    if (others !== this.drawn) {
      this.drawn = others;
      const cells = [];
      this.figure.content.axes[row].values.forEach((_, i) =>
        this.figure.content.axes[column].values.forEach((_, j) => {
          const { values, colors, other } = this.panel;
          const code = values.codes[values.row(position.with(row, i).with(column, j))];
          const share = (code - 1) / values.levels;
          const fill = code === 0 ? other : colors[Math.round(share * (colors.length - 1))];
          cells.push(
            shape("rect", {
              x: this.x(j),
              y: this.y(i + 1),
              width: width + 0.4,
              height: height + 0.4,
              fill,
            }),
          );
        }),
      );
      this.cells.replaceChildren(...cells);
    }
    set(this.here, { x: this.x(position[column]), y: this.y(position[row] + 1), width, height });
  }

  choose(event) {
    const box = this.svg.getBoundingClientRect();
    const chosen = [
      [this.panel.columns, this.x.back(event.clientX - box.left)],
      [this.panel.rows, this.y.back(event.clientY - box.top)],
    ];
    for (const [name, value] of chosen) {
      const most = this.figure.content.axes[this.axis(name)].values.length - 1;
      this.figure.move(name, Math.max(0, Math.min(Math.floor(value), most)));
    }
  }
}

const PANELS = { path: PathPanel, curves: CurvesPanel, bars: BarsPanel, map: MapPanel };

// A function from values to pixels.
function scale({ low, high, log, labels }, from, to) {
  const bend = log ? Math.log : (value) => value;
  const [start, end] = [bend(low), bend(high)];
  const map = (value) => from + ((bend(value) - start) / (end - start)) * (to - from);
  map.back = (pixel) => start + ((pixel - from) / (to - from)) * (end - start);
  map.frame = [low, high, from, to, log ? "log" : "linear"];
  map.ticks = (most) => {
    if (labels) {
      const every = Math.ceil(labels.length / most);
      return labels
        .map((text, i) => ({ at: map(i + 0.5), text }))
        .filter((_, i) => i % every === 0);
    }
    return (
      log ? decades(low, high, most) : steps(Math.min(low, high), Math.max(low, high), most)
    ).map((value) => ({ at: round(map(value)), text: readable(value, { log, tick: true }) }));
  };
  return map;
}

// The room that labels on the left need.
function besides(labels) {
  return Math.max(MARGIN.left, 12 + LETTER * Math.max(...labels.map(({ length }) => length)));
}

function steps(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((digit) => digit * power >= rough) * power;
  const values = [];
  for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++) values.push(i * step);
  return values;
}

function decades(low, high, most) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const digits = last - first >= 2 ? [1] : [1, 2, 5];
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  const values = [];
  for (let power = first - 1; power <= last; power++) {
    for (const digit of digits) {
      const value = digit * 10 ** power;
      const kept = digits.length > 1 || (power - first) % every === 0;
      if (kept && value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) values.push(value);
    }
  }
  return values;
}

function readable(value, { log, tick, low, high }) {
  if (Number.isNaN(value)) return "none";
  if (!tick && value < low) return `below ${readable(low, { log })}`;
  if (!tick && value > high) return `above ${readable(high, { log })}`;
  const size = Math.abs(value);
  const exponent = Math.floor(Math.log10(size) + 1e-9);
  if (size === 0 || (exponent >= -3 && exponent <= 3)) {
    // Close to 1 a third digit says on which side.
    const digits = tick ? 6 : size > 0.9 && size < 1.1 ? 3 : 2;
    return String(Number(value.toPrecision(digits)));
  }
  const digits = value / 10 ** exponent;
  const power = `10${[...String(exponent)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("")}`;
  const factor = tick ? Math.round(digits) : digits.toFixed(1);
  return Number(factor) === 1 ? power : `${factor}·${power}`;
}

function polyline(points) {
  let d = "";
  let pen = "M";
  for (const point of points) {
    if (point) d += `${pen}${point[0]} ${point[1]}`;
    pen = point ? "L" : "M";
  }
  return d;
}

function key(look, kind) {
  const drawn =
    kind === "bars"
      ? { class: "explorer-bar", d: "M2 0h18v10h-18z" }
      : { class: "explorer-line", d: "M0 5h22", "stroke-dasharray": look.dash };
  return shape("svg", { class: "explorer-key", viewBox: "0 0 22 10", "aria-hidden": "true" }, [
    shape("path", { ...drawn, style: colour(look) }),
  ]);
}

function colour(look) {
  return `--color: ${look.color}`;
}

function round(pixel) {
  return Math.round(pixel * 100) / 100;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function element(tag, name, attributes = {}, ...content) {
  const node = set(document.createElement(tag), attributes);
  if (name) node.className = name;
  node.append(...content);
  return node;
}

function shape(tag, attributes = {}, content = []) {
  const node = set(document.createElementNS(NAMESPACE, tag), attributes);
  node.append(...content);
  return node;
}
