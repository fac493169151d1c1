// The toolbar: one tab stop with arrow keys inside (ARIA toolbar pattern), menus that close, buttons that say what holds.
import { COMMANDS, PLACES } from './commands.js';

export function toolbar(bar, run) {
  const all = () => [...bar.querySelectorAll('button, summary')].filter((each) => each.checkVisibility());
  const goTo = (stop) => {
    for (const each of bar.querySelectorAll('button, summary')) each.tabIndex = each === stop ? 0 : -1;
  };
  goTo(bar.querySelector('button, summary'));
  bar.addEventListener('mousedown', (event) => {
    if (event.target.closest('button')) event.preventDefault(); // the selection stays in the text
  });
  bar.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    for (const menu of bar.querySelectorAll('details[open]')) menu.open = false;
    run(button.dataset);
  });
  bar.addEventListener('focusin', ({ target }) => { if (target.matches('button, summary')) goTo(target); });
  bar.addEventListener('keydown', (event) => {
    const stops = all();
    const at = stops.indexOf(document.activeElement);
    const inMenu = document.activeElement.closest('.menu-list');
    const [ahead, back] = inMenu ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft'];
    const next = { [ahead]: at + 1, [back]: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    stops.at(next % stops.length).focus();
  });
}

// Shows what holds where the cursor stands.
export function show(bar, state, words) {
  for (const button of bar.querySelectorAll('[data-command]')) {
    const { holds } = COMMANDS[button.dataset.command];
    if (holds) button.setAttribute('aria-pressed', holds(state));
  }
  for (const name of ['undo', 'redo']) {
    for (const button of bar.querySelectorAll(`[data-command=${name}]`)) {
      button.setAttribute('aria-disabled', !COMMANDS[name].run(state));
    }
  }
  for (const part of bar.querySelectorAll('[data-place]')) part.hidden = !PLACES[part.dataset.place](state);
  const current = [...bar.querySelectorAll('[data-kind] [data-command]')].find((each) => each.ariaPressed === 'true');
  const label = bar.querySelector('[data-kind-now]');
  if (label) label.textContent = current?.textContent.trim() || words.other;
}
