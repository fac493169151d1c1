// Threads in the margin: each at the height of its passage, none over another. Below 60 rem they stay in the text.
import { all, attach, box, byId, on } from '../shared.js';

attach('threads', (redline) => {
  const wide = matchMedia('(min-width: 60rem)');
  const threads = all(':scope > .thread', redline);
  const passageOf = ({ dataset }) => byId(dataset.passage);

  function place() {
    redline.classList.toggle('placed', wide.matches);
    // All reads before all writes: one layout, however many threads there are.
    const origin = box(redline).top + 10;
    const places = threads.map((thread) => [thread, box(passageOf(thread) ?? redline).top - origin, thread.offsetHeight]);
    let free = 0;
    for (const [{ style }, wish, height] of places) {
      free = Math.max(free, wish);
      style.top = `${free}px`; // says nothing to a thread that stays in the text
      free += height + 12;
    }
    redline.style.minHeight = wide.matches ? `${free}px` : '';
  }

  const observer = new ResizeObserver(() => requestAnimationFrame(place));
  for (const element of [redline, ...threads]) observer.observe(element);

  on(redline, 'focusin', ({ target }) => {
    const active = target.closest('.thread') || threads.find(({ id }) => `#${id}` === target.hash);
    if (!active) return;
    for (const thread of threads) {
      thread.classList.toggle('active', thread === active);
      passageOf(thread)?.classList.toggle('on', thread === active);
    }
  });
});
