// Makes one page of the pages of the book, for tools/make_pdf.py, which runs it on the served site.
// Every name in a page gets the page's own name before it, so that a link from page to page becomes
// one from place to place.
//
// Takes the pages that are left out. Returns what the PDF must have: title, author, the headings of
// its outline; and the names that a link leads to and nothing has.

async (leftOut) => {
  // What a page has that paper has not.
  const NOT_PRINTED = [
    "script",
    ".headerlink",
    ".explorer-live",
    ".whole-book",
    ".sd-tab-set > input",
    "details.hide.above-input",
  ].join();
  const NAMES = ["id", "for", "aria-controls", "aria-describedby", "aria-labelledby"];
  const home = document.baseURI;

  async function parsed(address) {
    const text = await (await fetch(address)).text();
    const page = new DOMParser().parseFromString(text, "text/html");
    page.head.append(Object.assign(page.createElement("base"), { href: address }));
    return page;
  }

  function element(tag, properties, ...content) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...content);
    return node;
  }

  const prefix = (address) => address.pathname.split("/").pop().replace(/\.html$/, "--");
  const text = (node) => node.textContent.replace(/#$/, "").trim();

  // The pages in the order of the sidebar, each with the heading that stands above it there.
  const front = await parsed(new URL("index.html", home));
  const title = text(front.querySelector("article h1"));
  const chapters = [{ address: new URL("index.html", home), title, page: front }];
  let part = null;
  const sidebar = front.querySelector(".bd-docs-nav");
  for (const entry of sidebar.querySelectorAll(".caption, .toctree-l1 > a")) {
    const address = new URL(entry.href ?? home);
    if (!entry.href) part = text(entry);
    else if (!leftOut.some((page) => address.pathname.endsWith(page)) && !address.hash) {
      if (address.pathname === chapters[0].address.pathname) continue;
      chapters.push({ address, title: text(entry), part, page: await parsed(address) });
      part = null;
    }
  }
  const known = new Map(chapters.map(({ address }) => [address.pathname, prefix(address)]));
  const published = front.querySelector("link[rel=canonical]")?.href;

  // Where a link leads: elsewhere in the book, to what only the site has, or to another host.
  function target(link) {
    const address = new URL(link.href);
    if (address.origin !== location.origin) return link.href;
    const name = known.get(address.pathname);
    if (name) return `#${name}${decodeURIComponent(address.hash.slice(1))}`;
    return published ? link.href.replace(home, published) : null;
  }

  const styles = new Set();
  const texts = [];
  const contents = element("article", { className: "bd-article contents" });
  contents.append(element("h1", {}, "Contents"));
  let pages = "";
  for (const [number, { address, title: heading, part: above, page }] of chapters.entries()) {
    const own = prefix(address);
    const article = page.querySelector("article.bd-article");
    for (const link of page.querySelectorAll("link[rel=stylesheet]")) styles.add(link.href);
    for (const node of article.querySelectorAll(NOT_PRINTED)) node.remove();
    for (const node of article.querySelectorAll("*")) {
      for (const name of NAMES) {
        if (node.hasAttribute(name)) node.setAttribute(name, own + node.getAttribute(name));
      }
      if (node.hasAttribute("src")) node.src = node.src;
      node.removeAttribute("loading");
    }
    for (const link of article.querySelectorAll("a[href]")) {
      const to = target(link);
      if (to) link.setAttribute("href", to);
      else link.removeAttribute("href");
    }
    article.id = own;
    article.style.page = `page-${number}`;
    pages += `@page page-${number} { @top-center { content: ${JSON.stringify(heading)}; } }\n`;
    texts.push(article);

    const entry = (name, href, label) =>
      element("a", { className: name, href }, label, element("span", { className: "number" }));
    if (above) contents.append(element("p", { className: "part" }, above));
    contents.append(entry("chapter", `#${own}`, heading));
    for (const section of article.querySelectorAll("section > h2")) {
      contents.append(entry("section", `#${section.parentElement.id}`, text(section)));
    }
  }

  const cover = element(
    "article",
    { className: "bd-article cover" },
    element("p", { className: "title" }, title),
    element("p", { className: "subtitle" }, text(front.querySelector("article em"))),
    ...[...front.querySelectorAll(".footer-item p")].map((line) => element("p", {}, text(line))),
  );
  if (published) cover.append(element("p", {}, element("a", { href: published }, published)));

  const root = document.documentElement;
  root.lang = front.documentElement.lang;
  root.dataset.theme = "light";
  const sheets = [...styles].map((href) => element("link", { rel: "stylesheet", href }));
  const loaded = sheets.map((sheet) => new Promise((done, failed) => {
    Object.assign(sheet, { onload: done, onerror: failed });
  }));
  document.head.replaceChildren(
    element("title", {}, title),
    ...sheets,
    element("style", {}, pages),
  );
  const inner = element("div", { className: "bd-article-container" }, cover, contents, ...texts);
  const content = element("div", { className: "bd-content" }, inner);
  document.body.replaceChildren(element("main", { className: "bd-main" }, content));
  await Promise.all(loaded);

  const links = [...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash.slice(1));
  return {
    title,
    author: text(front.querySelector(".component-author")).replace(/^By /, ""),
    outline: Object.fromEntries([contents, ...texts].map((article) => [
      text(article.querySelector("h1")),
      [...article.querySelectorAll("h2")].map(text),
    ])),
    lost: links.filter((name) => !document.getElementById(decodeURIComponent(name))),
  };
};
