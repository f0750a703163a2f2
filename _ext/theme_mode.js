// Light or dark, known before the first paint. It is the theme's own choice of words and storage, so
// that the theme's switch goes on from here.
{
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  let mode = "auto";
  try {
    mode = localStorage.getItem("mode") ?? mode;
  } catch {} // a browser may keep no storage for a page
  root.dataset.mode = mode;
  root.dataset.theme = mode === "auto" ? (dark ? "dark" : "light") : mode;
}
