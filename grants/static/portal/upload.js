// Files go as soon as they are chosen, in pieces, with their progress; after a lost connection or a reload they go on.
// Without this script the form sends them. The server's side: grants/api/uploads.py (the core of the tus protocol).
(() => {
  const PIECE = 4 * 1024 * 1024;
  const LONGEST_PAUSE = 15000;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const pause = (tries) => new Promise((go) => setTimeout(go, Math.min(1000 * 2 ** tries, LONGEST_PAUSE)));
  let sending = 0;
  let refused = 0;
  let waiting = null; // the form that is sent as soon as its files have arrived, and by which button

  // One request with progress: resolves with the request once it was answered, rejects where no answer came.
  const ask = (method, address, body, headers, onProgress) => {
    const request = new XMLHttpRequest();
    const done = new Promise((resolve, reject) => {
      request.open(method, address);
      for (const [name, value] of Object.entries({ "X-CSRFToken": token(), Accept: "application/json", ...headers }))
        request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => onProgress?.(event.loaded);
      request.onload = () => (request.status >= 500 ? reject(request) : resolve(request));
      request.onerror = () => reject(request);
      request.onabort = () => reject(request);
      request.send(body);
    });
    return { request, done };
  };

  const sentence = (request, otherwise) => {
    try {
      const problem = JSON.parse(request.responseText);
      return problem.errors[0]?.detail || problem.detail || otherwise;
    } catch {
      return otherwise;
    }
  };

  class Row {
    constructor(box, file) {
      this.words = box.dataset;
      this.item = document.createElement("li");
      this.item.innerHTML =
        '<div class="file-words"><span></span><span class="quiet" role="status"></span><progress class="meter" max="100" value="0"></progress></div><button class="btn btn-sm" type="button"></button>';
      this.said = this.item.querySelector(".quiet");
      this.meter = this.item.querySelector("progress");
      this.button = this.item.querySelector("button");
      this.item.querySelector("span").textContent = file.name;
      this.meter.setAttribute("aria-label", file.name);
      this.button.textContent = this.words.stop;
      this.button.setAttribute("aria-label", `${this.words.stop} ${file.name}`);
      box.querySelector("[data-sending-list]").append(this.item);
    }
    at(done, total) {
      const percent = Math.floor((100 * done) / total);
      this.meter.value = percent;
      this.said.textContent = percent === 100 ? `${this.words.checking}…` : `${this.words.sending}… ${percent} %`;
    }
    say(text) {
      this.said.textContent = text;
    }
    refuse(text) {
      refused++;
      this.meter.remove();
      this.item.classList.add("file-refused");
      this.said.setAttribute("role", "alert");
      this.say(text);
      this.button.textContent = this.words.dismiss;
      this.button.removeAttribute("aria-label");
      this.button.onclick = () => this.item.remove();
    }
  }

  class Stopped extends Error {}

  const send = async (box, file) => {
    const row = new Row(box, file);
    if (file.size > Number(box.dataset.most)) return row.refuse(box.dataset.large);
    let address = "";
    let running = null;
    let stopped = false;
    row.button.onclick = () => {
      stopped = true;
      running?.abort();
      if (address) ask("DELETE", address).done.catch(() => {});
      row.item.remove();
    };
    const call = async (...words) => {
      for (let tries = 0; ; tries++) {
        if (stopped) throw new Stopped();
        const { request, done } = ask(...words);
        running = request;
        try {
          return await done;
        } catch {
          if (stopped) throw new Stopped();
          if (words[0] === "PATCH") return null; // how far it came is asked before more is sent
          row.say(box.dataset.waiting);
          await pause(tries);
        }
      }
    };
    const stamp = String(file.lastModified);
    const { application, files: question } = box.dataset;
    const about = { application, question, name: file.name, size: file.size, stamp };
    const json = { "Content-Type": "application/json" };
    const begun = await call("POST", box.dataset.begin, JSON.stringify(about), json);
    if (begun.status !== 201) return row.refuse(sentence(begun, box.dataset.failed));
    address = begun.getResponseHeader("Location");
    let offset = Number(begun.getResponseHeader("Upload-Offset"));
    for (let lost = 0; ; ) {
      row.at(offset, file.size);
      const from = offset;
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(from) };
      const piece = file.slice(from, from + PIECE);
      const answer = await call("PATCH", address, piece, headers, (more) => row.at(Math.min(from + more, file.size), file.size));
      if (answer?.getResponseHeader("Upload-Document")) return refresh(box, row, file);
      const next = answer?.getResponseHeader("Upload-Offset");
      if (next) {
        offset = Number(next);
        lost = 0;
      } else if (answer) {
        return row.refuse(sentence(answer, box.dataset.failed));
      } else {
        row.say(box.dataset.waiting);
        await pause(lost++);
        const asked = await call("HEAD", address);
        if (asked.status === 404) return refresh(box, row, file); // the answer to the last piece was lost
        offset = Number(asked.getResponseHeader("Upload-Offset") ?? offset);
      }
    }
  };

  // The list as the server has it now; what is still on its way stays below it.
  const refresh = async (box, row, file) => {
    row?.item.remove();
    const answer = await fetch(box.dataset.refresh, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    const fresh = holder.firstElementChild;
    const now = document.getElementById(box.id) ?? box;
    fresh.querySelector("[data-sending-list]").append(...now.querySelector("[data-sending-list]").children);
    now.replaceWith(fresh);
    globalThis.htmx?.process(fresh);
    const speaker = document.getElementById("announcer");
    if (file && speaker) speaker.textContent = `${fresh.dataset.added}: ${file.name}`;
  };

  const boxOf = (input) => [...document.querySelectorAll("[data-files]")].find((box) => box.dataset.input === input.id);

  addEventListener("change", async (event) => {
    const input = event.target;
    const box = input.type === "file" && boxOf(input);
    if (!box) return;
    const files = [...input.files];
    input.value = "";
    sending += files.length;
    for (const file of files) {
      try {
        await send(document.getElementById(box.id) ?? box, file);
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
      } finally {
        sending--;
      }
    }
    goOn();
  });

  addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-stop-upload]");
    if (!button) return;
    const box = button.closest("[data-files]");
    await ask("DELETE", button.closest("[data-upload]").dataset.upload).done.catch(() => {});
    await refresh(box);
  });

  // Whoever saves while files are on their way waits for them. A refused one is read first.
  addEventListener(
    "submit",
    (event) => {
      if (!sending || event.target.method !== "post") return;
      event.preventDefault();
      event.submitter?.classList.add("is-busy");
      refused = 0;
      waiting = { form: event.target, button: event.submitter };
    },
    true,
  );
  const goOn = () => {
    if (sending || !waiting) return;
    const { form, button } = waiting;
    waiting = null;
    button?.classList.remove("is-busy");
    if (!refused) form.requestSubmit(button);
  };

  addEventListener("beforeunload", (event) => {
    if (sending) event.preventDefault();
  });
})();
