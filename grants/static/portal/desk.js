// The stock admin leaves some boxes of its forms without a name for screen readers; here they get the words beside them.
addEventListener("DOMContentLoaded", () => {
  const name = (box, words) => {
    const text = words?.textContent.trim();
    if (text && !box.labels?.length && !box.ariaLabel) box.ariaLabel = text;
  };

  for (const row of document.querySelectorAll(".tabular tr.form-row")) {
    const heads = row.closest("table").tHead.rows[0].cells;
    const cells = [...row.cells].filter((cell) => !cell.classList.contains("original"));
    const words = [...heads].filter((head) => !head.classList.contains("original"));
    cells.forEach((cell, place) => {
      for (const box of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) name(box, words[place]);
    });
  }
  for (const box of document.querySelectorAll(".vDateField, .vTimeField")) name(box, box.closest(".form-row")?.querySelector("label, legend"));
  for (const head of document.querySelectorAll(".tabular thead th")) {
    if (!head.textContent.trim()) head.setAttribute("role", "presentation");
  }
  for (const frame of document.querySelectorAll(".inline-group, .results")) {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  }
});
