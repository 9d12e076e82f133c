// Draws Amazon Pay's own button in place of the plain one. Where Amazon's script does not load, the
// plain button stays, and leads to the same pages.
//
// <form data-pay-button="https://…/checkout.js" data-pay-settings='{"merchantId":…}' data-pay-with="amazon_pay">
// data-pay-sign: what the script is told is asked for there when the button is pressed.

// <a data-pay-change="address" data-pay-button="…" data-pay-settings="…"> leads back to what was chosen.

const forms = document.querySelectorAll("form[data-pay-button]");
const links = document.querySelectorAll("a[data-pay-button]");

function load(address) {
  return new Promise((loaded, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", loaded);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
}

async function press(form, button) {
  try {
    const answer = await fetch(form.dataset.paySign, { method: "POST" });
    if (!answer.ok) throw new Error(answer.statusText);
    button.initCheckout(await answer.json());
  } catch {
    // the plain way says what stands against it
    form.submit();
  }
}

function draw(form, number) {
  const plain = form.querySelector("button[type='submit']");
  const place = document.createElement("div");
  place.id = `amazon-pay-${number}`;
  plain.after(place);
  const button = window.amazon.Pay.renderButton(`#${place.id}`, JSON.parse(form.dataset.paySettings));
  if (form.dataset.paySign) button.onClick(() => press(form, button));
  // where several ways are offered, the button stands for its own only
  const choose = () => {
    const chosen = new FormData(form).get("provider");
    const isOwn = chosen === null || chosen === form.dataset.payWith;
    plain.hidden = isOwn;
    place.hidden = !isOwn;
  };
  form.addEventListener("change", choose);
  choose();
}

function bind(link) {
  const changeAction = link.dataset.payChange === "address" ? "changeAddress" : "changePayment";
  window.amazon.Pay.bindChangeAction(`#${link.id}`, { ...JSON.parse(link.dataset.paySettings), changeAction });
  link.addEventListener("click", (event) => event.preventDefault());
}

const first = forms[0] ?? links[0];
if (first) {
  load(first.dataset.payButton).then(
    () => {
      forms.forEach(draw);
      links.forEach(bind);
    },
    () => {},
  );
}
