// What the theme's buttons do where a page may hold no script of its own, and its menus without
// Bootstrap.
(() => {
  const ACTIONS = { print: () => window.print(), fullscreen: () => window.toggleFullScreen() };
  for (const button of document.querySelectorAll("button[data-action]")) {
    button.addEventListener("click", ACTIONS[button.dataset.action]);
  }

  for (const button of document.querySelectorAll("[data-bs-toggle=dropdown]")) {
    const menu = button.nextElementSibling;
    const show = (open) => {
      menu.classList.toggle("show", open);
      button.setAttribute("aria-expanded", open);
    };
    button.addEventListener("click", () => show(!menu.classList.contains("show")));
    document.addEventListener("click", ({ target }) => {
      if (!button.contains(target)) show(false);
    });
    button.parentElement.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !menu.classList.contains("show")) return;
      show(false);
      button.focus();
    });
    button.parentElement.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !button.parentElement.contains(relatedTarget)) show(false);
    });
  }
})();
