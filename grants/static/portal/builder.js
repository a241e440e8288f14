// The form builder: rows are dragged by their grips, and rows of a spreadsheet are pasted into a table of options.
// All of it can also be done by the buttons, without this script.
(() => {
  document.documentElement.classList.add("has-scripts");

  addEventListener("htmx:afterRequest", (event) => {
    const outline = document.querySelector("[data-outline]");
    if (outline && event.detail.successful && event.detail.requestConfig.path.endsWith("/move/")) announce(outline.dataset.moved);
  });

  const announce = (words) => {
    const box = document.querySelector("#announcer");
    box.textContent = "";
    requestAnimationFrame(() => (box.textContent = words));
  };

  // A question is dragged among the questions of all sections, a section among the sections.
  let drag = null;

  addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    const kind = grip.dataset.grip;
    drag = { kind, row: grip.closest(`[data-${kind}]`), from: event.clientY, start: null };
    drag.start = placeOf(drag.row);
    drag.row.classList.add("is-dragged");
    document.documentElement.classList.add("is-dragging");
  });

  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const rows = document.querySelectorAll(`[data-${drag.kind}]`);
    if (event.clientY < 80) scrollBy(0, -12);
    if (event.clientY > innerHeight - 80) scrollBy(0, 12);
    for (const row of rows) {
      const box = row.getBoundingClientRect();
      if (row === drag.row || event.clientY < box.top || event.clientY > box.bottom) continue;
      const head = drag.kind === "section" ? Math.min(box.height, 120) : box.height;
      row[event.clientY < box.top + head / 2 ? "before" : "after"](drag.row);
      return;
    }
    if (drag.kind === "question") intoEmpty(event.clientY);
  });

  const intoEmpty = (y) => {
    for (const section of document.querySelectorAll("[data-section]")) {
      const box = section.getBoundingClientRect();
      const list = section.querySelector("[data-questions]");
      if (y >= box.top && y <= box.bottom && !list.querySelector("[data-question]")) list.prepend(drag.row);
    }
  };

  const placeOf = (row) => {
    const attribute = row.dataset.question ? "question" : "section";
    const rows = [...row.parentElement.children].filter((other) => other.dataset[attribute]);
    return { list: row.parentElement.dataset.questions, place: rows.indexOf(row) + 1 };
  };

  const drop = () => {
    if (!drag) return;
    const { kind, row, start } = drag;
    drag = null;
    row.classList.remove("is-dragged");
    document.documentElement.classList.remove("is-dragging");
    const { list, place } = placeOf(row);
    if (start.list === list && start.place === place) return;
    const form = document.querySelector("#moves");
    const move = kind === "section" ? `section:${row.dataset.section}:to:${place}` : `question:${row.dataset.question}:to:${list}:${place}`;
    htmx.ajax("POST", form.action, { source: "#outline", target: "#outline", select: "#outline", swap: "outerHTML", values: { move } });
  };
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", drop);

  // Cells of a spreadsheet come as lines with tabs between them.
  addEventListener("paste", (event) => {
    const table = event.target.closest?.("[data-paste]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!table || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const lines = text.replace(/\r/g, "").split("\n").filter((line) => line.trim());
    fill(table, event.target.name, lines.map((line) => line.split("\t")));
  });

  const fill = (table, name, lines) => {
    const parts = table.dataset.parts.split(" ");
    const [, first, part] = name.match(/-(\d+)-(\w+)$/);
    const count = table.querySelector(`[name="${table.dataset.paste}-rows"]`);
    const list = table.querySelector(".builder-rows");
    while (list.children.length < Number(first) + lines.length) list.append(another(list, table.dataset.paste));
    lines.forEach((cells, down) => {
      cells.forEach((cell, across) => {
        const column = parts[parts.indexOf(part) + across];
        const box = column && table.querySelector(`[name="${table.dataset.paste}-${Number(first) + down}-${column}"]`);
        if (box) box.value = cell.trim();
      });
    });
    count.value = list.children.length;
    announce(String(lines.length));
  };

  const another = (list, prefix) => {
    const number = list.children.length;
    const row = list.lastElementChild.cloneNode(true);
    for (const box of row.querySelectorAll("input")) {
      box.name = box.name.replace(/-\d+-/, `-${number}-`);
      box.id = box.id.replace(/-\d+-/, `-${number}-`);
      box.ariaLabel = box.ariaLabel.replace(/\d+/, number + 1);
      box.value = "";
      box.removeAttribute("aria-invalid");
      box.removeAttribute("aria-describedby");
    }
    for (const error of row.querySelectorAll(".field-error")) error.remove();
    for (const button of row.querySelectorAll("button")) {
      button.value = button.value.replace(/\d+$/, number);
      if (button.id) button.id = `${prefix}-more-${number}-${button.value.split(":")[1]}`;
    }
    row.querySelector(".builder-number").textContent = number + 1;
    htmx.process(row);
    return row;
  };
})();
