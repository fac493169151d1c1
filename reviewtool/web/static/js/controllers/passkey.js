// Lets the browser make a passkey, or sign with one, and sends the form with what it answered.
import { attach, on, one } from '../shared.js';

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (each) => each.charCodeAt());
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
const read = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

function asked(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) {
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = read(options.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = read(options.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

function answered({ id, rawId, type, response }) {
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) said[name] = text(response[name]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: said });
}

attach('passkey', (part) => {
  if (!window.PublicKeyCredential) return;
  const [button, needs, status] = ['button', '.needs', '[role=status]'].map((query) => one(query, part));
  const { form } = button;
  needs.hidden = true;
  button.hidden = false;
  on(button, 'click', async () => {
    status.hidden = true;
    try {
      one('[type=hidden]', part).value = answered(await asked(JSON.parse(part.dataset.options)));
    } catch {
      status.hidden = false; // refused, too late, or none of this site
      return;
    }
    form.noValidate = true;
    form.requestSubmit();
  });
});
