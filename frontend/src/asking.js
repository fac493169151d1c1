// What is asked in a dialog of the page: the address of a link, a picture, a footnote, the title of a box.
import { around, linkAt, selected } from './commands.js';
import { md } from './dialect.js';
import { schema } from './schema.js';

const { nodes, marks } = schema;
const escapeAlt = (text) => text.replace(/[[\]\\]/g, '\\$&').replace(/\s+/g, ' ').trim();
const unescapeAlt = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, '$1');
const isAddress = (text) => !!text && md.validateLink(text);

// The number after the highest one in the document.
function nextLabel(doc) {
  let highest = 0;
  doc.descendants(({ type, attrs: { label } }) => {
    if ([nodes.footnote, nodes.footnote_ref].includes(type)) highest = Math.max(highest, Number(label) || 0);
  });
  return String(highest + 1);
}

// Each: what its fields begin with, and the transaction of what was answered, or the name of the field that is wrong.
const QUESTIONS = {
  link: {
    begin: (state) => {
      const found = linkAt(state);
      const { from, to } = found || state.selection;
      return { address: found?.mark.attrs.href || '', words: state.doc.textBetween(from, to), has: !!found };
    },
    answer: (state, { address, words }, remove) => {
      const found = linkAt(state);
      const { from, to } = found || state.selection;
      if (remove) return state.tr.removeMark(from, to, marks.link);
      if (!isAddress(address)) return 'address';
      const mark = marks.link.create({ href: address, title: found?.mark.attrs.title || '' });
      const tr = state.tr;
      if (words && words !== state.doc.textBetween(from, to)) tr.insertText(words, from, to);
      else if (from === to) tr.insertText(address, from, to);
      const end = tr.mapping.map(to);
      return tr.removeMark(from, end, marks.link).addMark(from, end, mark).removeStoredMark(marks.link);
    },
  },
  image: {
    begin: (state) => {
      const { src, alt } = selected(state, nodes.image) ? state.selection.node.attrs : { src: '', alt: '' };
      return { address: src, words: unescapeAlt(alt) };
    },
    answer: (state, { address, words }) => {
      if (!isAddress(address)) return 'address';
      if (!words) return 'words';
      const title = selected(state, nodes.image) ? state.selection.node.attrs.title : '';
      return state.tr.replaceSelectionWith(nodes.image.create({ src: address, alt: escapeAlt(words), title }));
    },
  },
  footnote: {
    begin: () => ({ words: '' }),
    answer: (state, { words }) => {
      if (!words) return 'words';
      const label = nextLabel(state.doc);
      const text = nodes.paragraph.create(null, schema.text(words));
      const tr = state.tr.insert(state.selection.to, nodes.footnote_ref.create({ label }));
      return tr.insert(tr.doc.content.size, nodes.footnote.create({ label }, text));
    },
  },
  title: {
    begin: (state) => ({ words: around(state, nodes.container).node.attrs.title }),
    answer: (state, { words }) => {
      const { at, node } = around(state, nodes.container);
      return state.tr.setNodeMarkup(at, null, { ...node.attrs, title: words });
    },
  },
};

// Sends a picture from the person's machine to the draft; the answer says under which address a text shows it.
async function sent(picker, words) {
  const body = new FormData();
  body.set('file', picker.files[0]);
  body.set('alternative', words);
  body.set('csrf_token', document.querySelector('[name=csrf_token]').value);
  try {
    const answer = await fetch(picker.dataset.send, { method: 'POST', body, headers: { Accept: 'application/json' } });
    return await answer.json();
  } catch { return { error: picker.dataset.unsent }; }
}

// Opens the dialog of a question; what is answered is dispatched, a wrong field is shown and nothing is lost.
export function ask(view, name, dialog) {
  const { begin, answer } = QUESTIONS[name];
  const picker = dialog.querySelector('[type=file]');
  const fields = [...dialog.querySelectorAll('input:not([type=hidden], [type=file]), textarea')];
  const given = begin(view.state);
  const remove = dialog.querySelector('[value=remove]');
  for (const field of fields) field.value = given[field.name] ?? '';
  if (remove) remove.hidden = !given.has;
  const complain = (wrong) => {
    for (const message of dialog.querySelectorAll('[data-wrong]')) message.hidden = message.dataset.wrong !== wrong;
    for (const field of fields) field.toggleAttribute('aria-invalid', field.name === wrong);
    fields.find((field) => field.name === wrong)?.focus();
  };
  complain('');
  if (picker) picker.value = '';
  dialog.querySelector('form').onsubmit = async (event) => {
    const way = event.submitter?.value;
    event.preventDefault();
    if (way === 'cancel') return dialog.close();
    const said = Object.fromEntries(fields.map(({ name: key, value }) => [key, value.replace(/\s+/g, ' ').trim()]));
    if (picker?.files.length) {
      if (!said.words) return complain('words');
      const { path, error } = await sent(picker, said.words);
      dialog.querySelector('[data-wrong=file] span').textContent = error || '';
      if (error) return complain('file');
      said.address = path;
    }
    const found = answer(view.state, said, way === 'remove');
    if (typeof found === 'string') return complain(found);
    dialog.close();
    view.focus(); // at once: the event of its closing comes later, and keys that were pressed since would be lost
    return view.dispatch(found.scrollIntoView());
  };
  dialog.onclose = () => view.focus();
  dialog.showModal();
}
