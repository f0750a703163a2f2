// The explorers of a page: each loaded when the reader comes near, driven by links, and kept together
// with the address.

const NEAR = "150% 0px"; // one window and a half ahead
const SEEN_ENOUGH = 0.6;

const scripts = new Map();

// A script beside the page hands over its content as a property of its element. Unlike a module or
// an answer to `fetch` this works from a folder too, and under a strict policy.
function handed(address) {
  if (!scripts.has(address)) {
    const script = element("script", { src: address });
    const loaded = new Promise((resolve, reject) => {
      script.addEventListener("load", () => resolve(script.handed));
      script.addEventListener("error", reject);
    });
    scripts.set(address, loaded);
    document.head.append(script);
  }
  return scripts.get(address);
}

// An explorer's place on the page, with a picture of it at first.
class Place {
  constructor(output) {
    this.output = output;
    this.live = output.querySelector(".explorer-live");
    this.name = output.closest("figure")?.id ?? "";
    this.wanted = "";
  }

  load() {
    return (this.loading ??= this.build().catch((error) => {
      // Where a browser is too old for the figure, its picture stays.
      this.live.replaceChildren();
      const text = "This browser cannot move the figure; here is its first position.";
      this.output.append(element("p", { className: "explorer-message" }, text));
      console.info(error);
    }));
  }

  async build() {
    const { figure, state } = this.live.dataset;
    const [{ render }, content] = await Promise.all([handed(figure), handed(state)]);
    const stage = new Stage(content, render);
    stage.moved = () => note("replaceState", this);
    if (this.wanted) stage.show(this.wanted);
    // Behind the picture, where it has its width, until it is drawn.
    this.live.append(stage.root);
    await stage.draw();
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    this.output.classList.add("explorer-alive");
    passing.observe(stage.root);
    return (this.stage = stage);
  }

  get position() {
    return this.stage ? this.stage.position : this.wanted;
  }

  // Shows a position that is remembered, or that the address holds.
  async show(text) {
    this.wanted = text;
    if (this.stage) return this.stage.show(text);
    if (text) await this.load();
  }

  async follow(text) {
    const stage = await this.load();
    if (!stage) return;
    note("replaceState"); // where Back leads to
    const end = stage.follow(text);
    note("pushState", this, end);
    this.come();
  }

  // Scrolls only where too little can be seen.
  come() {
    const { top, bottom, height } = this.stage.root.getBoundingClientRect();
    const header = parseFloat(getComputedStyle(this.stage.root).scrollMarginTop) || 0;
    const room = innerHeight - header;
    const seen = Math.min(bottom, innerHeight) - Math.max(top, header);
    if (seen >= SEEN_ENOUGH * Math.min(height, room)) return;
    this.stage.root.scrollIntoView({
      block: height <= room ? "nearest" : "start",
      behavior: calm.matches ? "instant" : "smooth",
    });
  }
}

const places = [...document.querySelectorAll(".explorer-output")].map((one) => new Place(one));

function named(address) {
  const name = unescaped(address.hash.slice(1));
  return name ? places.find((place) => place.name === name) : undefined;
}

// --- near, and on the screen ----------------------------------------------------------------------

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      places.find(({ output }) => output === target).load();
    }
  },
  { rootMargin: NEAR },
);

// The list of contents gives way to a stage that passes: hidden, not covered, or the keyboard would
// lead behind the stage.
const onStage = new Set();
const passing = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) onStage.add(target);
      else onStage.delete(target);
    }
    document.documentElement.classList.toggle("explorer-passes", onStage.size > 0);
  },
  { rootMargin: "0px 0px -48px 0px" },
);

// --- the address ----------------------------------------------------------------------------------

// Writes where all explorers stand into the history, and where one of them stands into the address.
function note(way, place, position = place?.position) {
  const positions = places.map((one) => [one.name, one === place ? position : one.position]);
  const state = { ...history.state, explorers: Object.fromEntries(positions) };
  const address = new URL(location);
  if (place?.name) {
    address.search = position;
    address.hash = place.name;
  }
  try {
    history[way](state, "", address);
  } catch {
    history[way](state, ""); // from a folder, some browsers allow no other address
  }
}

addEventListener("popstate", ({ state }) => {
  // Without a state it is an ordinary link within the page.
  if (!state?.explorers) return note("replaceState");
  for (const place of places) place.show(state.explorers[place.name] ?? "");
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.explorer-drives");
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !isPlain || event.altKey || event.defaultPrevented) return;
  const address = new URL(link.href);
  const place = named(address);
  if (!place || address.host + address.pathname !== location.host + location.pathname) return;
  event.preventDefault();
  place.follow(address.search.slice(1));
});

const kept = history.state?.explorers ?? {};
const asked = named(location);
for (const place of places) {
  near.observe(place.output);
  const text = kept[place.name] ?? (place === asked ? location.search.slice(1) : "");
  place.show(text);
}
