// A small home for the explorers on a page without a kernel. It reads the widgets' state as every
// Jupyter page stores it, makes the standard controls that the explorers use out of the browser's
// own form elements, follows their links, and gives the figure the model it asks for. The standard
// home of widgets weighs nearly a megabyte and leaves sliders without names for a screen reader.

(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const REFERENCE = "IPY_MODEL_";

  class Model {
    constructor({ model_name, state, buffers = [] }) {
      this.kind = model_name;
      this.state = state;
      this.listeners = {};
      for (const { path, data } of buffers) state[path[0]] = decoded(data);
    }

    get(name) {
      return this.state[name];
    }

    set(name, value) {
      if (this.state[name] === value) return;
      this.state[name] = value;
      for (const listener of [...(this.listeners[`change:${name}`] ?? [])]) listener();
    }

    on(event, listener) {
      (this.listeners[event] ??= []).push(listener);
    }

    off(event, listener) {
      this.listeners[event] = (this.listeners[event] ?? []).filter((other) => other !== listener);
    }

    save_changes() {} // there is no kernel to tell
  }

  function decoded(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return new DataView(bytes.buffer);
  }

  const models = {};
  const find = (reference) => models[reference.slice(REFERENCE.length)];

  function link(from, to) {
    const [source, name] = [find(from[0]), from[1]];
    const [target, other] = [find(to[0]), to[1]];
    source.on(`change:${name}`, () => target.set(other, source.get(name)));
  }

  function element(tag, properties, ...content) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...content);
    return node;
  }

  let count = 0;
  let figures = [];

  function labelled(model, input, ...more) {
    const text = model.get("description");
    input.id = `explorer-control-${++count}`;
    const label = element("label", { htmlFor: input.id, textContent: text });
    const control = element("div", { className: "explorer-control" }, label, input, ...more);
    control.dataset.control = text.replaceAll(" ", "_");
    return control;
  }

  function slider(model) {
    const labels = model.get("_options_labels");
    const input = element("input", { type: "range", min: 0, max: labels.length - 1, step: 1 });
    const output = element("output", {});
    const show = () => {
      input.value = model.get("index");
      output.textContent = labels[model.get("index")];
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => model.set("index", Number(input.value)));
    model.on("change:index", show);
    show();
    const control = labelled(model, input, output);
    output.htmlFor = input.id;
    return control;
  }

  function dropdown(model) {
    const options = model.get("_options_labels").map((text) => element("option", {}, text));
    const input = element("select", {}, ...options);
    const show = () => (input.selectedIndex = model.get("index"));
    input.addEventListener("change", () => model.set("index", input.selectedIndex));
    model.on("change:index", show);
    show();
    return labelled(model, input);
  }

  function play(model) {
    const button = element("button", { type: "button", className: "explorer-play" });
    button.setAttribute("aria-label", "play");
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    let timer = null;
    const show = () => {
      button.textContent = timer ? "❚❚" : "▶";
      button.setAttribute("aria-pressed", timer !== null);
    };
    const pause = () => {
      clearInterval(timer);
      timer = null;
      show();
    };
    const [min, max] = [model.get("min"), model.get("max")];
    // Who asked for less motion gets a few still pictures.
    const stride = () => (calm.matches ? Math.ceil((max - min) / 6) : model.get("step"));
    const next = () => {
      if (!button.isConnected) return pause();
      const value = model.get("value") + stride();
      if (value < max || (!calm.matches && value === max)) return model.set("value", value);
      if (model.get("repeat") && !calm.matches) return model.set("value", min);
      model.set("value", max);
      pause();
    };
    button.addEventListener("click", () => {
      if (timer) return pause();
      if (model.get("value") >= max) model.set("value", min);
      timer = setInterval(next, calm.matches ? 1000 : model.get("interval"));
      show();
    });
    show();
    const control = element("div", { className: "explorer-control" }, button);
    control.dataset.control = "play";
    return control;
  }

  function box(direction) {
    return (model) => {
      const node = element("div", { className: `explorer-box explorer-${direction}` });
      node.append(...model.get("children").map((child) => view(find(child))));
      return node;
    };
  }

  function figure(model) {
    const node = element("div", {}, element("style", { textContent: model.get("_css") }));
    const source = new Blob([model.get("_esm")], { type: "text/javascript" });
    const address = URL.createObjectURL(source);
    const rendered = import(address)
      .then((module) => module.default.render({ model, el: node }))
      .finally(() => URL.revokeObjectURL(address));
    figures.push(rendered);
    return node;
  }

  const VIEWS = {
    SelectionSliderModel: slider,
    DropdownModel: dropdown,
    PlayModel: play,
    HBoxModel: box("row"),
    VBoxModel: box("column"),
    AnyModel: figure,
  };

  function view(model) {
    return VIEWS[model.kind](model);
  }

  for (const script of document.querySelectorAll(STATE)) {
    const { state } = JSON.parse(script.textContent);
    for (const [id, content] of Object.entries(state)) models[id] = new Model(content);
  }
  for (const model of Object.values(models)) {
    if (!["LinkModel", "DirectionalLinkModel"].includes(model.kind)) continue;
    link(model.get("source"), model.get("target"));
    if (model.kind === "LinkModel") link(model.get("target"), model.get("source"));
  }
  for (const script of document.querySelectorAll(VIEW)) {
    const { model_id } = JSON.parse(script.textContent);
    figures = [];
    script.parentElement.append(view(models[model_id]));
    // Where a browser is too old for a figure, its picture stays.
    const { classList } = script.closest(".explorer-output");
    Promise.all(figures).then(() => classList.add("explorer-alive"));
  }
})();
