// A draft is kept in this browser as every form, and on the server too: every 20 s, when a field or the page is left.
import { all, attach, on, one } from '../shared.js';
import { keepTyped, say } from './keeping.js';

attach('draft-send', (form) => {
  const { dataset } = form;
  const line = one('.save-status', form);
  const kept = keepTyped(form, dataset.key, (base, mark) => {
    form.elements.base.value = base;
    form.elements.kept.value = mark;
    form.requestSubmit(one('[data-recover]', form));
  });
  let due = 0;
  let sent = Promise.resolve();
  let stale = 'unsaved' in dataset; // another text is on the server: only its author's press replaces that

  function told(words) {
    kept.keep();
    say(line, words, true);
  }

  // Signed in again in another tab: the forms of this page need the token of the new session.
  async function renewed() {
    const answer = await fetch(dataset.tokenUrl);
    if (!answer.ok || answer.redirected) return false;
    const token = await answer.text();
    for (const field of all('[name=csrf_token]')) field.value = token;
    return true;
  }

  async function post() {
    return fetch(dataset.saveUrl, { method: 'POST', body: new FormData(form) });
  }

  async function sendNow() {
    const text = kept.now();
    if (stale || kept.leaving || text === kept.saved) return;
    try {
      let answer = await post();
      const plain = () => /^text\/plain/.test(answer.headers.get('Content-Type'));
      if ((answer.status === 400 || answer.status === 401) && !plain() && (await renewed())) answer = await post();
      if (answer.status === 204) {
        kept.saved = text;
        if (!kept.dirty()) kept.forget();
        return say(line, dataset.textServer);
      }
      if (answer.status === 401) return told(dataset.textSession);
      stale = answer.status === 409;
      told(stale ? dataset.textStale : `${dataset.textRefused} ${plain() ? await answer.text() : ''}`);
    } catch {
      told(dataset.textOffline);
    }
  }

  // One after the other: an older text must not arrive last.
  const send = () => { sent = sent.then(sendNow); };
  const later = () => { due ||= setTimeout(() => { due = 0; send(); if (kept.dirty()) later(); }, 20000); };

  on(form, 'input', later);
  on(form, 'focusout', send);
  on(window, 'online', send);
  on(window, 'focus', send);
  on(window, 'visibilitychange', send);
  if (kept.dirty()) later();
});
