// A passkey is made or asked for by the browser, which takes a script; every other way in works without one.
//
// <form data-passkey="create"> (or "get") holds a hidden input `credential`, a button of type "button",
// a hidden block with data-problem, and a <script type="application/json"> with the server's options.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const making = form.dataset.passkey === "create";
  const known = window.PublicKeyCredential;
  const parse = known && (making ? known.parseCreationOptionsFromJSON : known.parseRequestOptionsFromJSON);
  if (!parse) continue;

  const button = form.querySelector("button[type=button]");
  const problem = form.querySelector("[data-problem]");
  document.querySelector("[data-no-passkeys]").hidden = true;
  form.hidden = false;

  button.addEventListener("click", async () => {
    problem.hidden = true;
    try {
      const told = JSON.parse(form.querySelector("script[type='application/json']").textContent);
      const publicKey = parse.call(known, told.publicKey);
      const answer = await (making
        ? navigator.credentials.create({ publicKey })
        : navigator.credentials.get({ publicKey }));
      form.elements.credential.value = JSON.stringify(answer.toJSON());
      form.requestSubmit();
    } catch {
      // Refused, too slow, or none at hand: browsers do not say which, so that pages cannot find out.
      problem.hidden = false;
      problem.focus();
    }
  });
}
