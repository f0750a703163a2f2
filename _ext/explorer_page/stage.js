// An explorer on its page: the tray of controls, the figure, and the position they stand at.

const INDEX = "_index";
const PAPER = 640; // pixels of text on a sheet
const MOVED = 400; // milliseconds without a change before a position counts as chosen

class Stage {
  // `handed` is what the build wrote of the explorer, `render` draws its figure.
  constructor(handed, render) {
    const models = new Models(handed.state);
    [this.figure] = models.of("AnyModel");
    this.marks = handed.marks;
    this.render = render;
    this.controls = new Map();
    this.moved = () => {};
    this.isDriven = false;
    const names = new Map(
      models.links.map(([source, target]) => [source.model, target.name.slice(0, -INDEX.length)]),
    );
    // The step comes last, in an address as in a sentence.
    const isTime = (model) => names.get(model) === "step";
    const sliders = models.of(...Object.keys(CONTROLS));
    for (const model of [...sliders.filter((one) => !isTime(one)), ...sliders.filter(isTime)]) {
      const values = model.get("_options_labels").map(written);
      this.controls.set(names.get(model), { model, values, first: model.get("index") });
      model.on("change:index", () => this.changed(model));
    }
    [this.player] = models
      .of("PlayModel")
      .map((model) => new Player(model, () => this.isSeen && !document.hidden));
    this.root = this.made();
  }

  made() {
    const views = [...this.controls].map(([name, { model }]) => [name, CONTROLS[model.kind](model)]);
    const time = views.filter(([name]) => name === "step").map(([, view]) => view);
    const knobs = views.filter(([name]) => name !== "step").map(([, view]) => view);
    const reset = element(
      "button",
      { type: "button", className: "explorer-reset", title: "Back to the first position" },
      element("span", { ariaHidden: "true" }, "↺"),
      element("span", { className: "explorer-word" }, "Reset"),
    );
    reset.addEventListener("click", () => this.reset());
    if (this.player) time.unshift(this.player.root);
    time.splice(1, 0, reset);
    const tray = element(
      "div",
      { className: "explorer-tray" },
      element("div", { className: "explorer-steps" }, ...time),
      element("div", { className: "explorer-knobs" }, ...knobs),
    );
    tray.setAttribute("role", "group");
    tray.setAttribute("aria-label", "Controls");
    this.note = element("p", { className: "explorer-message" });
    this.note.setAttribute("role", "status");
    this.setting = element("p", { className: "explorer-setting" });
    this.place = element("div", { className: "explorer-figure" });
    this.describe();
    return element("div", { className: "explorer-stage" }, tray, this.note, this.setting, this.place);
  }

  async draw() {
    new IntersectionObserver(([{ isIntersecting }]) => (this.isSeen = isIntersecting)).observe(
      this.place,
    );
    new ResizeObserver(([{ contentRect }]) => {
      if (matchMedia("print").matches) return;
      this.place.style.setProperty("--drawn-width", `${contentRect.width}px`);
      this.place.style.setProperty("--shrunk-for-paper", Math.min(1, PAPER / contentRect.width));
    }).observe(this.place);
    await this.render({ model: this.figure, el: this.place });
  }

  // --- where it stands ---------------------------------------------------------------------------

  changed(model) {
    this.describe();
    this.note.textContent = "";
    if (this.isDriven) return;
    const isByHand = !this.player?.isMoving;
    if (isByHand) this.figure.set("marked", "");
    if (isByHand && model === this.controls.get("step")?.model) this.player?.pause();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.moved(), MOVED);
  }

  // What stands on paper in place of the controls.
  describe() {
    const parts = [...this.controls.values()].map(
      ({ model }) =>
        `${model.get("description")} ${readable(model.get("_options_labels")[model.get("index")])}`,
    );
    this.setting.textContent = parts.join(" · ");
  }

  // The position in words: what differs from the author's.
  get position() {
    const parts = [...this.controls]
      .filter(([, { model, first }]) => model.get("index") !== first)
      .map(([name, { model, values }]) => `${name}=${escaped(values[model.get("index")])}`);
    const mark = this.figure.get("marked");
    return [...parts, ...(mark ? [`mark=${escaped(slug(mark))}`] : [])].join("&");
  }

  driven(drive) {
    clearTimeout(this.waiting);
    this.player?.pause();
    this.isDriven = true;
    drive();
    this.isDriven = false;
  }

  toFirst() {
    for (const { model, first } of this.controls.values()) model.set("index", first);
    this.figure.set("marked", "");
  }

  reset() {
    this.driven(() => this.toFirst());
    this.note.textContent = "";
    this.moved();
  }

  // Moves what a sentence names; the rest stays. Returns the position at which it will stand.
  follow(text) {
    const { indices, mark, play } = parsed(text, this.controls, this.marks);
    this.driven(() => {
      for (const [name, index] of indices) this.controls.get(name).model.set("index", index);
      this.figure.set("marked", mark);
    });
    const end = this.position;
    if (play) this.driven(() => this.player.play(indices.get("step")));
    return end;
  }

  // Shows a position that stands in an address; of an impossible one the author's, and says so.
  show(text) {
    const { faults } = parsed(text, this.controls, this.marks);
    this.driven(() => this.toFirst());
    this.note.textContent = "";
    if (faults.length === 0) return this.follow(text);
    const [what, is] = [faults.join(" and "), faults.length > 1 ? "are" : "is"];
    this.note.textContent = `The address asks for ${what}, which ${is} not to be had here. This is the
      first position.`;
  }
}
