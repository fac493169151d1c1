// Single keys, ignored in fields and with modifiers; they can be switched off (WCAG 2.1.4).
import { all, attach, byId, on, one } from '../shared.js';

// To the next stop, or back to the one before; from the last one to the first. What has changes folded is opened.
// compareDocumentPosition says of a stop: 2 it stands before, 4 after, 8 around.
const jump = (selector, way = 12) => () => {
  let here = document.activeElement;
  if (here.contains(one(':target'))) here = one(':target'); // of a page just opened, its address says where one is
  const stops = all(selector);
  const ahead = stops.filter((stop) => (here.compareDocumentPosition(stop) & way) === way - 8);
  const next = (ahead.length ? ahead : stops).at(way / 2 - 6);
  if (next?.matches('.fold')) one('a', next).click();
  else if (next) {
    for (const answer of all('.answer', next)) answer.open = true;
    next.tabIndex += 0; // written down, so that it can have the focus
    next.focus();
    next.scrollIntoView({ block: 'center' });
  }
};

const ACTS = {
  j: jump('.changed, .fold'),
  k: jump('.changed, .fold', 10),
  n: jump('.thread, .to-thread'),
  p: jump('.thread, .to-thread', 10),
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
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !wanted.checked ||
      event.target.closest('input, :read-write, select, dialog')) return;
    event.preventDefault();
    act();
  });
});
