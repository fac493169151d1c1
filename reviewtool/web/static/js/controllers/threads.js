// Threads in the margin: each at the height of its passage, none over another. Below 60 rem they stay in the text.
export default function threads(redline) {
  const wide = matchMedia('(min-width: 60rem)');
  const list = [...redline.querySelectorAll(':scope > .thread')];
  const passageOf = (thread) => document.getElementById(thread.dataset.passage);

  function place() {
    redline.classList.toggle('placed', wide.matches);
    // All reads before all writes: one layout, however many threads there are.
    const origin = redline.getBoundingClientRect().top + 10;
    const wishes = list.map((thread) => (passageOf(thread)?.getBoundingClientRect().top ?? 0) - origin);
    const heights = list.map((thread) => thread.offsetHeight);
    let free = 0;
    list.forEach((thread, index) => {
      const top = Math.max(wishes[index], free);
      thread.style.top = wide.matches ? `${top}px` : '';
      free = top + heights[index] + 12;
    });
    redline.style.minHeight = wide.matches ? `${free}px` : '';
  }

  const observer = new ResizeObserver(() => requestAnimationFrame(place));
  for (const element of [redline, ...list]) observer.observe(element);

  function activate(active) {
    for (const thread of list) {
      thread.classList.toggle('active', thread === active);
      passageOf(thread)?.classList.toggle('on', thread === active);
    }
  }
  redline.addEventListener('focusin', ({ target }) => {
    const thread = target.closest('.thread') || list.find(({ id }) => `#${id}` === target.hash);
    if (thread) activate(thread);
  });
}
