// Built behind GOV.UK Frontend into one module: `initAll` is its own. Every page works without this file.
{
  initAll();

  // A form is sent once: a second press while the first is on its way does nothing. It is free again after ten
  // seconds, as answering with a file leaves the page standing, and when the Back button brings the page back.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get") return;
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 10_000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Fragments that htmx brings in get their components too.
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) initAll({ scope: event.target });
  });
}
