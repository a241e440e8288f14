// Counts what is written in a field with data-limit, by the rule the server counts by (grants/core/texts.py).
// "characters": code points of what would be kept. "words": every ideograph, kana or Korean syllable is one; other runs
// of letters and digits are one each, with an apostrophe or a point inside; marks and joiners neither begin nor end a word.
(() => {
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const AROUND = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
  const ENDS = /^[\u200c\u200d \xa0\u1680\u202f\u205f\u3000\u2000-\u200a]+|[\u200c\u200d \xa0\u1680\u202f\u205f\u3000\u2000-\u200a]+$/g;
  const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}]/gu;
  const CJK =
    /[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\u{20000}-\u{3ffff}]/u;
  const LETTER = /[\p{L}\p{N}]/u;
  const INSIDE = "'’.";
  const BESIDE = /[\p{M}\u200c\u200d]/u;

  const lines = (text) => text.replace(/\r\n?/g, "\n").replace(AROUND, "");
  const oneLine = (text) =>
    text.replace(AROUND, "").replace(/\r\n/g, "\n").replace(/[\t\n\r\u2028\u2029]/g, " ").replace(UNSEEN, "").replace(ENDS, "");

  const wordsIn = (text) => {
    let count = 0;
    let inside = false;
    const signs = [...text];
    for (const [at, sign] of signs.entries()) {
      if (BESIDE.test(sign)) continue;
      if (inside && INSIDE.includes(sign) && LETTER.test(signs[at + 1] || "")) continue;
      const letter = LETTER.test(sign);
      const single = letter && CJK.test(sign);
      if (single || (letter && !inside)) count += 1;
      inside = letter && !single;
    }
    return count;
  };

  const count = (field) => {
    if (!oneLine(field.value)) return 0;
    const text = lines(field.tagName === "INPUT" ? oneLine(field.value) : field.value);
    return field.dataset.unit === "words" ? wordsIn(text) : [...text].length;
  };

  const update = (field) => {
    const line = document.getElementById(`${field.id}_counter`);
    if (!line) return;
    const limit = Number(field.dataset.limit);
    const left = limit - count(field);
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
  addEventListener("rows:added", (event) => all(event.target));
  addEventListener("htmx:load", (event) => all(event.target));
})();
