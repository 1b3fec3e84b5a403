/* The checklist of a self-evaluation saves itself, a box at a time. Without this script the form's Save does it. */

(function () {
  "use strict";

  const list = document.getElementById("checklist");
  const status = document.getElementById("note-status");
  if (!list || !status || !window.fetch) return;

  const token = () => list.closest("form").querySelector("[name=csrfmiddlewaretoken]").value;

  function say(state, text) {
    status.dataset.state = state;
    status.textContent = text;
  }

  /* What Save measures a tick against: once the server holds it, it is no longer new. */
  function held(box) {
    list.querySelectorAll('[name="check-was"]').forEach((was) => was.value === box.value && was.remove());
    if (!box.checked) return;
    const was = document.createElement("input");
    Object.assign(was, { type: "hidden", name: "check-was", value: box.value });
    list.append(was);
  }

  let last = Promise.resolve(); // one at a time, so that the last click wins

  async function save(box) {
    const ticked = box.checked;
    try {
      const response = await fetch(list.dataset.saveUrl, {
        method: "POST",
        redirect: "manual",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ item: box.value, ticked }),
      });
      if (!response.ok) throw new Error("Not taken");
      const answer = await response.json();
      if (box.checked === ticked) held(box);
      say("saved", `Saved ${answer.saved}`);
    } catch {
      say("failed", "The checklist is not saved. Press Save to try again.");
    }
  }

  list.querySelectorAll('input[type="checkbox"]').forEach((box) =>
    box.addEventListener("change", () => {
      last = last.then(() => save(box));
    }),
  );
})();
