// Marks for those who do not know them by heart. One tab stop, arrows inside (ARIA toolbar pattern).
import { all, attach, byId, on } from '../shared.js';

const LINES = { heading: () => '## ', list: () => '- ', numbers: (index) => `${index + 1}. `, quote: () => '> ' };
const WRAPS = { bold: ['**', '**'], italic: ['*', '*'], link: ['[', '](https://)'] };
const KEYS = { b: 'bold', i: 'italic', k: 'link' };

attach('markdown-toolbar', (bar) => {
  const area = byId(bar.getAttribute('aria-controls'));
  const { textWord, textColumn } = bar.dataset;
  const buttons = all('button', bar);

  // Puts text between start and end and selects `inner` in it, or nothing after it.
  function put(start, end, text, inner = '') {
    area.focus();
    area.setSelectionRange(start, end);
    // execCommand keeps the undo history, which setRangeText empties.
    if (!document.execCommand('insertText', false, text)) area.setRangeText(text, start, end, 'end');
    const at = start + (inner ? text.lastIndexOf(inner) : text.length);
    area.setSelectionRange(at, at + inner.length);
  }

  function apply(name) {
    const { selectionStart: start, selectionEnd: end, value } = area;
    const stop = (value + '\n').indexOf('\n', end); // the end of the last selected line
    if (name in WRAPS) {
      const inner = value.slice(start, end) || textWord;
      put(start, end, WRAPS[name].join(inner), inner);
    } else if (name in LINES) {
      const first = value.lastIndexOf('\n', start - 1) + 1;
      const marked = value.slice(first, stop).split('\n').map((line, index) => LINES[name](index) + line);
      put(first, stop, marked.join('\n'));
    } else if (name === 'table') {
      const rows = [textColumn, '---', ' '].map((cell) => `| ${cell} | ${cell} |`);
      put(stop, stop, `\n\n${rows.join('\n')}\n`);
    } else {
      const taken = [...value.matchAll(/\[\^(\d+)\]/g)].map((match) => Number(match[1]));
      const mark = `[^${Math.max(0, ...taken) + 1}]`;
      put(end, end, mark);
      put(area.value.length, area.value.length, `\n\n${mark}: ${textWord}\n`, textWord);
    }
  }

  function goTo(button) {
    for (const other of buttons) other.tabIndex = other === button ? 0 : -1;
  }

  bar.hidden = false;
  goTo(buttons[0]);
  on(bar, 'click', (event) => {
    const button = event.target.closest('button');
    if (button) apply(button.dataset.format);
  });
  on(bar, 'keydown', (event) => {
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const button = buttons.at(next % buttons.length);
    goTo(button);
    button.focus();
  });
  on(area, 'keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !KEYS[event.key]) return;
    event.preventDefault();
    apply(KEYS[event.key]);
  });
});
