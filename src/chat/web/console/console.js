// The page's side of the console: it shows what the server has drawn and sends what people do.
"use strict";

const page = document.body.dataset;
const find = (id) => document.getElementById(id);
const log = find("log");
const line = find("line");
const choices = find("choices");
const dialog = find("window");

const GONE = "The demo does not answer. If it was stopped, start it again and open its new address.";

const say = (words) => { find("status").textContent = words; };

async function send(where, what) {
  try {
    const answer = await fetch(where, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ as: page.as, ...what }),
    });
    if (answer.ok) return await answer.json();
    say(await answer.text());
  } catch {
    say(GONE);
  }
  return null;
}

/* What stands in the channel. */

function threadOf(post) {
  const known = post.querySelector(":scope > .thread > .replies");
  if (known) return known;
  const thread = document.createElement("details");
  thread.className = "thread";
  const replies = document.createElement("div");
  replies.className = "replies";
  thread.append(document.createElement("summary"), replies);
  post.append(thread);
  return replies;
}

function place(change) {
  const article = document.createElement("article");
  article.id = change.key;
  const post = document.createElement("div");
  post.className = "post";
  article.append(post);
  const parent = change.thread && find(change.thread);
  if (parent) {
    const replies = threadOf(parent);
    replies.append(article);
    replies.previousElementSibling.textContent = `${replies.childElementCount} in the thread`;
  } else {
    article.classList.toggle("private", change.private);
    log.append(article);
  }
  return article;
}

function show(change) {
  const known = find(change.key);
  if (change.html === null) {
    known?.remove();
    return;
  }
  // Whoever reads further up is left there, and so is whoever has just come.
  const atEnd = log.scrollTop > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const article = known ?? place(change);
  const post = article.querySelector(":scope > .post");
  const focused = post.contains(document.activeElement) ? document.activeElement.dataset.press : null;
  // Drawn by the server, which escapes every word.
  post.innerHTML = change.html;
  const wasPressed = pressed?.on === change.key && isNowhere(document.activeElement);
  if (focused || wasPressed) goTo(article, focused ?? pressed.id);
  if (known) return;
  if (change.private && pressed?.waits) {
    pressed.waits = false;
    goTo(article);
  } else if (came && !change.thread) {
    came.push(article);
    came[0].scrollIntoView({ block: "start" });
  } else if (atEnd || change.private) article.scrollIntoView({ block: "nearest" });
}

function listen() {
  const events = new EventSource(`events?as=${encodeURIComponent(page.as)}&since=${page.since}`);
  events.addEventListener("item", (event) => show(JSON.parse(event.data)));
  events.addEventListener("clock", (event) => { find("now").textContent = event.data; });
  events.addEventListener("open", () => say(""));
  events.addEventListener("error", () => say(GONE));
}

/* What people press. */

// What was pressed last: the button, its post, and whether an answer of its own is waited for.
let pressed = null;

// The posts that came while the clock moved.
let came = null;

// Nobody is taken from where they are; the dialog that is closed is no place to be.
const isNowhere = (place) => place === document.body || (!dialog.open && dialog.contains(place));

// To a button of a post as it stands now, or, where it is gone, to where the post begins.
function goTo(article, id) {
  const button = id && article.querySelector(`[data-press="${CSS.escape(id)}"]`);
  if (button) return button.focus({ preventScroll: true });
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "start" });
}

async function press(button) {
  button.disabled = true;
  const { press: id } = button.dataset;
  const on = button.closest("article")?.id ?? "";
  pressed = { id, on, waits: true };
  const then = await send("press", { id, on });
  button.disabled = false;
  const goBack = () => {
    const article = find(on);
    if (article && isNowhere(document.activeElement)) goTo(article, id);
  };
  if (then?.form) {
    pressed.waits = false;
    return open(then.form, goBack);
  }
  goBack();
  if (then) say(then.say ?? "");
}

async function forward(button) {
  const all = document.querySelectorAll("[data-by]");
  all.forEach((one) => { one.disabled = true; });
  say("The clock moves.");
  came = [];
  const then = await send("forward", { by: button.dataset.by });
  if (then?.now) find("now").textContent = then.now;
  // What came last is on its way beside the answer.
  await new Promise((later) => setTimeout(later, 300));
  const news = came.length ? ` New in the channel: ${came.length}.` : "";
  came = null;
  all.forEach((one) => { one.disabled = false; });
  button.focus();
  if (then) say(then.say ?? `The clock has moved.${news}`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.press) press(button);
  else if (button.dataset.by) forward(button);
  else if (button.dataset.try) { line.value = button.dataset.try; line.focus(); close(); }
  else if ("close" in button.dataset) dialog.close();
});

find("who").addEventListener("submit", (event) => {
  event.preventDefault();
  location.search = `?as=${encodeURIComponent(find("person").value)}`;
});

// A browser that goes back brings the choice of the page that was left along.
addEventListener("pageshow", () => { find("person").value = page.as; });

/* Forms. */

function open(html, goBack) {
  dialog.innerHTML = html;
  dialog.showModal();
  dialog.addEventListener("close", goBack, { once: true });
  dialog.querySelector("form").addEventListener("submit", fill);
}

function mark(form, faults) {
  for (const told of form.querySelectorAll("[data-fault]")) {
    const own = faults.filter((fault) => fault.argument === told.dataset.fault);
    told.textContent = own.map((fault) => fault.why).join(" ");
    form.elements[told.dataset.fault]?.setAttribute("aria-invalid", String(own.length > 0));
  }
  const first = faults.find((fault) => form.elements[fault.argument]);
  form.elements[first?.argument]?.focus();
}

async function fill(event) {
  event.preventDefault();
  const form = event.target;
  const values = Object.fromEntries(new FormData(form));
  const then = await send("submit", { id: form.dataset.id, values });
  // Nothing that was written is lost.
  if (!then) mark(form, [{ argument: "", why: find("status").textContent }]);
  else if (then.faults) mark(form, then.faults);
  else { dialog.close(); say(then.say ?? ""); }
}

/* The line, and how it can go on. */

let asked = 0;

function close() {
  choices.hidden = true;
  choices.replaceChildren();
  line.setAttribute("aria-expanded", "false");
  line.removeAttribute("aria-activedescendant");
}

function option(choice, index) {
  const item = document.createElement("li");
  item.id = `choice-${index}`;
  item.role = "option";
  item.dataset.line = choice.line;
  item.setAttribute("aria-selected", "false");
  const about = document.createElement("span");
  about.className = "quiet";
  about.textContent = choice.about && ` ${choice.about}`;
  item.append(choice.label, about);
  return item;
}

function unselect() {
  for (const item of choices.children) item.setAttribute("aria-selected", "false");
  line.removeAttribute("aria-activedescendant");
}

async function suggest() {
  const mine = ++asked;
  // What was chosen was chosen for other words: until the new list is there, Enter sends the line.
  unselect();
  const found = await send("complete", { line: line.value });
  if (mine !== asked || document.activeElement !== line) return;
  if (!found?.length) return close();
  choices.replaceChildren(...found.map(option));
  choices.hidden = false;
  line.setAttribute("aria-expanded", "true");
}

function select(step) {
  const all = [...choices.children];
  const now = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = now < 0 && step < 0 ? all.length - 1 : (now + step + all.length) % all.length;
  all.forEach((item, index) => item.setAttribute("aria-selected", String(index === next)));
  line.setAttribute("aria-activedescendant", all[next].id);
  all[next].scrollIntoView({ block: "nearest" });
}

function choose(item) {
  line.value = item.dataset.line;
  line.focus();
  suggest();
}

line.addEventListener("input", suggest);
line.addEventListener("blur", () => setTimeout(() => document.activeElement !== line && close(), 100));
line.addEventListener("keydown", (event) => {
  if (choices.hidden) return;
  const chosen = choices.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown") select(1);
  else if (event.key === "ArrowUp") select(-1);
  else if (event.key === "Escape") close();
  else if (chosen && (event.key === "Enter" || event.key === "Tab")) choose(chosen);
  else return;
  event.preventDefault();
});
choices.addEventListener("mousedown", (event) => {
  event.preventDefault();
  const item = event.target.closest("li");
  if (item) choose(item);
});

find("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  asked += 1;
  close();
  const then = await send("say", { line: line.value });
  if (!then) return;
  say(then.say ?? "");
  if (!then.say) line.value = "";
});

if (location.search) find("person").focus();
listen();
