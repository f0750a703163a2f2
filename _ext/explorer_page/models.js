// Widgets without a kernel: the state that Jupyter stores, followed along its links.

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

class Models {
  constructor(state) {
    const models = Object.entries(state).map(([id, content]) => [id, new Model(content)]);
    this.models = new Map(models);
    this.links = this.of("LinkModel").map((model) =>
      ["source", "target"].map((end) => {
        const [reference, name] = model.get(end);
        return { model: this.find(reference), name };
      }),
    );
    for (const [source, target] of this.links) {
      this.follow(source, target);
      this.follow(target, source);
    }
  }

  of(...kinds) {
    return [...this.models.values()].filter(({ kind }) => kinds.includes(kind));
  }

  find(reference) {
    return this.models.get(reference.slice(REFERENCE.length));
  }

  follow(source, target) {
    source.model.on(`change:${source.name}`, () =>
      target.model.set(target.name, source.model.get(source.name)),
    );
  }
}
