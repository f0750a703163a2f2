// A position of the controls in words, as addresses and links write it: "rotation=45&step=10".

// As the reader sees a value, without spaces and degrees, and with the minus of the keyboard.
function written(label) {
  return label.replaceAll("−", "-").replace(/\s/g, "").replace(/°$/, "");
}

function slug(title) {
  return title.toLowerCase().replaceAll(" ", "-");
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// Keeps what an address may hold as it stands, so that it can be read.
function escaped(text) {
  return encodeURIComponent(text).replace(/%(?:2C|2F|3A)/g, unescaped);
}

// Returns the index of every control that is named, what to mark, whether to play, and what is
// impossible.
function parsed(text, controls, marks) {
  const found = { indices: new Map(), mark: "", play: false, faults: [] };
  for (const part of text.split("&").filter(Boolean)) {
    const at = part.indexOf("=");
    const name = unescaped(at < 0 ? part : part.slice(0, at));
    const value = at < 0 ? "" : unescaped(part.slice(at + 1));
    const index = controls.get(name)?.values.indexOf(written(value)) ?? -1;
    const mark = name === "mark" ? marks.find((title) => slug(title) === value) : undefined;
    if (index >= 0) found.indices.set(name, index);
    else if (mark !== undefined) found.mark = mark;
    else if (name === "play" && value === "") found.play = true; // Sphinx makes "play=" of it
    else found.faults.push(readable(unescaped(part)));
  }
  return found;
}
