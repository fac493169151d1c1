// Keeps what is typed into a form in this browser, every 3 s and when a field is left, until the server has taken it.
import { all, attach, byId, marked, on, one } from '../shared.js';

const { lang } = document.documentElement;
const { dataset: page } = document.body;
const [offer, status] = byId('keeping')?.content.children || [];
const AREAS = 'textarea[name]:not([hidden], [readonly])';

export function say(line, words, unsaved) {
  line.textContent = words.replace('{time}', new Date().toLocaleTimeString(lang, { timeStyle: 'short' }));
  line.classList.toggle('unsaved', !!unsaved);
}

// The first field that was kept with other words: some of its letters from there on.
function differing(typed, shown) {
  const field = typed.findIndex((value, index) => value !== shown[index]);
  const [text, other] = [typed[field] ?? '', shown[field]];
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return `${at ? '… ' : ''}${text.slice(at, at + 200)}`;
}

// `key` names the form, `recover` shows a copy that was put into it. Returns what draft-send.js needs.
export function keepTyped(form, key, recover) {
  const fields = all(AREAS + ', [type=text]', form);
  const text = (what) => JSON.stringify(fields.map((field) => [field.name, field[what]]));
  const start = `typed:${page.person}:${key}|`;
  const mark = marked(form);
  const shown = text('defaultValue');
  const kept = { dirty: () => kept.now() !== kept.saved, forget, keep, now: () => text('value') };
  let line = one('.save-status', form);
  let here = kept.saved = 'unsaved' in form.dataset ? '' : shown;
  mark.value = form.dataset.unsaved || mark.value;

  function forget() {
    delete localStorage[start + mark.value];
    here = '';
  }

  function keep() {
    const typed = kept.now();
    if (typed === kept.saved) return forget();
    if (typed === here) return;
    line ||= form.appendChild(status.cloneNode());
    try {
      localStorage[start + mark.value] = JSON.stringify({ at: Date.now(), base: form.elements.base?.value, typed });
      here = typed;
      say(line, form.dataset.textLocal || line.dataset.here);
    } catch { say(line, form.dataset.textUnsaved || line.dataset.nowhere, true); }
  }

  // Copies of pages that are gone, or of another tab; one that the page shows again after an error becomes its own.
  function offerCopy() {
    for (const place of Object.keys(localStorage)) {
      if (!place.startsWith(start) || place === start + mark.value) continue;
      const { at, base, typed } = JSON.parse(localStorage[place]);
      if (typed === shown) {
        if (one('.error-summary')) {
          mark.value = place.slice(start.length);
          here = typed;
          kept.saved = '';
        } else delete localStorage[place];
        continue;
      }
      const box = offer.cloneNode(true);
      const [use, drop] = all('button', box);
      const texts = new Map(JSON.parse(typed));
      one('b', box).textContent = new Date(at).toLocaleString(lang);
      one('q', box).textContent = differing(fields.map(({ name }) => texts.get(name) ?? ''), fields.map((f) => f.value));
      const done = () => {
        delete localStorage[place];
        box.remove();
        offerCopy();
      };
      use.onclick = () => {
        for (const field of fields) field.value = texts.get(field.name) ?? field.value;
        if (recover) return recover(base, place.slice(start.length));
        keep();
        done();
      };
      drop.onclick = done;
      form.prepend(box);
      for (let outer = form; (outer = outer.parentElement.closest('details')); ) outer.open = true;
      return;
    }
  }

  offerCopy();
  let due = 0;
  const later = () => { due ||= setTimeout(() => { due = 0; keep(); }, 3000); };
  on(form, 'input', () => {
    if (line) say(line, form.dataset.textUnsaved || status.dataset.nowhere, true);
    later();
  });
  on(form, 'focusout', keep);
  on(form, 'submit', ({ defaultPrevented }) => {
    kept.leaving = !defaultPrevented;
    keep();
  });
  on(window, 'pageshow', ({ persisted }) => {
    kept.leaving = false;
    if (persisted) mark.value = Math.random().toString(36).slice(2); // what is typed now was not taken with the rest
  });
  on(window, 'visibilitychange', keep);
  on(window, 'beforeunload', (event) => {
    keep();
    if (kept.dirty() && here !== kept.now() && !kept.leaving) event.preventDefault();
  });
  if (kept.dirty()) later();
  return kept;
}

attach('keeping', (body) => {
  const since = Date.now() - 30 * 864e5;
  for (const place of Object.keys(localStorage)) {
    if (!place.startsWith('typed:')) continue;
    if (!(JSON.parse(localStorage[place]).at > since)) delete localStorage[place];
  }
  for (const form of all('form[method=post]:not([data-key])', body)) {
    if (one(AREAS, form)) keepTyped(form, `${form.getAttribute('action')} ${all(AREAS, form).map(({ name }) => name)}`);
  }
});
