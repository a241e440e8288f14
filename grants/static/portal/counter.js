// Counts what is written in a field with data-limit, by the rule the server counts by.
// "characters": Unicode code points. "words": every Han character, kana or hangul syllable is one; other runs of
// letters and digits are one each.
(() => {
  const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
  const WORD = /[\p{L}\p{N}\p{M}]+(?:['’._-][\p{L}\p{N}\p{M}]+)*/gu;

  const count = (text, unit) => {
    const plain = text.replace(/\r\n/g, "\n").trim();
    if (unit !== "words") return [...plain].length;
    const singles = plain.match(EAST_ASIAN)?.length ?? 0;
    return singles + (plain.replace(EAST_ASIAN, " ").match(WORD)?.length ?? 0);
  };

  const update = (field) => {
    const line = document.getElementById(`${field.id}_counter`);
    if (!line) return;
    const limit = Number(field.dataset.limit);
    const left = limit - count(field.value, field.dataset.unit);
    const words = left < 0 ? line.dataset.over : line.dataset.left;
    line.textContent = words.replace("{n}", Math.abs(left).toLocaleString()).replace("{limit}", limit.toLocaleString());
    line.classList.toggle("counter-over", left < 0);
    announce(line, left, limit);
  };

  // Screen readers hear the count when the typing pauses near or past the limit, not at every key.
  let pause;
  const announce = (line, left, limit) => {
    clearTimeout(pause);
    if (document.readyState !== "complete" || left > limit / 10) return;
    pause = setTimeout(() => {
      const speaker = document.getElementById("announcer");
      if (speaker) speaker.textContent = line.textContent;
    }, 1200);
  };

  const all = (root) => root.querySelectorAll("[data-limit]").forEach(update);
  addEventListener("input", (event) => event.target.matches?.("[data-limit]") && update(event.target));
  addEventListener("DOMContentLoaded", () => all(document));
  addEventListener("htmx:load", (event) => all(event.target));
})();
