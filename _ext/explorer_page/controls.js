// The controls that explorers use, out of the browser's own form elements. The standard home of
// widgets weighs nearly a megabyte and leaves sliders without names for a screen reader.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let count = 0;

function element(tag, properties = {}, ...content) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...content);
  return node;
}

// Python writes a minus as a hyphen.
function readable(text) {
  return text.replace(/-(?=[\d.])/g, "−");
}

function labelled(model, input, ...more) {
  const text = model.get("description");
  input.id = `explorer-control-${++count}`;
  input.autocomplete = "off"; // or Back would move the slider and not the figure
  const label = element("label", { htmlFor: input.id, textContent: text });
  const control = element("div", { className: "explorer-control" }, label, ...more, input);
  control.dataset.control = text.replaceAll(" ", "_");
  return control;
}

function slider(model) {
  const labels = model.get("_options_labels").map(readable);
  const input = element("input", { type: "range", min: 0, max: labels.length - 1, step: 1 });
  // A screen reader hears the slider's own value, and the figure's words once all has settled.
  const value = element("span", { className: "explorer-value", ariaHidden: "true" });
  const show = () => {
    input.value = model.get("index");
    value.textContent = labels[model.get("index")];
    input.setAttribute("aria-valuetext", value.textContent);
  };
  input.addEventListener("input", () => model.set("index", Number(input.value)));
  addEventListener("pageshow", show);
  model.on("change:index", show);
  show();
  const control = labelled(model, input, value);
  // The longest value has its place, so that nothing beside it moves.
  value.style.minWidth = `${Math.max(...labels.map(({ length }) => length))}ch`;
  return control;
}

function dropdown(model) {
  const labels = model.get("_options_labels").map(readable);
  const input = element("select", {}, ...labels.map((text) => element("option", {}, text)));
  const show = () => (input.selectedIndex = model.get("index"));
  input.addEventListener("change", () => model.set("index", input.selectedIndex));
  addEventListener("pageshow", show);
  model.on("change:index", show);
  show();
  return labelled(model, input);
}

const CONTROLS = { SelectionSliderModel: slider, DropdownModel: dropdown };

// Runs once, from the first step to the last, and waits while nobody can see it.
class Player {
  constructor(model, isSeen) {
    this.model = model;
    this.isSeen = isSeen;
    this.first = model.get("min");
    this.last = model.get("max");
    this.timer = null;
    this.button = element("button", { type: "button", className: "explorer-play" });
    this.button.addEventListener("click", () => (this.timer ? this.pause() : this.resume()));
    this.root = element("div", { className: "explorer-control" }, this.button);
    this.root.dataset.control = "play";
    this.show();
  }

  show() {
    this.button.textContent = this.timer ? "Pause" : "Play";
    this.button.dataset.playing = this.timer !== null;
  }

  resume() {
    if (this.model.get("value") >= this.last) this.move(this.first);
    this.run(this.last);
  }

  // Plays from the beginning to a step.
  play(end = this.last) {
    this.move(this.first);
    this.run(end);
  }

  run(end) {
    clearInterval(this.timer);
    this.end = end;
    // Who asked for less motion gets a few still pictures.
    const many = Math.ceil((end - this.first) / 6);
    this.stride = Math.max(1, calm.matches ? many : this.model.get("step"));
    const interval = calm.matches ? 1000 : this.model.get("interval");
    this.timer = setInterval(() => this.isSeen() && this.next(), interval);
    this.show();
  }

  next() {
    const value = Math.min(this.model.get("value") + this.stride, this.end);
    this.move(value);
    if (value === this.end) this.pause();
  }

  move(value) {
    this.isMoving = true;
    this.model.set("value", value);
    this.isMoving = false;
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.show();
  }
}
