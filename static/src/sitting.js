/* Many schools at one sitting, by keyboard. Keys work only while the focus is in the list and not in a text box, so
   that they meet nobody else's shortcuts. Without this script every control is an ordinary one, and Save does it all.

   A row is [data-sitting-row]; a control answers the key in its data-sitting-key. A checkbox or radio is set and the
   next row follows; a summary is opened and the first control in it gets the focus. The arrows walk between rows, save
   on radio buttons, whose own they are: those of a row that shows no other have data-sitting-alone. */

(function () {
  "use strict";

  const form = document.querySelector("[data-sitting]");
  if (!form) return;
  const rows = Array.from(form.querySelectorAll("[data-sitting-row]"));
  const count = form.querySelector("[data-sitting-count]");

  const first = (row) => row.querySelector("input:checked:not([type=hidden])") || row.querySelector("input:not([type=hidden])");

  function go(row) {
    if (!row) return;
    first(row).focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function answered(row) {
    return row.querySelector("input:checked[data-sitting-tick]") !== null;
  }

  function tell() {
    const done = rows.filter(answered).length;
    count.textContent = `${done} of ${rows.length} answered, not saved yet`;
    count.hidden = done === 0;
  }

  function press(control, row) {
    if (control.matches("input[type=checkbox], input[type=radio]")) {
      control.checked = true;
      tell();
      go(rows[rows.indexOf(row) + 1] || row);
    } else if (control.matches("summary")) {
      control.parentElement.open = true;
      const target = control.parentElement.querySelector("button, textarea, input:not([type=hidden])");
      target.focus();
    }
  }

  form.addEventListener("change", tell);
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = event.target.closest("[data-sitting-row]");
    if (!row || event.target.matches("textarea, select, input[type=text]")) return;
    const key = event.key.toLowerCase();
    const arrows = !event.target.matches("input[type=radio]:not([data-sitting-alone])");
    const at = rows.indexOf(row);
    if (key === "j" || (arrows && key === "arrowdown")) go(rows[at + 1]);
    else if (key === "k" || (arrows && key === "arrowup")) go(rows[at - 1]);
    else if (key === "s") form.requestSubmit();
    else if (key === "u") {
      row.querySelectorAll("input:checked[data-sitting-tick]").forEach((input) => (input.checked = false));
      tell();
    } else {
      const control = row.querySelector(`[data-sitting-key="${CSS.escape(key)}"]`);
      if (!control) return;
      press(control, row);
    }
    event.preventDefault();
  });

  // Back from recording something: the row it was about, else nowhere.
  const place = rows.find((row) => `#${row.id}` === window.location.hash);
  if (place) go(place);
  tell();
})();
