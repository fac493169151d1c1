// The block-preserving save: what was not edited keeps its bytes, an edited block keeps its way of writing, and the
// whole file is read again before anybody gets it.
import { read, parse } from './reading.js';
import { schema } from './schema.js';
import { blocksOf, sameAll, same, tidied } from './tidying.js';
import { merge } from './words.js';
import { opening, row, write } from './writing.js';

const { nodes } = schema;
// The ways of merging and writing an edited block, tried in turn until one reads back as it was edited.
const HOW = [{}, { underscores: true }, { careful: true }, { careful: true, underscores: true }];
const WAYS = [0, 3, 12, 40].flatMap((reach) => HOW.flatMap((how) => (
  [false, true].map((editsFirst) => ({ ...how, reach, editsFirst })))));

// Pairs of places of the longest common run of the same nodes in both lists.
function align(a, b) {
  const pairs = [];
  let start = 0;
  for (; start < a.length && start < b.length && same(a[start], b[start]); start++) pairs.push([start, start]);
  let end = 0;
  const [n, m] = [a.length - start, b.length - start];
  while (end < n && end < m && same(a.at(-1 - end), b.at(-1 - end))) end++;
  const [rows, columns] = [n - end, m - end];
  const longest = Array.from({ length: rows + 1 }, () => new Int32Array(columns + 1));
  const equal = (i, j) => same(a[start + i], b[start + j]);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      longest[i][j] = equal(i, j) ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (equal(i, j)) pairs.push([start + i++, start + j++]);
    else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
    else j++;
  }
  for (let k = end; k > 0; k--) pairs.push([a.length - k, b.length - k]);
  return pairs;
}

// The runs between matched pairs: [from, to, from, to], matched ones as runs of one each with `true` behind.
function runs(olds, news) {
  const found = [];
  let [i, j] = [0, 0];
  for (const [p, q] of [...align(olds.map(({ node }) => node), news), [olds.length, news.length]]) {
    if (p > i || q > j) found.push([i, p, j, q, false]);
    if (p < olds.length) found.push([p, p + 1, q, q + 1, true]);
    [i, j] = [p + 1, q + 1];
  }
  return found;
}

class Saving {
  constructor(original, plain) {
    this.body = original.body;
    this.spans = original.spans;
    this.bodies = original.bodies;
    this.references = original.references;
    this.plain = plain; // a second try: edited blocks are written anew
    this.eol = /\r\n/.test(this.body) ? '\r\n' : '\n';
    this.rewritten = [];
  }

  ended(text) { return this.eol === '\n' ? text : text.replace(/\r?\n/g, this.eol); }

  reads(text) { return read(text, { ...this.references }).blocks.map(tidied); }

  // Blocks of the source: tidied, with their places.
  places(list) { return list.map((node) => ({ node: tidied(node), raw: node, span: this.spans.get(node) })); }

  // How the children of a node are written, read and parted where no source says it.
  kind(parent) {
    if (!parent || [nodes.container, nodes.doc].includes(parent.type)) {
      return { write: (list, _at, how) => write(list, how), read: (text) => this.reads(text), seam: '\n\n' };
    }
    const wrap = (list, at) => parent.type.create(
      parent.type === nodes.ordered_list ? { ...parent.attrs, order: parent.attrs.order + at * parent.attrs.step } : parent.attrs,
      list);
    const quoted = parent.type === nodes.blockquote;
    return {
      write: (list, at, how) => write([wrap(list, at)], how),
      read: (text) => {
        const found = this.reads(text);
        return found.length === 1 && found[0].type === parent.type ? found[0].content.content : [];
      },
      seam: quoted ? '\n>\n' : parent.attrs.loose ? '\n\n' : '\n',
    };
  }

  // The text of a region whose children were `olds` and are `news`.
  blend(kind, olds, news, [start, end]) {
    if (!olds.length) return news.length ? this.ended(kind.write(news, 0)) + (this.body.slice(start, end) || this.eol) : this.body.slice(start, end);
    const parts = [];
    for (const run of runs(olds, news)) parts.push(...this.run(kind, olds, news, run));
    let out = this.body.slice(start, olds[0].span[0]);
    parts.forEach((part, i) => { out += (i ? this.seam(kind, olds, parts[i - 1], part) : '') + part.text; });
    return out + this.body.slice(olds.at(-1).span[1], end);
  }

  // What stands between two parts: the source's own blanks wherever it has some that part them.
  seam(kind, olds, before, after) {
    const gap = (i) => this.body.slice(olds[i].span[1], olds[i + 1].span[0]);
    const parts = (text) => kind.seam === '\n' || (text.match(/\r\n?|\n/g) || []).length > 1;
    const [last, first] = [before.last, after.first];
    if (last !== undefined && first === last + 1) return gap(last);
    if (first && (last !== undefined || !this.plain) && parts(gap(first - 1))) return gap(first - 1);
    if (last !== undefined && first !== undefined && parts(gap(last))) return gap(last);
    return this.ended(kind.seam);
  }

  run(kind, olds, news, [i0, i1, j0, j1, matched]) {
    const was = olds.slice(i0, i1);
    const now = news.slice(j0, j1);
    const source = was.length ? this.body.slice(was[0].span[0], was.at(-1).span[1]) : '';
    const place = { first: i0, last: i1 - 1 };
    if (matched) return [{ ...place, text: source }];
    if (!now.length) return [];
    if (was.length && !this.plain) {
      const text = this.joined(kind, olds, now, [i0, i1]) ?? this.rows(kind, was, now) ??
        this.merged(kind, was.map(({ node }) => node), source, now, i0, j0);
      if (text !== null) return [{ ...place, text }];
    }
    return this.paired(kind, was, now, i0, j0);
  }

  // Two lists that became one because what parted them is gone: the bytes of both.
  joined(kind, olds, now, [i0, i1]) {
    if (now.length !== 1 || i1 - i0 < 3 || olds[i0].node.type !== now[0].type) return null;
    const parts = [];
    for (let i = i0; i < i1; i++) {
      if (olds[i].node.type === now[0].type) parts.push({ first: i, last: i, text: this.body.slice(...olds[i].span) });
    }
    const text = parts.map((part, i) => (i ? this.seam(kind, olds, parts[i - 1], part) : '') + part.text).join('');
    return sameAll(kind.read(text), now) ? text : null;
  }

  // A table whose head stays, row by row.
  rows(kind, was, now) {
    const [{ node: old, raw, span }, node] = [was[0], now[0]];
    if (was.length > 1 || now.length > 1 || old.type !== nodes.table || node.type !== nodes.table) return null;
    const [head, ...olds] = this.places(raw.content.content);
    if (!olds.length || !head.span || !same(head.node, node.firstChild)) return null;
    const top = this.body.slice(span[0], olds[0].span[0]);
    const inner = {
      write: (list, _at, how) => list.map((each) => row(each, how)).join('\n'),
      read: (text) => this.reads(top + text)[0]?.content.content.slice(1) ?? [],
      seam: '\n',
    };
    const news = node.content.content.slice(1);
    const text = news.length ? top + this.blend(inner, olds, news, [olds[0].span[0], span[1]]) : top.trimEnd();
    return sameAll(kind.read(text), now) ? text : null;
  }

  merged(kind, was, source, now, i0, j0) {
    for (const way of WAYS) {
      const [base, wanted] = [[was, i0], [now, j0]].map(([list, at]) => this.ended(kind.write(list, at, way)));
      const text = merge(base, source, wanted, way);
      if (sameAll(kind.read(text), now)) return text;
    }
    return null;
  }

  // Blocks that became others, one by one in their order; what is left over is new or gone.
  paired(kind, was, now, i0, j0) {
    const parts = [];
    let next = 0;
    now.forEach((node, j) => {
      const found = was.findIndex((old, i) => i >= next && old.node.type === node.type);
      if (found < 0) return parts.push({ text: this.canonical(kind, node, j0 + j) });
      next = found + 1;
      const i = i0 + found;
      return parts.push({ first: i, last: i, text: this.refined(kind, was[found], node, i, j0 + j) });
    });
    return parts;
  }

  refined(kind, { node: old, raw, span }, node, i, j) {
    const source = this.body.slice(...span);
    if (!this.plain) {
      const text = this.merged(kind, [old], source, [node], i, j) ?? this.inside(kind, old, raw, span, node);
      if (text !== null) return text;
    }
    return this.canonical(kind, node, j);
  }

  // Child by child, so that one that cannot be merged leaves the others as they are.
  inside(kind, old, raw, span, node) {
    const isBox = node.type === nodes.container && this.bodies.has(raw);
    if (!isBox && ![nodes.bullet_list, nodes.ordered_list, nodes.blockquote].includes(node.type)) return null;
    const olds = this.places(raw.content.content).filter((child) => child.span);
    if (!olds.length) return null;
    const region = isBox ? this.bodies.get(raw) : span;
    const inner = this.blend(this.kind(node), olds, node.content.content, region);
    let text = inner;
    if (isBox) {
      const isSame = old.attrs.word === node.attrs.word && old.attrs.title === node.attrs.title;
      const head = isSame ? this.body.slice(span[0], region[0]) : opening(node) + this.eol;
      text = head + inner + this.body.slice(region[1], span[1]);
    }
    return sameAll(kind.read(text), [node]) ? text : null;
  }

  canonical(kind, node, j) {
    const [light, careful] = [{}, { careful: true }].map((how) => this.ended(kind.write([node], j, how)));
    this.rewritten.push(node);
    return sameAll(kind.read(light), [node]) ? light : careful;
  }
}

// The file of an edited document: { text, exact, problem }. `exact` says that it reads back as the document; where it
// does not, `problem` is the first block that would come out otherwise.
export function save(original, doc) {
  const news = blocksOf(doc);
  let found;
  for (const plain of [false, true]) {
    const saving = new Saving(original, plain);
    const olds = saving.places(original.blocks);
    const text = original.front + saving.blend(saving.kind(null), olds, news, [0, original.body.length]);
    const back = blocksOf(parse(text).doc);
    if (sameAll(back, news)) return { text, exact: true, rewritten: saving.rewritten.length };
    found ??= { text, exact: false, problem: news.find((node, i) => !back[i] || !same(node, back[i])) ?? null };
  }
  return found;
}
