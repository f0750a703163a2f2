// Opens a figure as large as the window. Without this script the link leads to the picture itself.

const dialog = document.createElement("dialog");
dialog.className = "enlarged";
dialog.innerHTML = '<button type="button">Close</button><div tabindex="0"></div>';
const [button, place] = dialog.children;

function open(link) {
  const shown = link.querySelector("img");
  const picture = shown.cloneNode();
  picture.removeAttribute("style");
  picture.loading = "eager";
  dialog.style.setProperty("--shape", shown.width / shown.height);
  dialog.setAttribute("aria-label", "Figure, enlarged");
  place.replaceChildren(picture);
  document.body.append(dialog);
  dialog.showModal();
  // So that the way back, of a phone too, leads to the page.
  history.pushState({ ...history.state, enlarged: true }, "");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});

button.addEventListener("click", () => dialog.close());
place.addEventListener("click", (event) => {
  if (event.target === place) dialog.close();
});
dialog.addEventListener("close", () => {
  if (history.state?.enlarged) history.back();
});
addEventListener("popstate", () => dialog.open && dialog.close());
