// The search of the book. What it looks through, a record for each section, comes with MiniSearch
// when a reader begins to search, as scripts: they load from a folder too. Nothing is asked of a
// server, and the words that were found are marked without a change to the page.

(() => {
  const HOME = new URL(document.documentElement.dataset.content_root, location.href);
  const SCRIPTS = ["_static/minisearch/dist/umd/index.js", "_static/search-records.js"];
  const SHOWN = 30;
  const EXCERPT = 170;
  const TO_MARK = "words to mark";
  // A chapter before a glossary entry before the reference, where they speak of the same.
  const WEIGHTS = { page: 2, section: 1, exercise: 0.3, term: 0.35, reference: 0.15, object: 0.03 };
  const ARTICLES = new Set(["a", "an", "the"]);
  const FIELDS = { heading: 6, page: 1.5, text: 1, tables: 0.3, names: 0.2 };
  const COMMON = new Set(
    `a an and are as at be by do does for from how i in is it of on or so than that the then this to
    was we what when where which why with`.split(/\s+/),
  );

  // --- words ---------------------------------------------------------------------------------
  // A Greek letter with its index is a word, so is a number; powers are no part of one.
  const WORD = new RegExp(
    String.raw`\p{Script=Greek}\p{M}*[0-9₀-₉]*|\d+(?:[.,]\d+)+` +
      String.raw`|(?:(?!\p{Script=Greek})[\p{L}\p{M}0-9₀-₉])+`,
    "gu",
  );
  const GREEK = `alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi
    rho sigma sigma tau upsilon phi chi psi omega`.split(/\s+/);

  function singular(word) {
    if (word.length < 4 || !/^[a-z]+s$/.test(word) || /(?:ss|us|is)$/.test(word)) return word;
    return word.endsWith("ies") && word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  }

  function normal(piece) {
    const plain = piece.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    return singular(plain.replace(/[α-ω]/g, (letter) => GREEK[letter.charCodeAt() - 0x3b1]));
  }

  // The parts of OneCycleLR; RMSprop and AdamW have none.
  function humps(piece) {
    const parts = piece.split(/(?<=[a-z])(?=[A-Z])/);
    return parts.length > 1 && parts.every((part) => part.length > 1) ? parts.map(normal) : [];
  }

  // Every word of a text with its place. What stands together stands for one word as well:
  // "warm-up", "beta_1" and, where `compounds` knows it, "warm up".
  function wordsOf(text, compounds = new Set()) {
    const found = [];
    let run = null;
    let last = null;
    for (const match of text.matchAll(WORD)) {
      const [start, end] = [match.index, match.index + match[0].length];
      const between = last ? text.slice(last.end, start) : "";
      if (/^['’]$/.test(between) && match[0].length < 3) continue; // Adam's, don't
      const word = { word: normal(match[0]), start, end, parts: humps(match[0]) };
      if (last && /^[-_‑]$/.test(between)) {
        run ??= { word: last.word, start: last.start, parts: [last.word], joint: between };
        Object.assign(run, { word: run.word + word.word, end });
        run.parts.push(word.word);
      } else {
        if (run) found.push(run);
        run = null;
        if (/^\s+$/.test(between) && compounds.has(last.word + word.word)) {
          const parts = [last.word, word.word];
          found.push({ word: parts.join(""), start: last.start, end, parts, joint: " " });
        }
      }
      found.push(word);
      last = word;
    }
    if (run) found.push(run);
    return found;
  }

  // The words of the records, which are asked for again and again.
  const known = new Map();
  function wordsIn(text) {
    if (!known.has(text)) known.set(text, wordsOf(text, compounds));
    return known.get(text);
  }

  const flat = (words) =>
    words.flatMap(({ word, parts, joint }) => (joint ? [word] : [word, ...parts]));
  // One word after the other, as they are spoken.
  const alone = (words) => words.filter(({ joint }) => !joint);

  // --- the index -----------------------------------------------------------------------------
  let loading = null;
  let index = null;
  let records = [];
  let compounds = new Set();
  let vocabulary = new Set();

  function load() {
    const arrive = (path) =>
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        Object.assign(script, { src: new URL(path, HOME), onload: resolve, onerror: reject });
        document.head.append(script);
      });
    loading ??= Promise.all(SCRIPTS.map(arrive)).then(build);
    return loading;
  }

  function build() {
    const KEYS = ["anchor", "kind", "heading", "inside", "text", "tables", "names"];
    for (const [path, number, found] of globalThis.SEARCH_RECORDS) {
      const title = [number, found[0]?.[2]].filter(Boolean).join(". ");
      for (const values of found) {
        const record = Object.fromEntries(KEYS.map((key, place) => [key, values[place] ?? ""]));
        records.push({ ...record, id: records.length, path, page: title });
      }
    }
    const hyphened = records.flatMap(({ text }) => text.match(/\p{L}+(?:-\p{L}+)+/gu) ?? []);
    compounds = new Set(hyphened.map((word) => wordsOf(word).at(-1).word));
    index = new globalThis.MiniSearch({
      fields: Object.keys(FIELDS),
      tokenize: (text) => flat(wordsIn(text)),
      processTerm: (term) => {
        vocabulary.add(term);
        return term;
      },
    });
    index.addAll(records);
    for (const record of records) {
      record.spoken = spoken(wordsIn(record.heading)) + spoken(wordsIn(record.text));
      record.first = wordsIn(record.heading).find(({ word }) => !ARTICLES.has(word))?.word;
    }
  }

  const spoken = (words) => ` ${alone(words).map(({ word }) => word).join(" ")} `;

  // What is written together is found as it stands or by its parts. A slip of the finger is
  // forgiven where no word is, or begins, as it was typed.
  function asked(query) {
    const words = wordsOf(query, compounds);
    const leaf = (word, isLast) => {
      const isWhole = vocabulary.has(word);
      const begins = isLast && word.length > 1;
      const isKnown =
        isWhole || (begins && [...vocabulary].some((other) => other.startsWith(word)));
      const slips = word.length > 8 ? 2 : 1;
      const fuzzy = !isKnown && word.length > 3 && !/\d/.test(word) && slips;
      return { queries: [word], prefix: begins, fuzzy };
    };
    const joined = words.filter(({ parts }) => parts.length);
    const inside = (word) =>
      joined.some((other) => other !== word && other.start <= word.start && word.end <= other.end);
    const asks = words.filter((word) => !inside(word));
    const telling = asks.filter(({ word }) => !COMMON.has(word));
    return (telling.length ? telling : asks)
      .map(({ word, parts, end, joint }) => {
        const isLast = end === query.length;
        const isKnown = joint === "-" && compounds.has(word);
        if (!parts.length || isKnown) return leaf(word, isLast);
        const apart = parts.map((part, place) => leaf(part, isLast && place === parts.length - 1));
        return {
          combineWith: "OR",
          queries: [leaf(word, isLast), { combineWith: "AND", queries: apart }],
        };
      });
  }

  // Pairs of words that stand side by side in the question count where they do so in the text.
  function pairsOf(query) {
    const words = alone(wordsOf(query));
    const areOne = (one, other) => /^[-_‑]$/.test(query.slice(one.end, other.start));
    return words.slice(1).flatMap((word, place) => {
      if (areOne(words[place], word)) return [];
      return [` ${words[place].word} ${word.word}${word.end === query.length ? "" : " "}`];
    });
  }

  function search(query) {
    const queries = asked(query);
    if (!queries.length) return [];
    const options = {
      boost: FIELDS,
      boostDocument: (id, term) =>
        WEIGHTS[records[id].kind] * (records[id].first === term ? 1.6 : 1),
      tokenize: (text) => [text],
      processTerm: (term) => term,
      weights: { fuzzy: 0.4, prefix: 0.5 },
    };
    const pairs = pairsOf(query);
    const together = ({ spoken }) => pairs.filter((pair) => spoken.includes(pair)).length;
    for (const combineWith of ["AND", "OR"]) {
      const found = index.search({ combineWith, queries }, options).map(({ id, score, terms }) => ({
        ...records[id],
        terms,
        score: score * (1 + together(records[id]) / (pairs.length || 1)),
      }));
      if (found.length) return found.sort((one, other) => other.score - one.score);
    }
    return [];
  }

  // --- what is shown of a result -------------------------------------------------------------
  function element(tag, properties, ...content) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...content);
    return node;
  }

  const hits = (text, terms) =>
    wordsIn(text).filter(({ word, parts }) =>
      terms.has(word) || parts.some((part) => terms.has(part)));

  function marked(text, terms, from = 0, to = text.length) {
    const parts = [];
    let done = from;
    for (const { start, end } of hits(text, terms).sort((one, other) => one.start - other.start)) {
      if (start < done || end > to) continue;
      parts.push(text.slice(done, start), element("mark", {}, text.slice(start, end)));
      done = end;
    }
    return [...parts, text.slice(done, to)];
  }

  // The stretch of a text that has the most of the words in it, from the start of a sentence or of
  // a word on.
  function excerpt(record, terms) {
    const has = (text) => hits(text, terms).length > 0;
    const elsewhere = !has(record.text) && !has(record.heading);
    if (elsewhere && !has(record.tables)) {
      const used = record.names.split(" ").filter(has);
      if (used.length) return ["In its code: ", ...marked(used.join(", "), terms)];
    }
    const text = elsewhere && has(record.tables) ? record.tables : record.text || record.tables;
    const found = hits(text, terms);
    const near = (first) =>
      found.filter(({ start, end }) => start >= first.start && end < first.start + EXCERPT - 40);
    let best = { start: 0 };
    let most = 0;
    for (const first of found) {
      const count = new Set(near(first).map(({ word }) => word)).size;
      if (count > most) [best, most] = [first, count];
    }
    const before = text.slice(0, best.start);
    const sentence = Math.max(...[". ", "? ", ": "].map((end) => before.lastIndexOf(end))) + 2;
    let begin = before.lastIndexOf(" ", best.start - 40) + 1;
    if (sentence > 1 && best.start - sentence < 90) begin = sentence;
    if (best.start < 60 || text.length < EXCERPT) begin = 0;
    const close = text.length - begin <= EXCERPT;
    const end = close ? text.length : text.lastIndexOf(" ", begin + EXCERPT);
    const shown = marked(text, terms, begin, end);
    return [begin ? "… " : "", ...shown, close ? "" : " …"];
  }

  function result(record) {
    const terms = new Set(record.terms);
    const { kind, page, heading, inside, path, anchor } = record;
    const above = page.endsWith(inside) ? [page] : [page, inside];
    const place = kind === "page" ? "" : above.join(" › ");
    const address = new URL(path, HOME);
    address.hash = anchor;
    const link = element(
      "a",
      { href: address, className: "search-result" },
      element(
        "span",
        { className: "search-heading" },
        ...marked(kind === "page" ? page : heading, terms),
      ),
      element("span", { className: "search-place" }, place),
      element("span", { className: "search-excerpt" }, ...excerpt(record, terms)),
    );
    link.addEventListener("click", (event) => {
      const { button, ctrlKey, metaKey, shiftKey } = event;
      if (!button && !ctrlKey && !metaKey && !shiftKey) follow(link, record.terms);
    });
    return element("li", {}, link);
  }

  // --- the field -----------------------------------------------------------------------------
  const isSearchPage = new URL("search.html", HOME).pathname === location.pathname;

  function told(count, query) {
    if (!query) return "";
    if (count === SHOWN) return `The first ${SHOWN} results`;
    return ["Nothing found", "1 result"][count] ?? `${count} results`;
  }

  function prepare(form) {
    const input = form.querySelector("input");
    const status = element("p", { className: "search-status", role: "status" });
    const list = element("ol", { className: "search-results" });
    let announcing = null;
    form.append(status, list);

    // The count is told when the reader pauses, not at every letter.
    function announce(text, wait = 300) {
      clearTimeout(announcing);
      announcing = setTimeout(() => (status.textContent = text), wait);
    }

    async function show() {
      const query = input.value;
      if (isSearchPage && form.closest("main")) {
        const address = query ? `?q=${encodeURIComponent(query)}` : location.pathname;
        history.replaceState(null, "", address);
      }
      if (!index) announce("Loading what to look through …");
      try {
        await load();
      } catch {
        announce("What to look through could not be loaded.", 0);
        return;
      }
      if (query !== input.value) return; // another letter came
      const found = search(query).slice(0, SHOWN);
      list.replaceChildren(...found.map(result));
      announce(told(found.length, query.trim()));
    }

    const links = () => [...list.querySelectorAll("a")];
    input.addEventListener("focus", load);
    input.addEventListener("input", show);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await show();
      links()[0]?.click();
    });
    form.addEventListener("keydown", (event) => {
      const stops = [input, ...links()];
      const at = stops.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && at >= 0) {
        event.preventDefault();
        stops[at + step]?.focus();
      } else if (at > 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
        input.focus(); // and the letter goes there
      }
    });
    if (isSearchPage && form.closest("main")) {
      input.value = new URLSearchParams(location.search).get("q") ?? "";
      input.focus();
      if (input.value) show();
    }
  }

  // --- the found words on the page that was chosen -------------------------------------------
  const HIGHLIGHT = "search";

  function follow(link, terms) {
    sessionStorage.setItem(TO_MARK, JSON.stringify({ address: link.href, terms }));
    if (link.pathname !== location.pathname) return;
    link.closest("dialog")?.close();
    setTimeout(markFound);
  }

  function markFound() {
    const wanted = JSON.parse(sessionStorage.getItem(TO_MARK));
    sessionStorage.removeItem(TO_MARK);
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (wanted?.address !== location.href || !target || !globalThis.CSS?.highlights) return;
    const terms = new Set(wanted.terms);
    const ranges = [];
    const parts = target.matches("dt") ? [target, target.nextElementSibling] : [target];
    for (const part of parts.filter(Boolean)) {
      const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        if (node.parentElement.closest("script, style, math, .katex, .headerlink")) continue;
        for (const { word, start, end } of wordsOf(node.data, terms)) {
          if (!terms.has(word)) continue;
          const [startContainer, endContainer] = [node, node];
          const range = { startContainer, startOffset: start, endContainer, endOffset: end };
          ranges.push(new StaticRange(range));
        }
      }
    }
    unmark();
    if (!ranges.length) return;
    CSS.highlights.set(HIGHLIGHT, new Highlight(...ranges));
    const look = { type: "button", className: "search-unmark" };
    const button = element("button", look, "Remove marks");
    button.addEventListener("click", unmark);
    document.querySelector("main").append(button);
  }

  function unmark() {
    CSS.highlights.delete(HIGHLIGHT);
    document.querySelector(".search-unmark")?.remove();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && globalThis.CSS?.highlights) unmark();
  });
  for (const form of document.querySelectorAll(".search-form")) prepare(form);
  markFound();
})();
