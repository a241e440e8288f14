// Loaded in <head>, before the first paint: the colours the person chose, or else those of the system.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const systemWants = () => (system.matches ? "dark" : "light");

  const show = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("theme");
    } catch {
      // Storage may be refused; the system's colours are then the answer.
    }
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
    else delete root.dataset.theme;
    root.dataset.shown = root.dataset.theme ?? systemWants();
  };

  const choose = (wanted) => {
    try {
      if (wanted === systemWants()) localStorage.removeItem("theme");
      else localStorage.setItem("theme", wanted);
      show();
    } catch {
      root.dataset.theme = root.dataset.shown = wanted;
    }
  };

  show();
  system.addEventListener("change", show);
  addEventListener("storage", show);
  addEventListener("click", (event) => {
    if (!event.target.closest?.(".theme-toggle")) return;
    choose(root.dataset.shown === "dark" ? "light" : "dark");
  });
})();
