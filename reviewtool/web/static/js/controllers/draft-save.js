// Keeps what is typed: on this machine every 3 s, on the server every 20 s and when a field is left. Says where it is.
const MONTH = 30 * 24 * 3600 * 1000;
const lang = document.documentElement.lang;

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

export default function draftSave(form) {
  const { saveUrl, savedAt, key: name, ...texts } = form.dataset;
  const key = `draft:${name}`;
  const status = form.querySelector('[data-save-status]');
  const fields = [...form.querySelectorAll('textarea[name], input[type=text][name]')];
  const now = () => JSON.stringify(fields.map((field) => [field.name, field.value]));
  let onServer = now();
  let onMachine = onServer;
  let leaving = false;
  let stale = false;

  function say(text, unsaved = false) {
    const time = new Date().toLocaleTimeString(lang, { timeStyle: 'short' });
    status.textContent = (stale ? texts.textStale : text || '').replace('{time}', time);
    status.classList.toggle('unsaved', unsaved || stale);
  }

  function keepHere(sent = false) {
    const text = now();
    if (text === onMachine && !sent) return;
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), sent, text }));
      onMachine = text;
      say(texts.textLocal);
    } catch { say(texts.textUnsaved, true); }
  }

  async function keepThere() {
    const text = now();
    if (!saveUrl || stale || leaving || text === onServer) return;
    const body = new FormData(form);
    for (const field of form.querySelectorAll('[type=file]')) body.delete(field.name);
    try {
      const answer = await fetch(saveUrl, { method: 'POST', body });
      stale = answer.status === 409;
      if (stale) return say();
      if (!answer.ok || answer.redirected) throw new Error('not kept');
      onServer = text;
      if (now() === text) localStorage.removeItem(key);
      say(texts.textServer);
    } catch {
      keepHere();
      say(texts.textOffline, true);
    }
  }

  function offerCopy() {
    const copy = read(key);
    const box = form.querySelector('[data-restore]');
    // What was sent and led to a new page has arrived; after "back" or "reload" it may not have.
    const arrived = copy?.sent && performance.getEntriesByType('navigation')[0]?.type === 'navigate';
    if (!copy || arrived || copy.text === onServer) return localStorage.removeItem(key);
    if (!box || copy.at <= Date.parse(savedAt)) return;
    box.hidden = false;
    box.querySelector('[data-restore-time]').textContent = new Date(copy.at).toLocaleString(lang);
    box.querySelector('[data-restore-use]').onclick = () => {
      const kept = new Map(JSON.parse(copy.text));
      for (const field of fields) field.value = kept.get(field.name) ?? field.value;
      box.hidden = true;
      changed();
    };
    box.querySelector('[data-restore-drop]').onclick = () => {
      localStorage.removeItem(key);
      box.hidden = true;
    };
  }

  const due = {};
  function later(act, wait) {
    due[wait] ||= setTimeout(() => { due[wait] = 0; act(); }, wait);
  }
  function changed() {
    say(texts.textUnsaved, true);
    later(keepHere, 3000);
    later(keepThere, 20000);
  }

  for (const old of Object.keys(localStorage)) {
    if (old.startsWith('draft:') && !(read(old)?.at > Date.now() - MONTH)) localStorage.removeItem(old);
  }
  offerCopy();
  form.addEventListener('input', changed);
  form.addEventListener('focusout', () => { keepHere(); keepThere(); });
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    keepHere(true);
  });
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('online', keepThere);
  addEventListener('beforeunload', (event) => {
    if (leaving || [onServer, onMachine].includes(now())) return;
    keepHere();
    if (onMachine !== now()) event.preventDefault();
  });
}
