// Counts down to the deadline by the server's clock: the page says what time it was there when it was made.
(() => {
  const line = document.querySelector("[data-countdown]");
  if (!line) return;
  const ahead = Number(line.dataset.now) - Date.now() / 1000;
  const tell = () => {
    const seconds = Math.max(0, Math.floor(Number(line.dataset.until) - Date.now() / 1000 - ahead));
    const parts = { h: Math.floor(seconds / 3600), m: Math.floor(seconds / 60) % 60, s: seconds % 60 };
    const form = seconds === 0 ? "wordOver" : parts.h ? "wordHours" : "wordMinutes";
    line.textContent = line.dataset[form].replace(/\{(\w)\}/g, (_whole, part) => parts[part]);
    if (seconds) setTimeout(tell, parts.h ? 15000 : 1000);
  };
  tell();
})();
