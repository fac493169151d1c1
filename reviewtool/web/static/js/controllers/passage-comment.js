// A passage selected in the redline, with mouse, touch or keyboard, becomes the passage of the comment form.
import { attach, box, byId, on, one } from '../shared.js';

// The selected text as it is read, with 32 characters on either side: prefix and suffix of a W3C TextQuoteSelector.
// Runs of white space are one blank.
function find(redline) {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const from = range.startContainer.parentElement;
  if (!redline.contains(from) || from.closest('.thread')) return;
  let text = '';
  let start;
  let end = 0;
  const walker = document.createTreeWalker(redline, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    if (node.parentElement.closest('del, .num, .thread, .more, .redline-note, .visually-hidden')) continue;
    if (range.intersectsNode(node)) {
      start ??= text.length + (node === range.startContainer ? range.startOffset : 0);
      end = text.length + (node === range.endContainer ? range.endOffset : node.length);
    }
    text += node.data;
  }
  const part = (first, last) => text.slice(first, last).replace(/\s+/g, ' ');
  const quote = part(start, end).trim();
  const prefix = part(0, start).slice(-32);
  return quote && { quote, prefix, suffix: part(end).slice(0, 32), path: redline.dataset.path, from, range };
}

attach('passage-comment', (redline) => {
  const form = byId(redline.dataset.composer);
  const button = document.createElement('button');
  const shown = one('[data-quote]', form);
  let passage;
  button.className = 'button mini comment-here';
  button.textContent = redline.dataset.label;

  function fill(given) {
    for (const name of ['quote', 'prefix', 'suffix', 'path']) form.elements[name].value = given[name] || '';
    shown.parentElement.hidden = !given.quote;
    shown.textContent = given.quote;
    shown.lang = one('option:checked', form).lang;
  }

  function offer() {
    if (document.activeElement === button) return;
    passage = find(redline);
    if (!passage) return button.remove();
    passage.from.closest('.doc').after(button); // the next stop of the Tab key
    const { bottom, left } = box(passage.range);
    button.style.top = `${bottom - box(redline).top + 6}px`;
    button.style.left = `clamp(4px, ${left - box(redline).left}px, 100% - ${button.offsetWidth + 4}px)`;
  }

  let due;
  on(document, 'selectionchange', () => {
    clearTimeout(due);
    due = setTimeout(offer, 150);
  });
  button.onpointerdown = () => false; // keeps the selection
  button.onclick = () => {
    fill(passage);
    button.remove();
    one('textarea', form).focus();
    form.scrollIntoView({ block: 'center' });
  };
  one('[data-passage-clear]', form).onclick = () => fill({});
  fill(Object.fromEntries(new FormData(form)));
});
