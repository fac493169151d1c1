// What every page has: menus that close, forms that are sent once, errors that are read first.
import { all, attach, marked, on, one } from '../shared.js';

attach('page', (body) => {
  on(body, 'click', ({ target }) => {
    for (const menu of all('.menu[open]')) menu.open = menu.contains(target);
  });
  on(body, 'keydown', ({ key, target }) => {
    const menu = key === 'Escape' && target.closest('.menu[open]');
    if (!menu) return;
    menu.open = false;
    menu.firstElementChild.focus();
  });

  let sent = [];
  const disable = (disabled) => {
    for (const field of sent) if (field.type === 'submit') field.disabled = disabled;
  };
  on(body, 'submit', ({ defaultPrevented, target }) => {
    if (defaultPrevented || target.method !== 'post') return;
    marked(target);
    sent = target.elements;
    setTimeout(disable, 0, true); // once the browser has collected the form: a disabled button is not part of it
  });
  on(window, 'pageshow', () => disable(false));
  one('.error-summary')?.focus();

  // What keeps typed texts is loaded when somebody types, or has typed.
  const { keeping, taken } = body.dataset;
  const load = () => { if (keeping) import(keeping).catch(() => {}); }; // no connection: asked for at the next key
  const copies = Object.keys(localStorage).filter((place) => place.startsWith('typed:'));
  for (const place of copies) if (taken && place.endsWith(`|${taken}`)) delete localStorage[place];
  if (copies.length) load();
  for (const type of ['focusin', 'input']) on(body, type, ({ target }) => { if (target.form?.method === 'post') load(); });
});
