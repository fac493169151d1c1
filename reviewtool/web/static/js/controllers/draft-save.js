// Keeps what is typed into a form on this machine, every 3 s and when a field is left; says so and offers it again.
import { all, attach, on, one } from '../shared.js';

const { lang } = document.documentElement;

function read(place) {
  try { return JSON.parse(localStorage[place]); } catch { return null; }
}

// Returns what draft-send.js needs; `saved` is the text that the page came with or the server has.
export function keepDraft(form) {
  const { dataset } = form;
  const place = `draft:${dataset.key}`;
  const status = one('.save-status', form);
  const fields = all('textarea[name], [type=text]', form);
  const now = () => JSON.stringify(fields.map(({ name, value }) => [name, value]));
  const forget = () => delete localStorage[place];
  let onMachine = now();
  const draft = { forget, keep, leaving: false, now, saved: onMachine, say };

  function say(text, unsaved = false) {
    const time = new Date().toLocaleTimeString(lang, { timeStyle: 'short' });
    status.textContent = text.replace('{time}', time);
    status.classList.toggle('unsaved', unsaved);
  }

  function keep(sent = false) {
    const text = now();
    if (text === onMachine && !sent) return;
    try {
      localStorage[place] = JSON.stringify({ at: Date.now(), sent, text });
      onMachine = text;
      draft.say(dataset.textLocal);
    } catch { draft.say(dataset.textUnsaved, true); }
  }

  const since = Date.now() - 30 * 864e5;
  for (const old of Object.keys(localStorage)) {
    if (old.startsWith('draft:') && !(read(old)?.at > since)) delete localStorage[old];
  }

  const copy = read(place);
  // What was sent has arrived when the answer led here; opened otherwise, the page cannot know.
  const arrived = copy?.sent && performance.getEntriesByType('navigation')[0].redirectCount;
  if (arrived || copy?.text === draft.saved) forget();
  else if (copy && !(copy.at <= Date.parse(dataset.savedAt))) {
    const offer = one('[data-restore]', form);
    offer.hidden = false;
    one('[data-restore-time]', offer).textContent = new Date(copy.at).toLocaleString(lang);
    one('[data-restore-use]', offer).onclick = () => {
      const texts = new Map(JSON.parse(copy.text));
      for (const field of fields) field.value = texts.get(field.name) ?? field.value;
      offer.hidden = true;
      form.dispatchEvent(new Event('input'));
    };
    one('[data-restore-drop]', offer).onclick = () => {
      forget();
      offer.hidden = true;
    };
  }

  let due = 0;
  on(form, 'input', () => {
    draft.say(dataset.textUnsaved, true);
    due ||= setTimeout(() => { due = 0; keep(); }, 3000);
  });
  on(form, 'focusout', () => keep());
  on(form, 'submit', (event) => {
    draft.leaving = !event.defaultPrevented;
    if (draft.leaving) keep(true);
  });
  on(window, 'pageshow', () => { draft.leaving = false; });
  on(window, 'beforeunload', (event) => {
    if (draft.leaving || draft.saved === now()) return;
    keep();
    if (onMachine !== now()) event.preventDefault();
  });
  return draft;
}

attach('draft-save', keepDraft);
