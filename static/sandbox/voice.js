// The voice page speaks, listens, and saves reloads. Without this file everything works by forms.

const main = () => document.querySelector("main.voice");
const muteKey = "pushcart.voice.mute";
let isMuted = localStorage.getItem(muteKey) === "yes";

/** Says what is new and not the person's own, in the language of the conversation. */
function speak() {
  const voice = window.speechSynthesis;
  if (!voice || isMuted) return;
  voice.cancel();
  for (const words of main().querySelectorAll("[data-new]:not(.by-buyer):not(.by-rule) .words")) {
    const said = new SpeechSynthesisUtterance(words.textContent);
    said.lang = main().dataset.locale;
    voice.speak(said);
  }
}

/** Listens once and says what it heard. Only where the browser can. */
function listen() {
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  const button = main().querySelector(".listen");
  if (!Recognition || !button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    window.speechSynthesis?.cancel();
    const ear = new Recognition();
    ear.lang = main().dataset.locale;
    ear.onstart = () => { button.textContent = "Listening…"; };
    ear.onend = () => { button.textContent = "Speak"; };
    ear.onresult = (event) => {
      const form = main().querySelector("form.say");
      form.elements.text.value = event.results[0][0].transcript;
      form.requestSubmit();
    };
    ear.start();
  });
}

function mute() {
  const label = main().querySelector(".mute");
  if (!window.speechSynthesis || !label) return;
  label.hidden = false;
  const box = label.querySelector("input");
  box.checked = isMuted;
  box.addEventListener("change", () => {
    isMuted = box.checked;
    localStorage.setItem(muteKey, isMuted ? "yes" : "no");
    if (isMuted) window.speechSynthesis.cancel();
  });
}

/** Sends a form and puts the new page in place of the old one, keeping the place and what was unfolded. */
async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  form.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("main.voice");
  if (!answer.ok || !next) {
    document.querySelector("main").replaceWith(page.querySelector("main"));
    return;
  }
  const wasTyping = form.classList.contains("say");
  main().replaceWith(next);
  ready();
  speak();
  if (wasTyping) main().querySelector("form.say input[name=text]").focus({ preventScroll: true });
  else main().querySelector("form.say button").focus({ preventScroll: true });
  main().querySelector("#now").scrollIntoView({ block: "nearest" });
}

function ready() {
  listen();
  mute();
  for (const form of main().querySelectorAll("form[data-live]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, event.submitter).catch(() => form.submit());
    });
  }
}

// One key begins the demo again: Escape, where nothing is typed, or R outside of fields.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  const field = event.target.closest?.("input, select, textarea");
  const isEmpty = field?.name === "text" && field.value === "";
  if (event.key === "Escape" ? !field || isEmpty : event.key.toLowerCase() === "r" && !field) {
    event.preventDefault();
    main()?.querySelector("form[data-reset]")?.requestSubmit();
  }
});

ready();
