// One press, one request: after a form was sent its buttons rest until the answer arrives.
(() => {
  const rest = (form) => {
    for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
      button.setAttribute("aria-disabled", "true");
      button.classList.add("is-busy");
    }
  };
  const wake = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll(".is-busy")) {
        button.removeAttribute("aria-disabled");
        button.classList.remove("is-busy");
      }
    }
  };

  // A second press is refused before it is sent. The button is not `disabled`: its name and value must still travel.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-repeatable")) return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    rest(form);
  });
  addEventListener("pageshow", wake);
  addEventListener("htmx:afterRequest", wake);

  // What was typed and kept in this browser goes with the person who signs out.
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.action.endsWith("/accounts/logout/")) return;
    for (const name of Object.keys(localStorage)) if (name.startsWith("fp-kept:")) localStorage.removeItem(name);
  });

  // Menus close on Escape and on a press elsewhere.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu")));
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    closeMenus();
    open?.querySelector("summary").focus();
  });
})();
