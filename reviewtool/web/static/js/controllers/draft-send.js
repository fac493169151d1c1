// A draft is kept on this machine as everywhere, and on the server too: every 20 s and when a field is left.
import { attach, on } from '../shared.js';
import { keepDraft } from './draft-save.js';

attach('draft-send', (form) => {
  const draft = keepDraft(form);
  const { say } = draft;
  let due = 0;
  let sent = Promise.resolve();
  let stale = false;

  // Another window has saved since: from now on that is all there is to say.
  function stop() {
    stale = true;
    draft.say = () => say(form.dataset.textStale, true);
    draft.say();
  }

  async function sendNow() {
    const text = draft.now();
    if (stale || draft.leaving || text === draft.saved) return;
    try {
      const answer = await fetch(form.dataset.saveUrl, { method: 'POST', body: new FormData(form) });
      if (answer.status === 409) return stop();
      if (!answer.ok || answer.redirected) throw new Error('not kept');
      draft.saved = text;
      if (draft.now() === text) draft.forget();
      draft.say(form.dataset.textServer);
    } catch {
      draft.keep();
      draft.say(form.dataset.textOffline, true);
    }
  }

  // One after the other: an older text must not arrive last.
  const send = () => { sent = sent.then(sendNow); };

  on(form, 'input', () => { due ||= setTimeout(() => { due = 0; send(); }, 20000); });
  on(form, 'focusout', send);
  on(window, 'online', send);
});
