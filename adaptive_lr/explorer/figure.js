// The figure of an explorer. It unpacks what Python has computed and draws one position of it: no
// algorithm of the book is written here.

const NAMESPACE = "http://www.w3.org/2000/svg";
const NARROW = 620; // below, the panels stand in one column
const GAP = 28; // between two columns
const BREAK = 10; // between two panels
const TALLEST = 620; // what two columns should not exceed
const PULL = 0.6; // what a pixel of its width outweighs, in pixels of heights that do not fit
const COMFORT = 280; // pixels that a drawing wants across
const SHARES = [0.62, 0.58, 0.54, 0.5, 0.46]; // of the width that the first column may have
const MARGIN = { left: 44, right: 14, top: 8, bottom: 26 };
const LINE = 15; // height of a label
const MOST_DOTS = 120;
const MOST_PLANNED = 128; // steps at which the place of a label is thought about
const BLOCKED = 400; // what it counts that a label hides something at one of them
const BESIDE = 25; // that it stands at the head of another path
const CHANGE = 300; // what it counts that a label changes its place
const SILENCE = 1200; // milliseconds without a change before a screen reader is told
const NEAR = 10; // pixels from a curve at which it is pointed at
const TEXT = { plain: "400 12px", label: "600 13px" };
const HEADING = 24; // its height, as in the style sheet
const NUMBER = 68; // width of a column of numbers
const NOTHING = "–";
const PEN = document.createElement("canvas").getContext("2d"); // to measure words with
const ORDER = { path: 1, curves: 4, bars: 5, map: 6 }; // in one column; the table is third

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
    this.last = content.steps.length - 1;
    // In JupyterLab, arrow keys would move from cell to cell.
    const quiet = { "data-lm-suppress-shortcuts": "true" };
    this.root = element("div", "explorer", {
      role: "group",
      "aria-label": content.title,
      ...quiet,
    });
    this.panels = content.panels.map((panel) => new PANELS[panel.kind](panel, this));
    this.table = new Table(content, this);
    this.halves = [element("div", "explorer-half"), element("div", "explorer-half")];
    this.spoken = element("p", "explorer-spoken", { role: "status" });
    this.root.append(...this.halves, this.table.root, this.spoken);
    this.pointed = { pointer: "", focus: "", pin: "" };
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
    const marked = () => this.emphasise();
    const events = [...this.names, "step_index"].map((name) => `change:${name}`);
    for (const event of events) this.model.on(event, changed);
    this.model.on("change:marked", marked);
    const observer = new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === 0 || contentRect.width === this.width) return;
      this.width = contentRect.width;
      this.arrange();
      draw();
    });
    observer.observe(this.root);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(waiting);
      clearTimeout(talking);
      for (const event of events) this.model.off(event, changed);
      this.model.off("change:marked", marked);
    };
  }

  get position() {
    return this.names.map((name) => this.model.get(name));
  }

  get step() {
    return Math.max(0, Math.min(this.model.get("step_index"), this.last));
  }

  // Moves a control, as far as it goes.
  move(name, index) {
    const axis = this.axis(name);
    const most = axis < 0 ? this.last : this.content.axes[axis].values.length - 1;
    const wanted = Math.max(0, Math.min(index, most));
    if (wanted === this.model.get(`${name}_index`)) return;
    this.model.set(`${name}_index`, wanted);
    this.model.save_changes();
  }

  axis(name) {
    return this.names.indexOf(`${name}_index`);
  }

  // --- where the panels stand --------------------------------------------------------------------

  arrange() {
    const { root, panels, table, halves, width } = this;
    this.narrow = width < NARROW;
    root.classList.toggle("explorer-narrow", this.narrow);
    const { fontFamily } = getComputedStyle(root);
    this.measure = (text, look) => {
      PEN.font = `${look} ${fontFamily}`;
      return PEN.measureText(text).width;
    };
    let columns;
    if (this.narrow) {
      columns = [panels, []];
      for (const panel of panels) panel.resize(width, panel.extent(width).wanted);
      table.resize(width);
      // The first curve stands before the table, the others behind it.
      const first = panels.find(({ panel }) => panel.kind === "curves") ?? panels[0];
      for (const panel of panels) panel.root.style.order = ORDER[panel.panel.kind];
      first.root.style.order = first.panel.kind === "path" ? 1 : 2;
      table.root.style.order = 3;
    } else {
      columns = this.columns();
    }
    const kept = columns.every((column, i) =>
      column.every((panel, j) => halves[i].children[j] === panel.root),
    );
    if (!kept) columns.forEach((column, i) => halves[i].append(...column.map(({ root }) => root)));
    const beside = !this.narrow && this.beside;
    (beside ? halves[1] : root).insertBefore(table.root, beside ? null : this.spoken);
    this.place = undefined;
    this.emphasise();
  }

  // Finds the two columns that differ least in height and whose panels are nearest to the size that
  // suits them, and sets the sizes so that both columns end together.
  columns() {
    const { panels, table } = this;
    const space = this.width - GAP;
    const of = (...kinds) => panels.filter(({ panel }) => kinds.includes(panel.kind));
    const [paths, maps] = [of("path"), of("map")];
    const others = of("curves", "bars");
    this.beside = paths.length + maps.length > 0;
    let best;
    if (!this.beside) {
      // Curves alone: pairs of one size, and the table below.
      const pairs = [0, 1].map((side) => panels.filter((_, i) => i % 2 === side));
      const share = panels.length > 1 ? 0.5 : 1;
      table.resize(this.width);
      const taken = table.height + BREAK + pairs[0].length * (HEADING + BREAK);
      const tall = (TALLEST - taken) / pairs[0].length;
      const fit = (panel) => {
        const { least, wanted } = panel.extent(space * share);
        return clamped(tall, least, wanted);
      };
      best = { share, columns: pairs, heights: pairs.map((column) => column.map(fit)) };
    } else {
      for (const share of SHARES) {
        table.resize(space * (1 - share));
        for (let under = 0; under <= others.length; under++) {
          const first = [...paths, ...others.slice(0, under)];
          const second = [...others.slice(under), ...maps];
          if (!first.length) continue;
          const tried = this.fitted([first, second], share, table.height);
          if (!best || tried.cost < best.cost) best = { ...tried, share, columns: [first, second] };
        }
      }
      table.resize(space * (1 - best.share));
      best = { ...best, ...this.fitted(best.columns, best.share, table.height) };
    }
    const widths = [space * best.share, space * (1 - best.share)];
    if (best.share === 1) widths[0] = this.width;
    this.root.style.setProperty("--first", `${widths[0]}px`);
    best.columns.forEach((column, i) =>
      column.forEach((panel, j) => {
        panel.resize(widths[i], best.heights[i][j]);
      }),
    );
    return best.columns;
  }

  fitted(columns, share, table) {
    const space = this.width - GAP;
    const extents = columns.map((column, i) =>
      column.map((panel) => panel.extent(space * (i ? 1 - share : share))),
    );
    const fixed = columns.map((column, i) => {
      const headings = column.length * HEADING;
      const rest = i && table ? table : 0;
      return headings + rest + BREAK * (column.length - 1 + Number(rest > 0));
    });
    const sum = (i, name) =>
      extents[i].reduce((total, extent) => total + extent[name], 0) + fixed[i];
    const tight = extents
      .flat()
      .reduce((total, extent) => total + extent.tight, this.table.tight(space * (1 - share)));
    // The first column holds what is looked at most.
    const given = 4 * tight - PULL * share * space;
    const off = (tall, i) => {
      const most = sum(i, "most");
      return 2 * Math.max(0, tall - most) + Math.abs(Math.min(tall, most) - sum(i, "wanted"));
    };
    const tried = [sum(0, "wanted"), sum(1, "wanted"), TALLEST].map((wanted) => {
      const tall = Math.max(Math.min(wanted, TALLEST), sum(0, "least"), sum(1, "least"));
      return { tall, cost: off(tall, 0) + off(tall, 1) + 3 * Math.max(0, tall - TALLEST) + given };
    });
    const { tall, cost } = tried.reduce((a, b) => (b.cost < a.cost ? b : a));
    const heights = extents.map((column, i) => {
      // What is missing or too much is shared among those that can give.
      const goal = Math.min(tall, sum(i, "most")) - sum(i, "wanted");
      const end = goal > 0 ? "most" : "least";
      const room = sum(i, end) - sum(i, "wanted");
      const part = room ? goal / room : 0;
      return column.map((extent) => extent.wanted + part * (extent[end] - extent.wanted));
    });
    return { cost, heights };
  }

  // --- what is drawn -----------------------------------------------------------------------------

  draw() {
    const { position, step } = this;
    const here = position.join();
    const moved = here !== this.place;
    this.place = here;
    for (const panel of this.panels) {
      if (moved) panel.turn(position);
      panel.draw(step);
    }
    this.table.draw(position, step);
  }

  speak() {
    const maps = this.panels.filter(({ panel }) => panel.kind === "map");
    this.spoken.textContent = [this.table.text(), ...maps.map((map) => map.text())].join(" ");
  }

  // --- what is pointed at ------------------------------------------------------------------------

  // A method can be pointed at, be focused, be chosen in the table or be marked from outside.
  point(way, name) {
    if (this.pointed[way] === name) return;
    this.pointed[way] = name;
    this.emphasise();
  }

  emphasise() {
    const { pointer, focus, pin } = this.pointed;
    const marked = this.model.get("marked") ?? "";
    const name = pointer || focus || pin || marked;
    this.table.emphasise(name, pin);
    for (const panel of this.panels) {
      panel.root.classList.toggle("explorer-marked", panel.panel.title === marked);
      panel.emphasise(name);
    }
  }
}

// --- the numbers at the chosen step --------------------------------------------------------------

class Table {
  constructor({ panels, events }, figure) {
    this.figure = figure;
    this.steps = figure.content.steps;
    this.root = element("div", "explorer-numbers");
    const curved = panels.filter(({ kind }) => kind === "path" || kind === "curves");
    const looks = new Map(curved.flatMap(({ curves }) => curves.map((one) => [one.label, one])));
    const methods = panels.filter(({ kind }) => kind === "path").flatMap(({ curves }) => curves);
    this.owners = owners(
      methods.map(({ label }) => label),
      [...looks.keys(), ...events.map(({ label }) => label)],
    );
    this.looks = this.owners.map((owner) => {
      const label = [...looks.keys()].find((one) => owns(owner, one));
      return looks.get(label)?.look;
    });
    this.quantities = [
      ...panels.filter(({ kind }) => kind === "curves").flatMap((panel) => this.values(panel)),
      ...this.events(events),
    ];
    this.root.hidden = this.quantities.length === 0;
  }

  // What a panel shows of each method: one number, or one for each part of it, such as x₁ and x₂.
  values({ title, scale, curves }) {
    const own = curves.map(({ label, values: [values] }) => {
      const owner = this.owners.findLast((one) => owns(one, label));
      return { owner, part: label.slice(owner.length).replace(/^[, ]+/, ""), values };
    });
    const parts = [...new Set(own.map(({ part }) => part))];
    // A method with one number for all parts has it in each.
    const whole = (owner) => own.filter((one) => one.owner === owner).length === 1;
    const kept = parts.filter(
      (part) => part || parts.length === 1 || own.some((one) => !one.part && !whole(one.owner)),
    );
    return kept.map((part) => ({
      head: part ? `${title}, ${part}` : title,
      cell: (owner, position, step) => {
        const of = own.filter((one) => one.owner === owner);
        const one = of.find((each) => each.part === part) ?? (whole(owner) && of[0]);
        return one && (one.part === part || !one.part)
          ? bounded(one.values.at(position, step), scale)
          : NOTHING;
      },
    }));
  }

  // What has happened to each method. What is to come is not told.
  events(events) {
    const known = events.filter(({ values }) => values.codes.some((code) => code !== 0));
    const texts = [...new Set(known.map(({ text }) => text))];
    return texts.map((text) => {
      const [head, unit] = text.includes("step {step}")
        ? [text.replace("step {step}", "").trim(), "step\u00a0"]
        : [text.replace("{step}", "…"), ""];
      return {
        head: unbroken(head),
        cell: (owner, position, step) => {
          const event = known.find((one) => one.text === text && owns(owner, one.label));
          const when = event ? event.values.at(position, 0) : NaN;
          return when <= this.steps[step] ? `${unit}${when}` : NOTHING;
        },
      };
    });
  }

  resize(width) {
    if (this.root.hidden || this.width === width) return;
    this.width = width;
    const { owners: methods, quantities, figure } = this;
    const name = this.widest();
    // Methods have rows, unless so many numbers cannot stand beside each other.
    const across = name + quantities.length * NUMBER <= width || methods.length > 2;
    const heads = quantities.map(({ head }) => head);
    this.caption = element("caption");
    this.names = methods.map((owner, i) => this.name(owner, this.looks[i], across));
    const scope = across ? "col" : "row";
    const titles = heads.map((head) => element("th", "", { scope }, head));
    this.cells = methods.map((owner) =>
      quantities.map(() => element("td", "", { "data-of": owner }, NOTHING)),
    );
    const first = across ? name : Math.max(width / 3, width - methods.length * name);
    const column = element("col", "", { style: `width: ${first}px` });
    const rows = across
      ? methods.map((_, i) => element("tr", "", {}, this.names[i], ...this.cells[i]))
      : titles.map((title, j) =>
          element("tr", "", {}, title, ...this.cells.map((cells) => cells[j])),
        );
    const corner = element("td");
    this.table = element(
      "table",
      "explorer-status",
      {},
      this.caption,
      element("colgroup", "", {}, column),
      element("thead", "", {}, element("tr", "", {}, corner, ...(across ? titles : this.names))),
      element("tbody", "", {}, ...rows),
    );
    this.table.addEventListener("pointerover", ({ target }) => {
      figure.point("pointer", target.closest("[data-of]")?.dataset.of ?? "");
    });
    this.table.addEventListener("pointerleave", () => figure.point("pointer", ""));
    this.root.style.width = `${width}px`;
    this.root.replaceChildren(this.table);
    if (!this.root.isConnected) figure.root.append(this.root);
    this.caption.textContent = "after step 0";
    this.height = this.root.offsetHeight;
    this.drawn = undefined;
  }

  widest() {
    return Math.max(...this.owners.map((one) => this.figure.measure(one, TEXT.label))) + 30;
  }

  // How much is lacking to the width at which all numbers can stand beside each other, where they
  // cannot stand below each other either. It weighs more than the width of a drawing: a number that
  // is cut off is another number.
  tight(width) {
    if (this.root.hidden || this.owners.length < 3) return 0;
    return 4 * Math.max(0, this.widest() + this.quantities.length * NUMBER - width);
  }

  name(owner, look, across) {
    const sign = look ? [key(look)] : [];
    const scope = across ? "row" : "col";
    if (this.owners.length < 2) {
      return element("th", "", { scope, "data-of": owner }, ...sign, owner);
    }
    const button = element("button", "", { type: "button", "aria-pressed": false }, ...sign, owner);
    const { figure } = this;
    button.addEventListener("focus", () => figure.point("focus", owner));
    button.addEventListener("blur", () => figure.point("focus", ""));
    button.addEventListener("click", () =>
      figure.point("pin", figure.pointed.pin === owner ? "" : owner),
    );
    return element("th", "", { scope, "data-of": owner }, button);
  }

  draw(position, step) {
    if (this.root.hidden) return;
    write(this.caption, `after step ${this.steps[step]}`);
    this.owners.forEach((owner, i) =>
      this.quantities.forEach(({ cell }, j) =>
        write(this.cells[i][j], cell(owner, position, step)),
      ),
    );
  }

  emphasise(name, pin) {
    if (this.root.hidden) return;
    const shown = related(this.owners, name);
    this.owners.forEach((owner, i) => {
      const dim = shown.length > 0 && !shown.includes(owner);
      for (const node of [this.names[i], ...this.cells[i]]) {
        node.classList.toggle("explorer-dim", dim);
      }
      this.names[i].querySelector("button")?.setAttribute("aria-pressed", pin === owner);
    });
  }

  text() {
    if (this.root.hidden) return "";
    const lines = this.owners.map((owner, i) => {
      const told = this.quantities.map(({ head }, j) => [head, this.cells[i][j].textContent]);
      const known = told.filter(([, text]) => text !== NOTHING);
      return `${owner}: ${known.map((pair) => pair.join(" ")).join(", ")}.`;
    });
    return [`${this.caption.textContent}:`, ...lines].join(" ");
  }
}

// --- panels --------------------------------------------------------------------------------------

class Panel {
  constructor(panel, figure) {
    this.panel = panel;
    this.figure = figure;
    this.root = element("div", "explorer-panel");
    this.heading = element("div", "explorer-heading", {}, panel.title);
    this.svg = shape("svg", { "data-panel": panel.title, role: "img", "aria-label": panel.title });
    this.picture = element("div", "explorer-picture", {}, this.svg);
    this.root.append(this.heading, this.picture);
    this.labels = (panel.curves ?? []).map(({ label }) => label);
    this.shorts = shortened(this.labels);
    this.picture.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "mouse" || event.buttons) return;
      figure.point("pointer", this.pointed(...this.within(event)));
    });
    this.picture.addEventListener("pointerleave", () => figure.point("pointer", ""));
  }

  // Least, wanted and greatest height at a width, without the heading, and how much is lacking to
  // the width that suits it.
  extent(width) {
    const [least, wanted, most] = this.heights(width, this.figure.narrow);
    return { least, wanted, most, tight: Math.max(0, COMFORT - width + this.beside()) };
  }

  // The width that is taken by words beside the drawing.
  beside() {
    return MARGIN.left + MARGIN.right;
  }

  // Where in the drawing an event is.
  within({ clientX, clientY }) {
    const box = this.svg.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  }

  pointed() {
    return "";
  }

  // Sets up the scales, the grid and the titles of a drawing.
  frame(x, y, width, height, margin = {}, titles = []) {
    const { left, right, top, bottom } = { ...MARGIN, ...margin };
    const box = { left, right: width - right, top, bottom: height - bottom };
    set(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.box = box;
    this.x = scale(x, box.left, box.right);
    this.y = scale(y, box.bottom, box.top);
    this.svg.setAttribute("data-x", JSON.stringify(this.x.frame));
    this.svg.setAttribute("data-y", JSON.stringify(this.y.frame));
    const [across, up] = [box.right - box.left, box.bottom - box.top];
    // An inner svg cuts off what is outside of it.
    this.inside = shape("svg", {
      x: box.left,
      y: box.top,
      width: across,
      height: up,
      viewBox: `${box.left} ${box.top} ${across} ${up}`,
    });
    this.over = shape("g");
    const widest = ({ labels }) =>
      Math.max(...(labels ?? []).map((text) => this.figure.measure(text, TEXT.plain)));
    const ticks = [
      this.x.ticks(Math.max(2, across / (x.labels ? widest(x) + 16 : 64))),
      this.y.ticks(Math.max(2, up / (y.labels ? LINE + 3 : 36))),
    ];
    // Where the title of the axis stands, there is no number.
    const [title, upright] = titles;
    const end = title ? box.right - this.figure.measure(title, TEXT.plain) - 12 : Infinity;
    const grid = [
      ...ticks[0].map(({ at }) => line(at, at, box.top, box.bottom, "explorer-grid")),
      ...ticks[1].map(({ at }) => line(box.left, box.right, at, at, "explorer-grid")),
    ];
    const texts = [
      ...ticks[0]
        .filter(({ at, text }) => at + this.figure.measure(text, TEXT.plain) / 2 < end)
        .map(({ at, text }) => words(text, at, box.bottom + 16, "middle")),
      ...ticks[1].map(({ at, text }) => words(text, box.left - 6, at + 4, "end")),
    ];
    if (title) texts.push(words(title, box.right, box.bottom + 16, "end", "explorer-title"));
    if (upright) texts.push(words(upright, box.left + 6, box.top + 14, "start", "explorer-title"));
    this.svg.replaceChildren(...grid, this.inside, ...texts, this.over);
    this.parts = this.labels.map(() => []);
  }

  // Dims all but one method, where there is something of it.
  emphasise(name) {
    const shown = related(this.labels, name);
    this.labels.forEach((label, i) => {
      const dim = shown.length > 0 && !shown.includes(label);
      for (const node of this.parts?.[i] ?? []) node.classList.toggle("explorer-dim", dim);
    });
  }
}

class PathPanel extends Panel {
  constructor(panel, figure) {
    super(panel, figure);
    this.heading.textContent = `${panel.title}, seen from above`;
    this.ratio = (panel.y.high - panel.y.low) / (panel.x.high - panel.x.low);
    this.choices = figure.content.axes[figure.axis("start")]?.values ?? [];
    this.spots = [];
    if (this.choices.length > 1) this.handle();
  }

  // The rings of the starts, as one slider.
  handle() {
    const { figure, choices } = this;
    this.targets = choices.map(() => element("div", "explorer-target"));
    this.slider = slider("start", choices.length - 1, "explorer-starts", ...this.targets);
    this.picture.append(this.slider);
    draggable(this.slider, (event) => {
      const [x, y] = this.within(event);
      const far = this.begins.map((begin) => Math.hypot(begin[0] - x, begin[1] - y));
      figure.move("start", far.indexOf(Math.min(...far)));
    });
    keyed(this.slider, ({ by, to }) => {
      const here = figure.model.get("start_index");
      figure.move("start", to === undefined ? here + by[0] + by[1] : to * (choices.length - 1));
    });
  }

  heights(width, narrow) {
    const tall = (width - MARGIN.left - MARGIN.right) * this.ratio + MARGIN.top + MARGIN.bottom;
    const most = Math.min(tall, narrow ? 420 : 560);
    return [most, most, most];
  }

  resize(width, height) {
    const { x, y, curves } = this.panel;
    const across = (height - MARGIN.top - MARGIN.bottom) / this.ratio;
    const right = width - MARGIN.left - across;
    this.frame(x, y, width, height, { right }, ["x₁", "x₂"]);
    const [left, bottom] = [this.box.left, this.box.bottom];
    const [unit, up] = [(this.box.right - left) / 1000, (this.box.top - bottom) / 1000];
    const transform = `translate(${left} ${bottom}) scale(${unit} ${up})`;
    this.land = shape("g", { class: "explorer-land", transform });
    this.minima = shape("g");
    this.rings = shape("g");
    this.word = words("start", 0, 0, "start", "explorer-note");
    this.curves = curves.map(({ label, look }, i) => {
      const drawn = (name) => shape("path", { class: name, style: colour(look) });
      const [halo, ahead, line, dots, lead] = [
        "explorer-halo",
        "explorer-ahead",
        "explorer-line",
        "explorer-dots",
        "explorer-lead",
      ].map(drawn);
      set(line, { "data-label": label, "stroke-dasharray": look.dash });
      const head = marker(look, "M0 0");
      const text = words(this.shorts[i], 0, 0, "start", "explorer-label", colour(look));
      this.parts[i] = [halo, ahead, line, dots, lead, head, text];
      const wide = this.figure.measure(this.shorts[i], TEXT.label);
      return { halo, ahead, line, dots, lead, head, text, wide };
    });
    const paths = this.curves.flatMap(({ ahead, halo, line, dots }) => [ahead, halo, line, dots]);
    this.inside.replaceChildren(this.land, this.minima, ...paths);
    const leads = this.curves.map(({ lead }) => lead);
    const heads = this.curves.map(({ head }) => head);
    const texts = this.curves.map(({ text }) => text);
    this.over.replaceChildren(this.rings, this.word, ...leads, ...heads, ...texts);
    this.ground = new Ground(this.box);
    this.drawn = undefined;
  }

  turn(position) {
    const landscape = place(this.panel.landscapes.shape, position);
    if (landscape !== this.drawn) {
      const { levels, minima } = this.panel.landscapes.drawn[landscape];
      levels.forEach((d, i) => {
        const outline = this.land.children[i] ?? this.land.appendChild(shape("path"));
        outline.setAttribute("d", d);
      });
      while (this.land.children.length > levels.length) this.land.lastChild.remove();
      this.stars = minima.map(([x, y]) => around(this.x(x), this.y(y), 7));
      this.minima.replaceChildren(
        ...minima.map(([x, y]) =>
          words("★", this.x(x), this.y(y) + 6, "middle", "explorer-minimum"),
        ),
      );
      this.drawn = landscape;
    }
    this.points = this.panel.curves.map(({ values: [x, y] }) => this.way(x, y, position));
    this.ground.clear();
    for (const points of this.points) {
      for (let i = 1; i < points.length; i++) this.ground.line(points[i - 1], points[i]);
    }
    this.start(position);
    this.ground.sum();
    this.plans = undefined;
    this.begun = undefined;
  }

  way(x, y, position) {
    const points = [];
    const [row, other] = [x.row(position), y.row(position)];
    for (let i = 0; i < x.steps; i++) {
      if (x.codes[row + i] === 0) break;
      points.push([round(this.x(x.value(row + i))), round(this.y(y.value(other + i)))]);
    }
    return points;
  }

  // Where the reader can start: the first point of the path at every position of that control.
  start(position) {
    const axis = this.figure.axis("start");
    const [x, y] = this.panel.curves[0].values;
    const places =
      this.choices.length > 1 ? this.choices.map((_, i) => position.with(axis, i)) : [position];
    const here = this.choices.length > 1 ? position[axis] : 0;
    this.begins = places.map((one) => [this.x(x.at(one, 0)), this.y(y.at(one, 0))]);
    this.begins.forEach(([cx, cy], i) => {
      const ring = this.rings.children[i] ?? this.rings.appendChild(shape("circle"));
      const name = i === here ? "explorer-start" : "explorer-other-start";
      set(ring, { class: name, r: i === here ? 6 : 7, cx, cy });
      this.ground.box(cx - 8, cy - 8, 16, 16, 3);
      if (!this.targets) return;
      this.targets[i].classList.toggle("explorer-target-here", i === here);
      Object.assign(this.targets[i].style, { left: `${cx}px`, top: `${cy}px` });
    });
    if (this.slider) {
      set(this.slider, { "aria-valuenow": here, "aria-valuetext": this.choices[here] });
    }
    // The word stands on the side where there is most room, and off the numbers of the axes.
    this.ground.sum();
    const { box } = this;
    const [cx, cy] = this.begins[here];
    const wide = this.figure.measure("start", TEXT.plain) + 4;
    const sides = [
      [cx + 10, cy - 7],
      [cx - 10 - wide, cy - 7],
      [cx - wide / 2, cy + 9],
      [cx - wide / 2, cy - 23],
    ].map(([left, top]) => {
      const outside = left < box.left || left + wide > box.right || top + LINE > box.bottom;
      const weight = outside ? Infinity : this.ground.weight(left, top, wide, LINE);
      return { left, top, weight };
    });
    const { left, top } = sides.reduce((a, b) => (b.weight < a.weight ? b : a));
    set(this.word, { x: left + 2, y: top + 11 });
    this.ground.box(left, top, wide, LINE, 6);
    this.noted = { left, top, right: left + wide, bottom: top + LINE };
  }

  draw(step) {
    // While a slider other than that of the steps is moved, one step is enough.
    const still = this.step === undefined || this.step === step;
    if (!this.plans) this.plan(still ? step : undefined);
    this.step = step;
    const few = this.figure.last <= MOST_DOTS;
    this.named = this.curves.map((curve, i) => {
      const { halo, ahead, line, dots, head, text, lead, wide } = curve;
      const points = this.points[i];
      const now = Math.min(step, points.length - 1);
      const done = polyline(points, 0, now);
      line.setAttribute("d", done);
      halo.setAttribute("d", done);
      ahead.setAttribute("d", polyline(points, now, points.length - 1));
      dots.setAttribute("d", few ? dotted(points, now) : "");
      const [x, y] = points[now];
      const [px, py] = this.seen(points, now);
      head.setAttribute("transform", `translate(${x} ${y}) scale(1.2)`);
      head.classList.toggle("explorer-away", px !== x || py !== y);
      if (this.plans) this.spots[i] = this.plans[i][Math.floor(step / this.stride)];
      const spot = SPOTS[this.spots[i]];
      const left = px + spot.x - wide * spot.shift;
      const top = py + spot.y - LINE / 2;
      const box = { left, top, right: left + wide, bottom: top + LINE };
      set(text, { x: round(left), y: round(top + 11.5) });
      const [ex, ey] = [clamped(px, left, box.right), clamped(py, top + 2, box.bottom - 2)];
      lead.setAttribute("d", spot.far > 24 ? `M${px} ${py}L${round(ex)} ${round(ey)}` : "");
      return box;
    });
  }

  // Where a label belongs: a path that has left the window is named where it went.
  seen(points, step) {
    const { left, right, top, bottom } = this.box;
    const [x, y] = points[Math.min(step, points.length - 1)];
    return [clamped(x, left, right), clamped(y, top, bottom)];
  }

  // Chooses the place of every label beside its head for all steps at once. Of all ways through the
  // steps, each label takes the one on which it is least in the way and changes its place least: so
  // it stays where it is while the steps are played, unless something else wants to be there. Where
  // only one step is asked for, a label stays if it can, and the plan for all begins from there.
  plan(only) {
    const { box, ground, curves, points } = this;
    const whole = only === undefined;
    this.stride = Math.ceil((this.figure.last + 1) / MOST_PLANNED);
    const count = Math.floor(this.figure.last / this.stride) + 1;
    const times = whole ? Array.from({ length: count }, (_, k) => k * this.stride) : [only];
    const stands = whole ? Math.floor(this.begun / this.stride) : 0;
    const heads = points.map((each) => times.map((time) => this.seen(each, time)));
    const fixed = [this.noted, ...this.stars, ...this.begins.map(([x, y]) => around(x, y, 8))];
    fixed.push({ left: box.left, right: box.left + 24, top: box.top, bottom: box.top + 20 });
    const laid = heads[0].map(() => []);
    const plans = curves.map(({ wide }, i) => {
      const moved = whole ? 10 * BLOCKED : BESIDE;
      const cost = (k, spot) => {
        const left = k === stands && (this.spots[i] ?? spot) !== spot;
        return inTheWay(k, SPOTS[spot]) + (left ? moved : 0);
      };
      const inTheWay = (k, { x, y, far, shift }) => {
        const [px, py] = heads[i][k];
        const left = px + x - wide * shift;
        const top = py + y - LINE / 2;
        const [right, bottom] = [left + wide, top + LINE];
        if (left < box.left + 2 || right > box.right - 2) return 4 * BLOCKED;
        if (top < box.top + 1 || bottom > box.bottom - 1) return 4 * BLOCKED;
        let total = 0.3 * far;
        for (const one of laid[k]) {
          const apart = left > one.right + 1 || right < one.left - 1;
          if (!apart && top < one.bottom + 1 && bottom > one.top - 1) total += 2 * BLOCKED;
        }
        for (const one of fixed) {
          const apart = left > one.right || right < one.left;
          if (!apart && top < one.bottom && bottom > one.top) total += BLOCKED;
        }
        for (const head of heads) {
          const [hx, hy] = head[k];
          const [across, up] = [outside(hx, left, right), outside(hy, top, bottom)];
          if (across < 7 && up < 7) total += BLOCKED;
          else if (across < 16 && up < 16 && head !== heads[i]) total += BESIDE;
        }
        if (total >= BLOCKED) return total;
        return total + ground.weight(left - 2, top, wide + 4, LINE);
      };
      const ways = [];
      let totals = SPOTS.map((_, spot) => cost(0, spot));
      for (let k = 1; k < times.length; k++) {
        const from = totals.indexOf(Math.min(...totals));
        const changed = totals[from] + CHANGE;
        ways.push(totals.map((total, spot) => (total <= changed ? spot : from)));
        totals = totals.map((total, spot) => Math.min(total, changed) + cost(k, spot));
      }
      const plan = [totals.indexOf(Math.min(...totals))];
      for (const way of ways.reverse()) plan.unshift(way[plan[0]]);
      plan.forEach((spot, k) => {
        const { x, y, shift } = SPOTS[spot];
        const [px, py] = heads[i][k];
        const left = px + x - wide * shift;
        const top = py + y - LINE / 2;
        laid[k].push({ left, top, right: left + wide, bottom: top + LINE });
      });
      return plan;
    });
    if (whole) this.plans = plans;
    else [this.spots, this.begun] = [plans.map(([spot]) => spot), only];
  }

  pointed(x, y) {
    const named = this.named.findIndex((one) => holds(one, x, y, 2));
    if (named >= 0) return this.labels[named];
    return nearest(this.labels, this.points, x, y);
  }
}

class CurvesPanel extends Panel {
  constructor(panel, figure) {
    super(panel, figure);
    // Everywhere in the panel the step can be dragged; by keyboard it is reached once.
    const first = figure.content.panels.find(({ kind }) => kind === "curves") === panel;
    this.slider = slider("step", figure.last, "explorer-time");
    if (!first) this.slider.tabIndex = -1;
    this.picture.append(this.slider);
    draggable(
      this.slider,
      (event) => figure.move("step", this.nearest(this.x.back(this.within(event)[0]))),
      { scrolls: true },
    );
    keyed(this.slider, ({ by, to, page }) => {
      const stride = page ? Math.ceil(figure.last / 10) : 1;
      const here = figure.step + stride * (by[0] + by[1]);
      figure.move("step", to === undefined ? here : to * figure.last);
    });
  }

  beside() {
    if (this.labels.length < 2) return super.beside();
    const wide = this.shorts.map((text) => this.figure.measure(text, TEXT.label));
    return MARGIN.left + Math.max(...wide) + 22;
  }

  nearest(value) {
    const { steps } = this.figure.content;
    const after = steps.findIndex((step) => step >= value);
    if (after < 0) return steps.length - 1;
    return after > 0 && value - steps[after - 1] < steps[after] - value ? after - 1 : after;
  }

  heights(width, narrow) {
    const several = this.labels.length > 1;
    if (narrow) return several ? [180, 190, 190] : [160, 170, 170];
    return several ? [150, 260, 400] : [130, 180, 320];
  }

  resize(width, height) {
    const { steps } = this.figure.content;
    const { curves, marks, scale: limits } = this.panel;
    const wide = this.shorts.map((text) => this.figure.measure(text, TEXT.label));
    const right = this.beside() - MARGIN.left;
    const across = { low: steps[0], high: steps.at(-1), log: false };
    this.frame(across, limits, width, height, { right }, ["step"]);
    const { box } = this;
    this.now = shape("g", { class: "explorer-now" }, [
      line(0, 0, box.top, box.bottom),
      shape("circle", { r: 5, cy: box.bottom }),
    ]);
    const lines = marks.map(({ value }) =>
      line(box.left, box.right, this.y(value), this.y(value), "explorer-mark"),
    );
    this.marks = marks.map(({ text, value }) => {
      const node = words(minus(text), 0, 0, "start", "explorer-note");
      return { node, y: this.y(value), wide: this.figure.measure(minus(text), TEXT.plain) };
    });
    this.curves = curves.map(({ label, look }, i) => {
      const ahead = shape("path", { class: "explorer-ahead", style: colour(look) });
      const line = shape("path", { class: "explorer-line", style: colour(look) });
      set(line, { "data-label": label, "stroke-dasharray": look.dash });
      set(ahead, { "stroke-dasharray": look.dash });
      const signs = marker(look);
      const text = words(this.shorts[i], 0, 0, "start", "explorer-label", colour(look));
      const lead = shape("path", { class: "explorer-lead", style: colour(look) });
      this.parts[i] = [ahead, line, signs, text, lead];
      return { ahead, line, signs, text, lead, wide: wide[i], outline: look.marker };
    });
    const drawn = this.curves.flatMap(({ ahead, line }) => [ahead, line]);
    this.inside.replaceChildren(...lines, ...drawn);
    this.over.replaceChildren(
      ...this.curves.map(({ lead }) => lead),
      this.now,
      ...this.curves.map(({ signs }) => signs),
      ...this.marks.map(({ node }) => node),
      ...this.curves.map(({ text }) => text),
    );
    Object.assign(this.slider.style, {
      left: `${box.left - 8}px`,
      top: `${box.top}px`,
      width: `${box.right - box.left + 16}px`,
      height: `${box.bottom - box.top + 8}px`,
    });
  }

  turn(position) {
    const { steps } = this.figure.content;
    this.points = this.panel.curves.map(({ values: [values] }) => {
      const points = [];
      const row = values.row(position);
      for (let k = 0; k < values.steps; k++) {
        const known = values.codes[row + k] !== 0;
        points.push(known ? [round(this.x(steps[k])), round(this.y(values.value(row + k)))] : null);
      }
      return points;
    });
    const noted = this.note();
    if (this.curves.length > 1) this.nameEnds();
    else this.nameOnly(noted);
  }

  // Whether a curve runs through a box, from what it does at the steps within and around.
  crossed({ left, right, top, bottom }) {
    return this.points.filter((points) => {
      let [least, greatest] = [Infinity, -Infinity];
      for (let k = 0; k < points.length; k++) {
        const [point, before, after] = [points[k], points[k - 1], points[k + 1]];
        if (!point || (after && after[0] < left) || (before && before[0] > right)) continue;
        least = Math.min(least, point[1]);
        greatest = Math.max(greatest, point[1]);
      }
      return least <= bottom && greatest >= top;
    }).length;
  }

  // The words of limits stand where no curve runs, and else on a ground of their own.
  note() {
    const { box } = this;
    const laid = [];
    for (const mark of this.marks) {
      const places = [];
      for (const share of [0, 1, 0.5, 0.25, 0.75, 0.12, 0.38, 0.62, 0.88]) {
        for (const above of [true, false]) {
          const left = box.left + 5 + share * (box.right - box.left - mark.wide - 10);
          const top = above ? mark.y - LINE - 2 : mark.y + 2;
          const one = { left, top, right: left + mark.wide, bottom: top + LINE, above, share };
          const out = top < box.top || one.bottom > box.bottom;
          const others = laid.filter((other) => overlap(one, other, 2)).length;
          const cost = 100 * Number(out) + 50 * others + 10 * this.crossed(one);
          places.push({ ...one, cost: cost + places.length - (mark.kept === places.length) });
        }
      }
      const best = places.reduce((a, b) => (b.cost < a.cost ? b : a));
      mark.kept = places.indexOf(best);
      set(mark.node, { x: round(best.left), y: round(best.top + 11.5) });
      laid.push(best);
    }
    this.noted = laid;
    return laid;
  }

  // Several curves are named beside their ends.
  nameEnds() {
    const { box } = this;
    const ends = this.points.map((points) => {
      const known = points.findLast((point) => point);
      return known && { x: known[0], y: clamped(known[1], box.top, box.bottom) };
    });
    const named = ends.map((end, i) => i).filter((i) => ends[i]);
    const wanted = named.map((i) => ends[i].y);
    const heights = apart(wanted, LINE, box.top + 4, box.bottom - 2);
    this.curves.forEach(({ text, lead, wide }, i) => {
      const at = named.indexOf(i);
      text.classList.toggle("explorer-away", at < 0);
      if (at < 0) return lead.setAttribute("d", "");
      const [{ x, y }, height] = [ends[i], heights[at]];
      set(text, { x: box.right + 18, y: round(height + 4) });
      lead.setAttribute(
        "d",
        `M${x} ${y}L${Math.max(x, box.right)} ${y}L${box.right + 15} ${round(height)}`,
      );
    });
    this.named = this.curves.map(({ wide }, i) => {
      const y = heights[named.indexOf(i)] ?? -100;
      const left = box.right + 18;
      return { left, top: y - LINE / 2, right: left + wide, bottom: y + LINE / 2 };
    });
  }

  // A single curve is named on the curve, as far to the right as there is room.
  nameOnly(noted) {
    const { box } = this;
    const [{ text, wide }] = this.curves;
    const known = this.points[0].filter(
      (point) => point && point[1] >= box.top && point[1] <= box.bottom,
    );
    const places = [];
    for (const share of [1, 0.85, 0.7, 0.55, 0.4, 0.2]) {
      const [x, y] = known[Math.round(share * (known.length - 1))] ?? [box.right, box.bottom];
      for (const above of [true, false]) {
        for (const lift of [10, 18, 28]) {
          const left = clamped(x - wide / 2, box.left + 6, box.right - wide - 4);
          const top = above ? y - lift - LINE : y + lift - 4;
          const one = { left, top, right: left + wide, bottom: top + LINE };
          const out = top < box.top || one.bottom > box.bottom - 2;
          const others = noted.filter((other) => overlap(one, other, 2)).length;
          const cost = 100 * Number(out) + 50 * others + 30 * this.crossed(one);
          places.push({ ...one, cost: cost + places.length });
        }
      }
    }
    const best = places.reduce((a, b) => (b.cost < a.cost ? b : a));
    set(text, { x: round(best.left), y: round(best.top + 11.5) });
    this.named = [best];
  }

  draw(step) {
    const { steps } = this.figure.content;
    this.now.setAttribute("transform", `translate(${round(this.x(steps[step]))} 0)`);
    set(this.slider, { "aria-valuenow": step, "aria-valuetext": `step ${steps[step]}` });
    const { top, bottom } = this.box;
    const every = Math.max(1, Math.round(this.figure.last / 5));
    this.curves.forEach(({ ahead, line, signs, outline }, i) => {
      const points = this.points[i];
      line.setAttribute("d", polyline(points, 0, step));
      ahead.setAttribute("d", polyline(points, step, points.length - 1));
      // Each begins its markers elsewhere, so that curves that coincide can be told apart.
      const first = Math.round((every * (i + 1)) / (this.curves.length + 1));
      let d = "";
      for (let k = first; k < step; k += every) {
        const [x, y] = points[k] ?? [0, -1];
        if (y >= top && y <= bottom) d += `M${x} ${y}${outline}`;
      }
      const [x, y] = points[step] ?? [0, -1];
      if (y >= top && y <= bottom) d += `M${x} ${y}${outline}`;
      signs.setAttribute("d", d);
    });
  }

  pointed(x, y) {
    const named = this.named.findIndex((one) => holds(one, x, y, 2));
    if (named >= 0) return this.labels[named];
    return nearest(this.labels, this.points, x, y);
  }
}

class BarsPanel extends Panel {
  heights() {
    const tall = 26 * this.labels.length + 18 + MARGIN.bottom;
    return [tall, tall, tall];
  }

  resize(width, height) {
    const { curves, marks, scale: limits } = this.panel;
    const names = this.shorts.map((text) => this.figure.measure(text, TEXT.plain) + 14);
    const left = Math.max(MARGIN.left, ...names);
    const rows = { low: curves.length, high: 0, labels: this.shorts.map(() => "") };
    this.frame(limits, rows, width, height, { left, right: 58, top: 18 });
    const { box } = this;
    const lines = marks.map(({ value }) =>
      line(this.x(value), this.x(value), box.top, box.bottom, "explorer-mark"),
    );
    const notes = marks.map(({ text, value }) =>
      words(minus(text), this.x(value), 13, "middle", "explorer-note"),
    );
    this.bars = curves.map(({ label, look }, i) => {
      const middle = this.y(i + 0.5);
      const bar = shape("path", {
        class: "explorer-bar",
        "data-label": label,
        style: colour(look),
      });
      const name = words(this.shorts[i], box.left - 8, middle + 4, "end");
      const number = words("", 0, middle + 4, "start", "explorer-number");
      this.parts[i] = [bar, name, number];
      return { bar, number, middle };
    });
    this.inside.replaceChildren(...this.bars.map(({ bar }) => bar), ...lines);
    this.over.append(...notes, ...this.parts.flatMap(([, name, number]) => [name, number]));
  }

  turn(position) {
    this.position = position;
  }

  draw(step) {
    const { curves, scale: limits } = this.panel;
    const start = round(this.x(limits.log ? limits.low : 0));
    curves.forEach(({ values: [values] }, i) => {
      const value = values.at(this.position, step);
      const { bar, number, middle } = this.bars[i];
      const end = Number.isNaN(value) ? start : round(this.x(value));
      const [up, down] = [middle - 8, middle + 8];
      bar.setAttribute("d", `M${start} ${up}L${end} ${up}L${end} ${down}L${start} ${down}`);
      const beside = clamped(Math.max(start, end), this.box.left, this.box.right);
      number.setAttribute("x", beside + 6);
      write(number, bounded(value, limits));
    });
  }

  pointed(x, y) {
    return y < this.box.top || y > this.box.bottom
      ? ""
      : (this.labels[Math.floor(this.y.back(y))] ?? "");
  }
}

class MapPanel extends Panel {
  constructor(panel, figure) {
    super(panel, figure);
    this.heading.textContent = `${panel.title}, at every setting`;
    const names = [panel.columns, panel.rows];
    this.axes = names.map((name) => figure.axis(name));
    [this.across, this.up] = this.axes.map((axis) => figure.content.axes[axis]);
    const cells = this.across.values.length * this.up.values.length;
    this.slider = slider(`${this.across.label} and ${this.up.label}`, cells - 1, "explorer-choice");
    this.picture.append(this.slider);
    const here = () => this.axes.map((axis) => figure.position[axis]);
    draggable(
      this.slider,
      (event) => {
        const [x, y] = this.within(event);
        figure.move(names[0], Math.floor(this.x.back(x)));
        figure.move(names[1], Math.floor(this.y.back(y)));
      },
      { scrolls: true },
    );
    keyed(this.slider, ({ by, to, page }) => {
      const [column, row] = here();
      if (page) return figure.move(names[1], by[1] > 0 ? this.up.values.length - 1 : 0);
      if (to !== undefined) return figure.move(names[0], to * (this.across.values.length - 1));
      figure.move(names[0], column + by[0]);
      figure.move(names[1], row + by[1]);
    });
  }

  heights(width, narrow) {
    return narrow ? [250, 260, 260] : [210, 330, 470];
  }

  resize(width, height) {
    const [columns, rows] = [this.across.values, this.up.values];
    const left = Math.max(...rows.map((text) => this.figure.measure(text, TEXT.plain))) + 30;
    this.frame(
      { low: 0, high: columns.length, log: false, labels: columns },
      { low: 0, high: rows.length, log: false, labels: rows },
      width,
      height,
      { left, right: 92, bottom: 42 },
    );
    const { box, over } = this;
    const { colors, other, scale: limits } = this.panel;
    const [middle, half] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const upright = words(this.up.label, 0, 0, "middle", "explorer-title");
    upright.setAttribute("transform", `translate(11 ${half}) rotate(-90)`);
    over.append(
      words(this.across.label, middle, box.bottom + 34, "middle", "explorer-title"),
      upright,
    );
    // The colours and what they stand for.
    const [bar, foot] = [box.right + 16, box.bottom - 26];
    const tall = (foot - box.top) / colors.length;
    this.shades = scale({ ...limits, log: true }, foot, box.top);
    this.ticks = this.shades.ticks(5).map(({ at, text }) => {
      return { at, node: words(text, bar + 17, at + 4, "start") };
    });
    this.diverged = words("diverged", bar + 17, box.bottom - 3, "start");
    over.append(
      ...colors.map((fill, i) =>
        shape("rect", { x: bar, y: foot - (i + 1) * tall, width: 11, height: tall + 0.5, fill }),
      ),
      shape("rect", { x: bar, y: box.bottom - 14, width: 11, height: 14, fill: other }),
      ...this.ticks.map(({ node }) => node),
      this.diverged,
    );
    this.needle = shape("path", { class: "explorer-needle", d: `M${bar - 1} 0l-9 -5v10z` });
    this.number = words("", bar + 17, 0, "start", "explorer-number");
    const [cell, high] = [this.x(1) - this.x(0), this.y(0) - this.y(1)];
    this.cells = rows.map((_, i) =>
      columns.map((_, j) =>
        shape("rect", {
          x: this.x(j),
          y: this.y(i + 1),
          width: cell + 0.4,
          height: high + 0.4,
        }),
      ),
    );
    this.inside.replaceChildren(shape("g", {}, this.cells.flat()));
    const size = { width: cell, height: high };
    this.rim = shape("rect", { class: "explorer-rim", ...size });
    this.here = shape("rect", { class: "explorer-here", ...size });
    over.append(this.needle, this.number, this.rim, this.here);
    Object.assign(this.slider.style, {
      left: `${box.left}px`,
      top: `${box.top}px`,
      width: `${box.right - box.left}px`,
      height: `${box.bottom - box.top}px`,
    });
    this.drawn = undefined;
  }

  turn(position) {
    const [column, row] = this.axes;
    const { values, colors, other, scale: limits } = this.panel;
    const others = position.filter((_, i) => i !== column && i !== row).join();
    if (others !== this.drawn) {
      this.drawn = others;
      this.cells.forEach((cells, i) =>
        cells.forEach((cell, j) => {
          const code = values.codes[values.row(position.with(row, i).with(column, j))];
          const share = (code - 1) / values.levels;
          const fill = code === 0 ? other : colors[Math.round(share * (colors.length - 1))];
          if (cell.getAttribute("fill") !== fill) cell.setAttribute("fill", fill);
        }),
      );
    }
    const corner = { x: this.x(position[column]), y: this.y(position[row] + 1) };
    set(this.here, corner);
    set(this.rim, corner);
    const value = values.at(position, 0);
    const gone = Number.isNaN(value);
    const at = gone ? this.box.bottom - 7 : this.shades(clamped(value, limits.low, limits.high));
    this.needle.setAttribute("transform", `translate(0 ${round(at)})`);
    this.number.setAttribute("y", round(at) + 4);
    write(this.number, gone ? "" : bounded(value, limits));
    this.diverged.classList.toggle("explorer-number", gone);
    for (const tick of this.ticks) {
      tick.node.classList.toggle("explorer-away", !gone && Math.abs(tick.at - at) < 13);
    }
    this.told = gone ? "diverged" : `${this.panel.title} ${bounded(value, limits)}`;
    const setting = [this.across, this.up]
      .map(({ label, values: each }, i) => `${label} ${each[position[this.axes[i]]]}`)
      .join(", ");
    const cell = position[row] * this.across.values.length + position[column];
    set(this.slider, { "aria-valuenow": cell, "aria-valuetext": `${setting}: ${this.told}` });
  }

  draw() {}

  text() {
    return `${this.slider.getAttribute("aria-valuetext")}.`;
  }
}

const PANELS = { path: PathPanel, curves: CurvesPanel, bars: BarsPanel, map: MapPanel };

// Places beside a head: how far away, and how much of the label is left of its middle.
const SPOTS = [18, 32, 52, 76].flatMap((far) =>
  [-35, 35, 0, -68, 68, 180, -145, 145, 110].map((degrees) => {
    const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return { far, x: far * x, y: far * y, shift: x > 0.3 ? 0 : x < -0.3 ? 1 : 0.5 };
  }),
);

// How much is drawn where, roughly, so that labels find free places.
class Ground {
  constructor({ left, right, top, bottom }) {
    Object.assign(this, { left, top, size: 6 });
    this.columns = Math.ceil((right - left) / this.size);
    this.rows = Math.ceil((bottom - top) / this.size);
    this.weights = new Uint16Array(this.columns * this.rows);
  }

  clear() {
    this.weights.fill(0);
  }

  add(x, y, weight) {
    const column = Math.floor((x - this.left) / this.size);
    const row = Math.floor((y - this.top) / this.size);
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return;
    this.weights[row * this.columns + column] += weight;
  }

  line([x, y], [toX, toY]) {
    const pieces = Math.min(400, Math.ceil(Math.hypot(toX - x, toY - y) / this.size));
    for (let i = 0; i < pieces; i++) {
      this.add(x + ((toX - x) * i) / pieces, y + ((toY - y) * i) / pieces, 1);
    }
  }

  box(x, y, width, height, weight) {
    for (let i = 0; i < width; i += this.size) {
      for (let j = 0; j < height; j += this.size) this.add(x + i, y + j, weight);
    }
  }

  // Makes `weight` quick: what lies above and to the left of each cell.
  sum() {
    const { columns, rows, weights } = this;
    const wide = columns + 1;
    this.sums ??= new Uint32Array(wide * (rows + 1));
    for (let row = 0; row < rows; row++) {
      let line = 0;
      for (let column = 0; column < columns; column++) {
        line += Math.min(2, weights[row * columns + column]);
        this.sums[(row + 1) * wide + column + 1] = this.sums[row * wide + column + 1] + line;
      }
    }
  }

  weight(x, y, width, height) {
    const { left, top, size, columns, rows, sums } = this;
    const wide = columns + 1;
    const from = clamped(Math.floor((x - left) / size), 0, columns);
    const to = clamped(Math.ceil((x + width - left) / size), 0, columns);
    const high = wide * clamped(Math.floor((y - top) / size), 0, rows);
    const low = wide * clamped(Math.ceil((y + height - top) / size), 0, rows);
    return sums[low + to] - sums[low + from] - sums[high + to] + sums[high + from];
  }
}

function overlap(one, other, room) {
  return (
    one.left < other.right + room &&
    one.right > other.left - room &&
    one.top < other.bottom + room &&
    one.bottom > other.top - room
  );
}

function around(x, y, size) {
  return { left: x - size, right: x + size, top: y - size, bottom: y + size };
}

function holds({ left, right, top, bottom }, x, y, room) {
  return x > left - room && x < right + room && y > top - room && y < bottom + room;
}

// Moves heights apart until neighbours differ by a gap, and as little as possible: without the gaps
// that is the nearest rising sequence, whose falling neighbours are pooled into their mean.
function apart(heights, gap, low, high) {
  const order = heights.map((_, i) => i).sort((i, j) => heights[i] - heights[j] || i - j);
  const pools = [];
  order.forEach((i, k) => {
    pools.push({ sum: heights[i] - k * gap, size: 1 });
    while (pools.length > 1) {
      const [before, last] = pools.slice(-2);
      if (before.sum / before.size <= last.sum / last.size) break;
      pools.splice(-2, 2, { sum: before.sum + last.sum, size: before.size + last.size });
    }
  });
  const rising = pools.flatMap(({ sum, size }) => Array(size).fill(sum / size));
  const top = high - gap * (heights.length - 1);
  const granted = [];
  order.forEach((i, k) => (granted[i] = Math.max(Math.min(rising[k], top), low) + k * gap));
  return granted;
}

// The label of the curve that is nearest to a place, if it is near.
function nearest(labels, curves, x, y) {
  let [label, least] = ["", NEAR];
  curves.forEach((points, i) => {
    for (let k = 1; k < points.length; k++) {
      if (!points[k] || !points[k - 1]) continue;
      const far = distance(points[k - 1], points[k], x, y);
      if (far < least) [label, least] = [labels[i], far];
    }
  });
  return label;
}

function distance([ax, ay], [bx, by], x, y) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length ? clamped(((x - ax) * dx + (y - ay) * dy) / length, 0, 1) : 0;
  return Math.hypot(ax + share * dx - x, ay + share * dy - y);
}

// --- names ---------------------------------------------------------------------------------------

// Whether a label is that of a method, or of a part of it: "Adam x₁" or "Adam, rare".
function owns(owner, label) {
  return label === owner || (label.startsWith(owner) && /^,? /.test(label.slice(owner.length)));
}

// The methods behind some labels: those known, and of the others those that are part of none.
function owners(methods, labels) {
  const own = [...new Set(methods)];
  const others = [...new Set(labels)].filter((label) => !own.some((one) => owns(one, label)));
  const whole = others.filter((one) => !others.some((two) => two !== one && owns(two, one)));
  return [...own, ...whole];
}

// Those of the labels that belong to what is pointed at.
function related(labels, name) {
  if (!name || labels.includes(name)) return name ? [name] : [];
  return labels.filter((label) => owns(name, label) || owns(label, name));
}

// Labels that begin with the same word go without it.
function shortened(labels) {
  const [first] = labels[0]?.match(/^\w+,? /) ?? [];
  const same = first && labels.length > 1 && labels.every((one) => one.startsWith(first));
  return labels.map((label) => minus(same ? label.slice(first.length) : label));
}

// --- what the reader moves -----------------------------------------------------------------------

function slider(name, most, look, ...content) {
  const range = { "aria-valuemin": 0, "aria-valuemax": most, "aria-valuenow": 0 };
  const about = { role: "slider", tabindex: 0, "aria-label": name, ...range };
  return element("div", `explorer-handle ${look}`, about, ...content);
}

// Calls `move` while a pointer drags. A finger that moves up or down scrolls the page, if it may.
function draggable(node, move, { scrolls = false } = {}) {
  let begun = null;
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const { pointerId, pointerType, clientX, clientY } = event;
    event.target.setPointerCapture(pointerId);
    begun = { pointerId, clientX, waits: scrolls && pointerType !== "mouse" };
    node.classList.add("explorer-dragged");
    if (!begun.waits) move(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (begun?.pointerId !== event.pointerId) return;
    if (begun.waits && Math.abs(event.clientX - begun.clientX) < 8) return;
    begun.waits = false;
    move(event);
  });
  const end = () => {
    begun = null;
    node.classList.remove("explorer-dragged");
  };
  node.addEventListener("pointerup", (event) => {
    if (begun?.waits) move(event);
    end();
  });
  node.addEventListener("pointercancel", end);
}

const ARROWS = { Right: [1, 0], Left: [-1, 0], Up: [0, 1], Down: [0, -1] };

// Calls `move` with how far the keys of a slider lead: by steps, or to an end.
function keyed(node, move) {
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const [, kind, way] = event.key.match(/^(Arrow|Page)(\w+)$/) ?? [];
    if (way) move({ by: ARROWS[way], page: kind === "Page" });
    else if (event.key === "Home" || event.key === "End")
      move({ by: [0, 0], to: Number(event.key === "End") });
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// --- scales and numbers --------------------------------------------------------------------------

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
    ).map((value) => ({ at: round(map(value)), text: tick(value) }));
  };
  return map;
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

function tick(value) {
  return written(Number(value.toPrecision(6)), 6)
    .replace(/(\.\d*?)0+(?=·|$)/, "$1")
    .replace(/\.(?=·|$)/, "");
}

// A number in so many digits, from a thousandth to thousands plainly, else with a power of ten.
function written(value, digits) {
  if (Number.isNaN(value)) return NOTHING;
  if (value === 0) return "0";
  // Rounded first: 9999 is 1.0·10⁴.
  const [factor, exponent] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power < -3 || power > 3) {
    const raised = [...String(power)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
    return Number(factor) === 1 ? `10${raised}` : minus(`${factor}·10${raised}`);
  }
  return minus(Number(value.toPrecision(digits)).toFixed(Math.max(0, digits - 1 - power)));
}

// What a reader is told of a value: two digits, close to 1 a third, which says on which side, and
// of what lies beyond the limits only that.
function bounded(value, { low, high }) {
  if (value < low) return `<\u00a0${tick(Number(low.toPrecision(1)))}`;
  if (value > high) return `>\u00a0${tick(Number(high.toPrecision(2)))}`;
  const size = Math.abs(value);
  return written(value, size > 0.9 && size < 1.1 ? 3 : 2);
}

// A true minus sign before numbers; hyphens between words stay.
function minus(text) {
  return text.replace(/(?<![\w)])-(?=[\d.])/g, "−");
}

function unbroken(text) {
  return text.replaceAll(" %", "\u00a0%");
}

function round(pixel) {
  return Math.round(pixel * 100) / 100;
}

// How far a place lies outside of an interval.
function outside(place, low, high) {
  return Math.max(low - place, place - high, 0);
}

function clamped(value, low, high) {
  return Math.max(low, Math.min(value, high));
}

// --- nodes ---------------------------------------------------------------------------------------

function polyline(points, from, to) {
  let d = "";
  let pen = "M";
  for (let i = from; i <= to; i++) {
    const point = points[i];
    if (point) d += `${pen}${point[0]} ${point[1]}`;
    pen = point ? "L" : "M";
  }
  return d;
}

function dotted(points, to) {
  let d = "";
  for (let i = 0; i <= to; i++) d += `M${points[i][0]} ${points[i][1]}h0`;
  return d;
}

// The second curve of a method has a dashed line and a hollow marker.
function marker(look, from = "") {
  const hollow = look.dash ? " explorer-hollow" : "";
  const d = from && `${from}${look.marker}`;
  return shape("path", { class: `explorer-sign${hollow}`, d, style: colour(look) });
}

function key(look) {
  const about = { class: "explorer-key", viewBox: "-7 -7 14 14", "aria-hidden": "true" };
  return shape("svg", about, [marker(look, "M0 0")]);
}

function colour(look) {
  return `--color: ${look.color}`;
}

function words(text, x, y, anchor, name = "", style = "") {
  return shape("text", { x, y, "text-anchor": anchor, class: name, style }, [text]);
}

function line(x1, x2, y1, y2, name = "") {
  return shape("line", { x1, x2, y1, y2, class: name });
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
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
