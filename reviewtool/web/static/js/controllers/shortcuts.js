// Single keys, ignored in fields and with modifiers; they can be switched off (WCAG 2.1.4).
import { all, attach, byId, on, one } from '../shared.js';

function jump(selector, step) {
  const stops = all(selector);
  if (!stops.length) return;
  const at = stops.indexOf(document.activeElement.closest(selector));
  const next = stops.at(at < 0 ? Math.min(step, 0) : (at + step) % stops.length);
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'center' });
}

const CHANGE = ':is(.redline, .sides, .source) > .changed';
const ACTS = {
  j: () => jump(CHANGE, 1),
  k: () => jump(CHANGE, -1),
  n: () => jump('.thread', 1),
  p: () => jump('.thread', -1),
  c: () => { one('.comment-here')?.click(); one('#composer textarea')?.focus(); },
  v: () => one('#vote :is(input:not([type=hidden]), button, a)')?.focus(),
  '?': () => byId('shortcuts').showModal(),
};

attach('shortcuts', (body) => {
  for (const item of all('.js')) item.hidden = false; // what says or does nothing without scripts
  one('button.js').onclick = ACTS['?'];
  const wanted = one('#shortcuts input');
  wanted.checked = localStorage.shortcuts !== 'off';
  wanted.onchange = () => { localStorage.shortcuts = wanted.checked ? 'on' : 'off'; };
  on(body, 'keydown', (event) => {
    const act = ACTS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !wanted.checked) return;
    if (event.target.closest('input, textarea, select, [contenteditable], dialog')) return;
    event.preventDefault();
    act();
  });
});
