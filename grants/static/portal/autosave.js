// Saves a page of an application when the typing pauses and when the page is left. Every word is kept in this browser,
// by person, application and page, until the server has it; what was kept and not saved is offered again.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const PAUSE = 1200;
  const LONGEST_WAIT = 60000;
  const place = `fp-kept:${form.dataset.keepAs}`;
  const line = form.querySelector("[data-saved-words]");
  const own = (name) => name === "title" || name === "requested_amount" || name.startsWith("q-");
  const bases = () => Object.fromEntries([...form.querySelectorAll("[name^='base-']")].map((box) => [box.name.slice(5), box.value]));

  // What is typed, by question: the rows of a table are one answer.
  const questionOf = (name, keys) => {
    if (!name.startsWith("q-")) return name;
    const fits = keys.filter((key) => name === `q-${key}` || name.startsWith(`q-${key}-`));
    return fits.sort((one, other) => other.length - one.length)[0];
  };
  const typed = () => {
    const keys = Object.keys(bases());
    const answers = {};
    for (const [name, value] of new FormData(form)) {
      if (!own(name) || typeof value !== "string") continue;
      const key = questionOf(name, keys);
      if (key) (answers[key] ??= []).push([name, value]);
    }
    return answers;
  };

  const store = {
    read() {
      try {
        return JSON.parse(localStorage.getItem(place));
      } catch {
        return null;
      }
    },
    write(words) {
      try {
        if (words) localStorage.setItem(place, JSON.stringify(words));
        else localStorage.removeItem(place);
      } catch {
        // Without room in the browser the words are on the page and on their way to the server.
      }
    },
  };

  let offered = null;
  let edition = 0;
  let saved = 0;
  let busy = false;
  let timer;
  let wait = PAUSE;
  let turn = 0;
  const loaded = typed();
  const keep = (sent) => {
    const answers = typed();
    const changed = Object.keys(answers).filter((key) => JSON.stringify(answers[key]) !== JSON.stringify(loaded[key]));
    const words = { at: Date.now(), sent, bases: bases(), answers: Object.fromEntries(changed.map((key) => [key, answers[key]])) };
    store.write({ ...words, older: offered });
  };

  // What is told, calmly: the same words are not told twice.
  const tell = (word, { time = "", more = "", link = false } = {}) => {
    const text = `${form.dataset[word].replace("{time}", time)} ${more}`.trim();
    if (line.textContent === text) return;
    line.textContent = text;
    line.classList.toggle("saved-care", !["wordSaved", "wordSaving", "wordTyping"].includes(word));
    if (!link) return;
    const sign = document.createElement("a");
    sign.href = form.dataset.signIn;
    sign.textContent = form.dataset.wordSignIn;
    line.append(" ", sign);
  };

  const mark = (name, value) => {
    for (const box of form.querySelectorAll(`[name="base-${CSS.escape(name)}"]`)) box.value = value;
  };
  const part = (name) => form.querySelector(`[data-part="${CSS.escape(name)}"]`);
  const ask = (conflicts) => {
    for (const block of form.querySelectorAll("[data-conflict]")) if (!(block.dataset.conflict in conflicts)) block.remove();
    for (const [name, html] of Object.entries(conflicts)) {
      const before = part(name)?.querySelector("[data-conflict]");
      if (before) continue;
      part(name)?.insertAdjacentHTML("afterbegin", html);
      part(name)?.querySelector("legend").scrollIntoView({ block: "center" });
    }
  };
  const open = (keys) => {
    if (!("deciding" in form.dataset)) return;
    for (const box of form.querySelectorAll("[data-part]")) box.hidden = !keys.includes(box.dataset.part);
  };

  const done = (answer, sentEdition) => {
    saved = sentEdition;
    wait = PAUSE;
    if (answer.taken.length) {
      store.write(null);
      location.reload();
      return;
    }
    for (const [name, value] of Object.entries(answer.marks)) mark(name, value);
    ask(answer.conflicts);
    open(answer.shown);
    const isAll = !answer.unkept.length && !Object.keys(answer.conflicts).length && edition === saved;
    if (isAll) store.write(offered ? { ...offered } : null);
    tell(answer.unkept.length ? "wordUnkept" : "wordSaved", { time: answer.saved, more: answer.unkept.join(" ") });
  };
  const later = () => {
    tell("wordAgain");
    clearTimeout(timer);
    timer = setTimeout(save, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };

  // A page that is older than its token gets a fresh one, if the same person is signed in.
  const renew = async () => {
    const response = await fetch(form.dataset.autosave, { headers: { Accept: "application/json" } });
    if (!response.ok) return false;
    const { token, person } = await response.json();
    if (!form.dataset.keepAs.startsWith(`${person}:`)) return false;
    form.querySelector("[name=csrfmiddlewaretoken]").value = token;
    return true;
  };
  // Of two requests that overtake each other the server takes the later one.
  const takeTurn = () => {
    turn = Math.max(turn + 1, Date.now());
    form.querySelector("[name=turn]").value = turn;
  };
  const post = (keepalive) => {
    takeTurn();
    const words = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    return fetch(form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(words),
      headers: { Accept: "application/json" },
      keepalive,
    });
  };
  const handle = async (response, sentEdition) => {
    if (response.ok) done(await response.json(), sentEdition);
    else if (response.status === 401) tell("wordOut", { link: true });
    else if (response.status === 409) tell("wordKept", { more: (await response.json()).detail });
    else if (response.status === 403 || response.status === 404) tell("wordDenied");
    else later();
  };

  const save = async ({ leaving = false } = {}) => {
    clearTimeout(timer);
    if ("sent" in form.dataset || edition === saved || (busy && !leaving)) return;
    busy = true;
    const sentEdition = edition;
    const slow = setTimeout(() => tell("wordSaving"), 800);
    try {
      let response = await post(leaving);
      if (response.status === 403 && !leaving) {
        if (await renew()) response = await post(false);
        else response = new Response(null, { status: 401 });
      }
      await handle(response, sentEdition);
    } catch {
      later();
    } finally {
      clearTimeout(slow);
      busy = false;
    }
    if (edition !== sentEdition) timer = setTimeout(save, PAUSE);
  };

  const decides = (name) => (form.dataset.deciding ?? "").split(" ").includes(name) || name?.startsWith("choose-");
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    edition += 1;
    keep(false);
    tell("wordTyping");
    clearTimeout(timer);
    timer = setTimeout(save, decides(event.target.name) && event.target.type !== "text" ? 0 : PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    takeTurn();
    if (edition !== saved) keep(true);
  });
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save({ leaving: true }));
  addEventListener("pagehide", () => save({ leaving: true }));
  addEventListener("online", () => save());

  // Words that were kept: those that the page already shows, or that were sent and are saved, are forgotten.
  const putBack = (words) => {
    for (const [key, pairs] of Object.entries(words)) {
      const group = form.querySelector(`[data-rows="q-${CSS.escape(key)}"]`);
      const count = pairs.find(([name]) => name === `q-${key}-rows`)?.[1];
      if (group) group.dispatchEvent(new CustomEvent("rows:wanted", { bubbles: true, detail: Number(count) }));
      for (const box of part(key).querySelectorAll("input, select, textarea")) {
        if (!own(box.name) || box.type === "file") continue;
        const values = pairs.filter(([name]) => name === box.name).map(([, value]) => value);
        if (["checkbox", "radio"].includes(box.type)) box.checked = values.includes(box.value);
        else if (box.name !== `q-${key}-rows`) box.value = values[0] ?? "";
      }
      mark(key, offered.bases[key]);
    }
    for (const box of form.querySelectorAll("[data-limit]")) box.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const offer = () => {
    const record = store.read();
    const kept = record && !Object.keys(record.answers).length && record.older ? record.older : record;
    if (!kept) return;
    const now = bases();
    const lost = Object.entries(kept.answers).filter(
      ([key, pairs]) => key in now && JSON.stringify(pairs) !== JSON.stringify(loaded[key]) && !(kept.sent && now[key] !== kept.bases[key]),
    );
    if (!lost.length) {
      store.write(null);
      return;
    }
    offered = kept;
    const box = document.createElement("div");
    box.append(document.querySelector("[data-offer]").content.cloneNode(true));
    box.querySelector("[data-offer-words]").textContent = lost
      .flatMap(([, pairs]) => pairs.map(([, value]) => value))
      .filter((value) => value.length > 1)
      .join(" · ")
      .slice(0, 200);
    const close = () => {
      offered = null;
      box.remove();
    };
    box.querySelector("[data-offer-take]").addEventListener("click", () => {
      putBack(Object.fromEntries(lost));
      close();
      keep(false);
    });
    box.querySelector("[data-offer-drop]").addEventListener("click", () => {
      close();
      store.write(null);
    });
    form.before(box);
  };
  offer();
  if ("unsaved" in form.dataset) {
    edition += 1;
    timer = setTimeout(save, PAUSE);
  }
})();
