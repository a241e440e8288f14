// Rows of an answer: one more, one less, and their sum, without asking the server.
(() => {
  const NUMBER = /^[+-]?(?:\d*|\d{1,3}(?:[, ]\d{3})+)(?:\.\d+)?$/;
  const rowsOf = (group) => [...group.querySelectorAll("[data-list] > [data-row]")];

  // In hundredths and as whole numbers, so that 0.1 + 0.2 is 0.3.
  const hundredths = (text) => {
    const plain = text.trim().replace(/^[¥￥]/, "");
    if (!/\d$/.test(plain) || !NUMBER.test(plain)) return 0;
    return Math.round(Number(plain.replace(/[, ]/g, "")) * 100);
  };
  const written = (value, money) =>
    (value / 100).toLocaleString("en-US", { minimumFractionDigits: money ? 2 : 0, maximumFractionDigits: 2 });

  const sum = (group) => {
    const line = group.querySelector("[data-total]");
    if (!line) return;
    const money = "money" in line.dataset;
    const cells = rowsOf(group).map((row) => row.querySelector(`[name$="-${group.dataset.sum}"]`));
    const total = cells.reduce((all, cell) => all + hundredths(cell.value), 0);
    line.querySelector("[data-total-number]").textContent = money ? `¥${written(total, true)}` : `${written(total)} %`;
    if (!line.dataset.target) return;
    const over = total - hundredths(line.dataset.target);
    const verdict = over === 0 ? "same" : over < 0 ? "less" : "more";
    const told = line.querySelector("[data-total-told]");
    const words = { same: line.dataset.wordSame, less: line.dataset.wordLess, more: line.dataset.wordMore };
    told.textContent = words[verdict].replace("{n}", written(Math.abs(over), money));
    told.className = `rows-told rows-told-${verdict}`;
  };

  const settle = (group) => {
    const rows = rowsOf(group);
    rows.forEach((row, place) => {
      const title = row.querySelector(".row-title");
      title.textContent = title.textContent.replace(/\d+|__row__/, place + 1);
    });
    group.querySelector("[data-add]").hidden = rows.length >= Number(group.dataset.most);
    sum(group);
  };

  // Numbers of rows only grow: what lies between two of them is read as blank.
  const add = (group) => {
    const count = group.querySelector("[data-count]");
    const blank = group.querySelector("[data-blank]");
    const list = group.querySelector("[data-list]");
    const made = document.createElement("div");
    made.innerHTML = blank.innerHTML.replaceAll("__row__", count.value);
    const row = made.firstElementChild;
    list.append(row);
    count.value = Number(count.value) + 1;
    settle(group);
    row.dispatchEvent(new Event("rows:added", { bubbles: true }));
    return row;
  };
  const changed = (group) => group.dispatchEvent(new Event("input", { bubbles: true }));

  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-add], [data-drop]");
    const group = button?.closest("[data-rows]");
    if (!group) return;
    event.preventDefault();
    if ("add" in button.dataset) {
      add(group).querySelector("input, select, textarea").focus();
    } else {
      button.closest("[data-row]").remove();
      if (!rowsOf(group).length) add(group);
      settle(group);
      group.querySelector("[data-add]").focus();
    }
    changed(group);
  });
  addEventListener("input", (event) => {
    const group = event.target.closest?.("[data-rows]");
    if (group) sum(group);
  });
  // Words that were kept may have more rows than the page.
  addEventListener("rows:wanted", (event) => {
    const count = event.target.querySelector("[data-count]");
    while (Number(count.value) < event.detail) add(event.target);
  });
})();
