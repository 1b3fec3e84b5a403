/* A note that saves itself and never loses a word.

   Every section's unsaved text is in the browser's storage from the first keystroke until the server has said
   that it holds it. What the server does not take (no connection, a session that ended, somebody else's change)
   stays there, and is offered back when the page is opened again. A section may also hold radios: what is chosen is
   kept and saved with its text. Without this script the form's Save does it all. */

(function () {
  "use strict";

  const PAUSE = 1500; // of typing, before a section is saved; milliseconds
  const RETRIES = [3000, 10000, 30000];

  const form = document.getElementById("note");
  const status = document.getElementById("note-status");
  if (!form || !status || !window.fetch) return;

  const store = (function () {
    try {
      window.localStorage.setItem("note:probe", "1");
      window.localStorage.removeItem("note:probe");
      return window.localStorage;
    } catch {
      return null; // private windows of some browsers
    }
  })();

  // As the server keeps a text: no blanks at the ends of lines, no empty lines around it.
  const clean = (text) =>
    text
      .split(/\r\n|\r|\n/)
      .map((line) => line.trimEnd())
      .join("\n")
      .replace(/^\n+|\n+$/g, "");

  const token = () => form.querySelector("[name=csrfmiddlewaretoken]");
  const sections = [];
  let failures = 0;
  let retry = null;

  /* The one line about saving. Said again only when it changes, so that screen readers are left in peace. */
  function say(state, text, link) {
    status.dataset.state = state;
    if (status.textContent !== text + (link ? ` ${link.text}` : "")) {
      status.textContent = text;
      if (link) {
        const anchor = document.createElement("a");
        anchor.className = "govuk-link";
        anchor.href = link.href;
        anchor.target = "_blank";
        anchor.textContent = link.text;
        status.append(" ", anchor);
      }
    }
  }

  /* After a save: what still stands in the way somewhere, or that all is well. */
  function sayWhatStands(time) {
    const troubled = sections.find((section) => section.problem);
    if (troubled) say("stopped", troubled.problem);
    else if (sections.some((section) => section.dirty)) say("unsaved", "Not saved yet");
    else say("saved", time ? `Saved ${time}` : "Saved");
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...children);
    return made;
  }

  function button(text, action) {
    const made = element(
      "button",
      { type: "button", class: "govuk-button govuk-button--secondary" },
      text,
    );
    made.addEventListener("click", action);
    return made;
  }

  class Section {
    constructor(root) {
      this.key = root.dataset.section;
      this.heading = root.dataset.heading;
      this.root = root;
      this.box = root.querySelector("textarea");
      this.radios = [...root.querySelectorAll('input[type="radio"]')];
      this.revision = root.querySelector(`[name="revision-${this.key}"]`);
      this.storeKey = `${form.dataset.key}:${this.key}`;
      this.waitingKey = `${this.storeKey}:waiting`; // words offered back, until a person has decided
      this.held = this.box.defaultValue; // what the server holds, as far as we know
      this.heldChoices = JSON.stringify(this.chosen((radio) => radio.defaultChecked));
      this.unheard = new Set(); // texts sent that may have arrived without our hearing of it
      this.timer = null;
      this.saving = null;
      this.blocked = "unsaved" in root.dataset; // until a person has decided
      this.problem = ""; // why it is blocked, in words
      if (this.blocked) this.keep();
      this.box.addEventListener("input", () => this.changed());
      this.box.addEventListener("blur", () => this.save());
      this.radios.forEach((radio) =>
        radio.addEventListener("change", () => {
          this.changed();
          this.save();
        }),
      );
      if (!this.blocked) this.offer();
      // Some browsers put typed text back by themselves when a page is opened again.
      if (!this.blocked && this.dirty) this.changed();
    }

    get dirty() {
      return this.box.value !== this.held || JSON.stringify(this.choices) !== this.heldChoices;
    }

    /* What is chosen, by the name of each group of radios without its section: {"grade": "2"}. */
    get choices() {
      return this.chosen((radio) => radio.checked);
    }

    set choices(wanted) {
      this.radios.forEach((radio) => (radio.checked = wanted[this.group(radio)] === radio.value));
    }

    chosen(picked) {
      return Object.fromEntries(
        this.radios.filter(picked).map((radio) => [this.group(radio), radio.value]),
      );
    }

    group(radio) {
      return radio.name.slice(0, -this.key.length - 1);
    }

    /* Choices and a text as people read them. */
    words(choices, text) {
      const labels = this.radios
        .filter((radio) => radio.value && choices && choices[this.group(radio)] === radio.value)
        .map((radio) => radio.labels[0].textContent.trim());
      return [labels.join(", "), text].filter(Boolean).join("\n");
    }

    keep() {
      if (!store) return;
      this.put(this.storeKey, {
        text: this.box.value,
        choices: this.choices,
        at: new Date().toISOString(),
        base: this.revision.value,
      });
    }

    put(key, kept) {
      try {
        store.setItem(key, JSON.stringify(kept));
      } catch {
        // The storage is full: saving goes on without the net.
      }
    }

    stored(key) {
      try {
        const kept = JSON.parse(store.getItem(key));
        const other =
          kept && (clean(kept.text) !== clean(this.held) || JSON.stringify(kept.choices || {}) !== this.heldChoices);
        return other ? kept : null;
      } catch {
        return null;
      }
    }

    forget() {
      if (store) store.removeItem(this.storeKey);
    }

    changed() {
      if (!this.dirty && !this.saving) {
        this.forget();
        return;
      }
      this.keep();
      if (this.blocked) return;
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.save(), PAUSE);
      if (!failures) say("unsaved", "Not saved yet");
    }

    /* Resolves when this section's text is with the server, or cannot be for now. */
    save() {
      window.clearTimeout(this.timer);
      if (this.saving) return this.saving;
      if (this.blocked || !this.dirty) return Promise.resolve();
      this.saving = this.post()
        .catch(() => failed("Not saved: there is no connection. Your words are kept in this browser."))
        .finally(() => {
          this.saving = null;
          if (this.dirty && !this.blocked && !failures) this.changed();
        });
      return this.saving;
    }

    async post() {
      const text = this.box.value;
      const choices = this.choices;
      this.unheard.add(JSON.stringify([clean(text), choices]));
      const response = await fetch(`${form.dataset.saveUrl}${this.key}/`, {
        method: "POST",
        redirect: "manual",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token().value },
        body: JSON.stringify({ ...choices, text, revision: Number(this.revision.value) }),
      });
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
        await signedOut();
        return;
      }
      if (response.status >= 500) throw new Error("The server is not there");
      let answer;
      try {
        answer = await response.json();
      } catch {
        answer = { error: "The note cannot be found any more." };
      }
      if (response.ok) {
        this.accepted(text, choices, answer.revision);
        sayWhatStands(answer.saved);
        return;
      }
      if (response.status === 409 && answer.theirs !== undefined) {
        this.revision.value = answer.revision;
        const theirs = answer.choices || {};
        if (this.unheard.has(JSON.stringify([answer.theirs, theirs]))) {
          // Our own words, whose arrival we never heard of.
          this.accepted(answer.theirs, theirs, answer.revision);
        } else {
          this.conflict(answer);
        }
        return;
      }
      this.block(`“${this.heading}” is not saved. ${answer.error || ""} Your words are kept in this browser.`);
    }

    accepted(text, choices, revision) {
      this.held = text;
      this.heldChoices = JSON.stringify(choices);
      this.unheard.clear();
      this.revision.value = revision;
      failures = 0;
      if (this.dirty) this.keep();
      else this.forget();
    }

    block(problem) {
      this.blocked = true;
      this.problem = problem;
      say("stopped", problem);
    }

    conflict(answer) {
      this.keep();
      const theirs = answer.choices || {};
      const settle = (text, choices) => {
        this.panel(null);
        this.held = answer.theirs;
        this.heldChoices = JSON.stringify(theirs);
        this.box.value = text;
        this.choices = choices;
        this.blocked = false;
        this.problem = "";
        this.box.focus();
        this.changed();
        if (this.dirty) this.save();
        else sayWhatStands("");
      };
      const mine = () => this.box.value;
      this.panel(
        `${answer.by || "Someone else"} changed “${this.heading}” while you were writing. Their text:`,
        this.words(theirs, answer.theirs),
        ...(clean(mine()) === answer.theirs
          ? []
          : [button("Keep both", () => settle(`${mine()}\n\n${answer.theirs}`, this.choices))]),
        button("Keep mine", () => settle(mine(), this.choices)),
        button("Take theirs", () => settle(answer.theirs, theirs)),
      );
      this.block(`“${this.heading}” is not saved: somebody else changed it. Choose which words to keep.`);
    }

    offer() {
      if (!store) return;
      const waiting = this.stored(this.waitingKey);
      const kept = this.stored(this.storeKey) || waiting;
      this.forget();
      store.removeItem(this.waitingKey);
      if (!kept) return;
      if (waiting && waiting.text !== kept.text) {
        kept.text = `${waiting.text}\n\n${kept.text}`;
        kept.base = null;
      }
      // Kept apart, so that typing does not write over what is offered.
      this.put(this.waitingKey, kept);
      const decide = () => {
        this.panel(null);
        store.removeItem(this.waitingKey);
        this.box.focus();
      };
      const at = new Date(kept.at);
      const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
      const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      this.panel(
        `Words in “${this.heading}” from ${day}, ${time} were never saved:`,
        this.words(kept.choices, kept.text),
        button("Put them back", () => {
          // They take the place only of what they were written on; anything newer stands above them.
          const replaces = kept.base === this.revision.value && !this.dirty;
          if (replaces && kept.choices) this.choices = kept.choices;
          if (replaces) this.box.value = kept.text;
          else if (clean(this.box.value) !== clean(kept.text)) this.box.value += `\n\n${kept.text}`;
          this.changed();
          decide();
          this.save();
        }),
        button("Throw them away", decide),
      );
    }

    panel(text, words, ...buttons) {
      if (this.shown) this.shown.remove();
      this.shown = null;
      if (text === null) return;
      this.shown = element(
        "div",
        { class: "note-offer" },
        element("p", { class: "govuk-body" }, element("strong", {}, text)),
        element(
          "div",
          { class: "govuk-body note-words", tabindex: "0", role: "region", dir: "auto", "aria-label": text },
          words,
        ),
        element("div", { class: "govuk-button-group" }, ...buttons),
      );
      this.root.append(this.shown);
    }
  }

  function failed(text, link) {
    say("failed", text, link);
    window.clearTimeout(retry);
    retry = window.setTimeout(saveAll, RETRIES[Math.min(failures, RETRIES.length - 1)]);
    failures += 1;
  }

  /* The session ended, or its token changed with a new one: take the new token from the page, if it is ours. */
  async function signedOut() {
    const link = { text: "Sign in again in a new tab", href: form.dataset.signIn };
    const words = "Not saved: you are no longer signed in here. Your words are kept in this browser.";
    const page = await fetch(window.location.pathname, { redirect: "manual", credentials: "same-origin" });
    if (page.type === "opaqueredirect" || !page.ok) {
      failed(words, link);
      return;
    }
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("note");
    if (!fresh || fresh.dataset.user !== form.dataset.user) {
      failed("Not saved: somebody else is signed in. Your words are kept in this browser.");
      return;
    }
    token().value = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
    failed("Not saved yet");
  }

  function saveAll() {
    window.clearTimeout(retry);
    return Promise.all(sections.map((section) => section.save()));
  }

  form.querySelectorAll("[data-section]").forEach((root) => sections.push(new Section(root)));

  window.addEventListener("online", saveAll);
  window.addEventListener("focus", saveAll);
  document.addEventListener("visibilitychange", saveAll);
  window.addEventListener("beforeunload", (event) => {
    if (!store && sections.some((section) => section.dirty)) event.preventDefault();
  });

  // The form's own Save must not meet a save of ours that is still on its way: it would look like somebody else's.
  form.addEventListener("submit", (event) => {
    sections.forEach((section) => window.clearTimeout(section.timer));
    const underWay = sections.map((section) => section.saving).filter(Boolean);
    if (!underWay.length) return;
    event.preventDefault();
    const submitter = event.submitter;
    Promise.all(underWay).finally(() => form.requestSubmit(submitter));
  });
})();
