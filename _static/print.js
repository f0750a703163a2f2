// Paper is white: a page is printed in its light theme, whichever the reader has chosen.

(() => {
  const { dataset } = document.documentElement;
  let chosen = null;

  addEventListener("beforeprint", () => {
    chosen ??= dataset.theme;
    dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    dataset.theme = chosen;
    chosen = null;
  });
})();
