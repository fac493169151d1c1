// Single keys, ignored in fields and with modifiers; they can be switched off (WCAG 2.1.4).
function jump(selector, step) {
  const stops = [...document.querySelectorAll(selector)];
  if (!stops.length) return;
  const at = stops.indexOf(document.activeElement.closest(selector));
  const next = stops.at(at < 0 ? Math.min(step, 0) : (at + step) % stops.length);
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'center' });
}

const find = (selector) => document.querySelector(selector);
const CHANGE = '.redline > .changed, .sides > .changed';
const ACTS = {
  j: () => jump(CHANGE, 1),
  k: () => jump(CHANGE, -1),
  n: () => jump('.thread', 1),
  p: () => jump('.thread', -1),
  c: () => (find('.comment-here') ? find('.comment-here').click() : find('#composer textarea')?.focus()),
  v: () => find('#vote :is(input:not([type=hidden]), button, a)')?.focus(),
  '?': () => find('#shortcuts').showModal(),
};

export default function shortcuts(body) {
  const isOn = () => localStorage.getItem('shortcuts') !== 'off';
  const box = find('[data-shortcuts-switch]');
  box.checked = isOn();
  box.onchange = () => localStorage.setItem('shortcuts', box.checked ? 'on' : 'off');
  body.addEventListener('keydown', (event) => {
    const act = ACTS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
    if (event.target.closest('input, textarea, select, [contenteditable], dialog')) return;
    event.preventDefault();
    act();
  });
}
