// A passage selected in the redline, with mouse, touch or keyboard, becomes the passage of the comment form.
const CONTEXT = 32; // characters on either side: prefix and suffix of a W3C TextQuoteSelector
const NOT_TEXT = 'del, .num, .thread, .more, .redline-note, .visually-hidden';

// The new text as it is read, before, in and after the selection, with single blanks.
function cut(root, range) {
  let text = '';
  let start = -1;
  let end = 0;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(NOT_TEXT)) continue;
    if (range.intersectsNode(node)) {
      if (start < 0) start = text.length + (node === range.startContainer ? range.startOffset : 0);
      end = text.length + (node === range.endContainer ? range.endOffset : node.length);
    }
    text += node.data;
  }
  return [text.slice(0, start), text.slice(start, end), text.slice(end)].map((part) => part.replace(/\s+/g, ' '));
}

function find(redline) {
  const selection = getSelection();
  if (selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const from = range.startContainer.parentElement;
  const root = from.closest('[data-path]');
  if (!root || !redline.contains(from) || from.closest('.thread')) return null;
  const [before, quote, after] = cut(root, range);
  if (!quote.trim()) return null;
  const values = { quote: quote.trim(), prefix: before.slice(-CONTEXT), suffix: after.slice(0, CONTEXT), path: root.dataset.path };
  return { range, values, chunk: from.closest('.doc') };
}

export default function passageComment(redline) {
  const form = document.getElementById(redline.dataset.composer);
  const shown = form.querySelector('[data-passage-shown]');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button mini comment-here';
  button.textContent = redline.dataset.label;
  let passage = null;

  function fill(values) {
    for (const name of ['quote', 'prefix', 'suffix', 'path']) form.elements[name].value = values[name] || '';
    shown.hidden = !values.quote;
    shown.querySelector('[data-quote]').textContent = values.quote;
  }

  function offer() {
    if (document.activeElement === button) return;
    passage = find(redline);
    if (!passage) return button.remove();
    passage.chunk.after(button); // the next stop of the Tab key
    const box = redline.getBoundingClientRect();
    const at = passage.range.getBoundingClientRect();
    button.style.top = `${at.bottom - box.top + 6}px`;
    button.style.left = `${Math.max(4, Math.min(at.left - box.left, box.width - button.offsetWidth - 4))}px`;
  }

  let due = 0;
  document.addEventListener('selectionchange', () => {
    clearTimeout(due);
    due = setTimeout(offer, 150);
  });
  button.onpointerdown = (event) => event.preventDefault(); // keeps the selection
  button.onclick = () => {
    fill(passage.values);
    button.remove();
    form.scrollIntoView({ block: 'center' });
    form.querySelector('textarea').focus({ preventScroll: true });
  };
  form.querySelector('[data-passage-clear]').onclick = () => fill({});
  fill(Object.fromEntries(new FormData(form)));
}
