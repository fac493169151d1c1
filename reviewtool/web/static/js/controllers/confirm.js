// A binding act is asked twice. On a form: each of its buttons; on a button: that one.
import { attach, on } from '../shared.js';

function make(tag, className, textContent) {
  return Object.assign(document.createElement(tag), { className, textContent });
}

function build({ confirmTitle, confirmText, confirmYes, confirmNo }) {
  const dialog = make('dialog', '', '');
  dialog.setAttribute('aria-label', confirmTitle);
  const answers = make('form', 'row', '');
  answers.method = 'dialog';
  const yes = make('button', 'button primary', confirmYes);
  yes.value = 'yes';
  answers.append(make('button', 'button', confirmNo), yes);
  dialog.append(make('h2', '', confirmTitle), make('p', '', confirmText), answers);
  document.body.append(dialog);
  return dialog;
}

attach('confirm', (element) => {
  const form = element.form || element;
  let agreed = false;
  let dialog = null;
  on(form, 'submit', (event) => {
    const { submitter } = event;
    if (agreed || (element !== form && element !== submitter)) return;
    event.preventDefault();
    dialog ||= build(element.dataset);
    dialog.returnValue = '';
    dialog.onclose = () => {
      agreed = dialog.returnValue === 'yes';
      if (agreed) form.requestSubmit(submitter);
      agreed = false;
    };
    dialog.showModal();
  });
});
