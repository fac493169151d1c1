// Texts compared and merged word by word: the source keeps its own way of writing, only the edited words change.

// Words, runs of blanks, ends of lines, and every other character alone. Every white space is covered, no-break spaces
// too; where one stands between words it is a token of its own, so that replacing a word leaves it.
const TOKEN = /[\p{L}\p{M}\p{N}]+|[^\S\r\n]+|\r\n|\n|\r|[^]/gu;
const MOST_STEPS = 3000;

export const tokens = (text) => text.match(TOKEN) || [];

function common(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [start, end];
}

// Myers' shortest edit script between two lists; null when it is longer than is worth knowing.
function script(a, b) {
  const most = a.length + b.length;
  const middle = most + 1;
  const reach = new Int32Array(2 * most + 3);
  const trace = [];
  for (let d = 0; d <= Math.min(most, MOST_STEPS); d++) {
    trace.push(reach.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach[middle + k - 1] < reach[middle + k + 1]);
      let x = down ? reach[middle + k + 1] : reach[middle + k - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return backwards(trace, a.length, b.length, d);
    }
  }
  return null;
}

function backwards(trace, x, y, steps) {
  const found = [];
  for (let d = steps; d > 0; d--) {
    const reached = (k) => trace[d][k + d + 1];
    const k = x - y;
    const from = k === -d || (k !== d && reached(k - 1) < reached(k + 1)) ? k + 1 : k - 1;
    const [px, py] = [reached(from), reached(from) - from];
    while (x > px && y > py) { x--; y--; }
    found.push([px, x, py, y]);
    [x, y] = [px, py];
  }
  return found.reverse();
}

// What differs between two lists of tokens: [from, to, from, to] in the first and in the second, in order.
export function diff(a, b) {
  const [start, end] = common(a, b);
  const [first, second] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (!first.length && !second.length) return [];
  const steps = (first.length && second.length && script(first, second)) || [[0, first.length, 0, second.length]];
  const found = [];
  for (const step of steps) {
    const last = found.at(-1);
    if (last && last[1] === step[0] && last[3] === step[2]) [, last[1], , last[3]] = step;
    else found.push([...step]);
  }
  return found.map((hunk) => hunk.map((place) => place + start));
}

const meets = (a, b) => (a[0] < b[1] && b[0] < a[1]) ||
  (a[0] === a[1] && b[0] < a[0] && a[0] < b[1]) || (b[0] === b[1] && a[0] < b[0] && b[0] < a[1]);

const near = (a, b, reach) => a[0] <= b[1] + reach && b[0] <= a[1] + reach;

// `base` as both knew it, `source` as it is written, `wanted` as it was edited. Where both changed the same words the
// edited ones stand. `reach`: so many words around an edit are written as wanted; `editsFirst`: at one place what was
// edited comes before the way of writing, as the end of a bold word before the end of its line.
export function merge(base, source, wanted, { reach = 0, editsFirst = false } = {}) {
  if (base === source) return wanted;
  if (base === wanted) return source;
  const old = tokens(base);
  const sides = [tokens(source), tokens(wanted)];
  const [style, edits] = sides.map((side) => diff(old, side));
  const kept = style.filter((hunk) => !edits.some((edit) => (reach ? near(hunk, edit, reach) : meets(hunk, edit))));
  const hunks = [...kept.map((hunk) => [hunk, 0]), ...edits.map((hunk) => [hunk, 1])]
    .sort(([a, sideA], [b, sideB]) => a[0] - b[0] || a[1] - b[1] || (editsFirst ? sideB - sideA : sideA - sideB));
  let at = 0;
  const out = [];
  for (const [[from, to, start, end], side] of hunks) {
    out.push(...old.slice(at, from), ...sides[side].slice(start, end));
    at = to;
  }
  return [...out, ...old.slice(at)].join('');
}
