// The editor on the page of a draft: a document in the place of the textarea, whose text it keeps as Markdown.
import { EditorView } from 'prosemirror-view';

import { ask } from './asking.js';
import { show, toolbar } from './bar.js';
import { COMMANDS } from './commands.js';
import { parse } from './reading.js';
import { save } from './saving.js';
import { stateOf } from './state.js';
import { marking, nodeViews } from './views.js';

export { COMMANDS, parse, save, stateOf };
export { cleaned } from './paste.js';
export { blocksOf, sameAll } from './tidying.js';

const PAUSE = 400; // milliseconds without a key until the text is written

// The address of a picture of the materials, as seen from the document; '' for one from elsewhere.
function addressesFor({ pictures, path }) {
  return (src) => {
    try {
      const found = new URL(src, new URL(path, 'http://materials.invalid/'));
      if (found.host !== 'materials.invalid') return '';
      return pictures.replace('PICTURE', found.pathname.slice(1));
    } catch { return ''; }
  };
}

class Editor {
  constructor(root) {
    this.root = root;
    this.one = (name) => root.querySelector(`[data-${name}]`);
    this.area = root.querySelector('textarea');
    this.words = JSON.parse(root.dataset.words);
    this.bar = this.one('bar');
    this.due = 0;
    const start = this.start(this.area.value);
    this.view = new EditorView({ mount: this.one('sheet') }, {
      state: start,
      attributes: {
        role: 'textbox', 'aria-multiline': 'true', 'aria-label': this.words.text, class: 'doc', spellcheck: 'true',
        lang: this.area.lang,
      },
      nodeViews: nodeViews({
        words: this.words,
        lock: () => this.one('lock').content.cloneNode(true),
        addressOf: addressesFor(root.dataset),
      }),
      handleKeyDown: (_view, event) => this.key(event),
      handleDOMEvents: { blur: () => { this.write(); return false; } },
      dispatchTransaction: (tr) => this.apply(tr),
    });
    Object.assign(this.view, { lang: this.area.lang, words: this.words });
    this.listen();
    this.turn(localStorage.writing === 'source');
  }

  start(text) {
    this.original = parse(text);
    this.text = text;
    return stateOf(this.original.doc, [marking(this.original.blocks)]);
  }

  listen() {
    toolbar(this.bar, (data) => this.run(data));
    for (const button of this.root.querySelectorAll('[data-show]')) {
      button.onclick = () => {
        localStorage.writing = button.dataset.show;
        this.turn(button.dataset.show === 'source', true);
      };
    }
    const { form } = this.area;
    const write = () => this.write();
    form.addEventListener('submit', write, true);
    form.addEventListener('formdata', ({ formData }) => {
      write();
      formData.set(this.area.name, this.area.value);
    });
    window.addEventListener('beforeunload', write, true);
    document.addEventListener('visibilitychange', write);
    // Another script may have put another text into the field, as a copy kept on this machine.
    form.addEventListener('input', () => {
      if (!this.isSource && this.area.value !== this.text) this.load();
    });
  }

  // Takes the text of the field as the document.
  load() {
    clearTimeout(this.due);
    this.due = 0;
    this.view.updateState(this.start(this.area.value));
    show(this.bar, this.view.state, this.words);
  }

  // Shows the source, or the document.
  turn(isSource, byHand = false) {
    this.write();
    this.isSource = isSource;
    if (!isSource && this.area.value !== this.text) this.load();
    this.one('source').hidden = isSource === false;
    this.one('document').hidden = isSource;
    for (const button of this.root.querySelectorAll('.views [data-show]')) {
      button.setAttribute('aria-pressed', (button.dataset.show === 'source') === isSource);
    }
    this.one('switch').hidden = false;
    this.one('inexact').hidden = true;
    show(this.bar, this.view.state, this.words);
    if (byHand) (isSource ? this.area : this.view).focus();
  }

  run({ command, ask: question }) {
    if (question) return ask(this.view, question, document.getElementById(`ask-${question}`));
    COMMANDS[command].run(this.view.state, this.view.dispatch, this.view);
    return this.view.focus();
  }

  key(event) {
    const isMod = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (isMod && event.key === 'k') this.run({ ask: 'link' });
    else if (event.altKey && event.key === 'F10') this.bar.querySelector('[tabindex="0"]').focus();
    else return false;
    event.preventDefault();
    return true;
  }

  apply(tr) {
    this.view.updateState(this.view.state.apply(tr));
    show(this.bar, this.view.state, this.words);
    if (!tr.docChanged) return;
    clearTimeout(this.due);
    this.due = setTimeout(() => this.write(), PAUSE);
  }

  // Writes the document into the field, and says so to whoever keeps it.
  write() {
    if (!this.due) return;
    clearTimeout(this.due);
    this.due = 0;
    const { text, exact, problem } = save(this.original, this.view.state.doc);
    this.one('inexact').hidden = exact;
    this.one('inexact-block').textContent = (problem?.textContent || '').slice(0, 80);
    if (text === this.text) return;
    this.text = text;
    this.area.value = text;
    this.area.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

for (const root of document.querySelectorAll('[data-editor]')) queueMicrotask(() => new Editor(root));
