// An edited document as Markdown can say it: no blanks at the ends of a paragraph, no formatting on blanks alone, no
// paragraph without a word beside others.
import { schema } from './schema.js';

const { nodes, marks } = schema;
const EDGED = [marks.strong, marks.em, marks.strike];
const known = new WeakMap();

const isBreak = (node) => node.type === nodes.hard_break;
const isPlain = (node) => node?.isText && !marks.code.isInSet(node.marks);
const isEmpty = (node) => node.type === nodes.paragraph && /^[ \t\n]*$/.test(node.textContent) &&
  !node.content.content.some((child) => child.isLeaf && !child.isText && !isBreak(child));

function trimmed(children) {
  const found = children.map((child) => (
    isPlain(child) && /[\t\n]/.test(child.text) ? schema.text(child.text.replace(/[\t\n]/g, ' '), child.marks) : child));
  while (found.length && isBreak(found.at(-1))) found.pop();
  const cut = (i, edge) => {
    while (isPlain(found[i])) {
      const text = found[i].text.replace(edge, '');
      if (text) { found[i] = schema.text(text, found[i].marks); return; }
      found.splice(i, 1);
      if (edge.source.endsWith('$')) i--;
    }
  };
  cut(0, /^ +/);
  cut(found.length - 1, / +$/);
  for (let i = 0; i < found.length; i++) {
    if (!isBreak(found[i])) continue;
    cut(i + 1, /^ +/);
    const before = found.length;
    cut(i - 1, / +$/);
    i -= before - found.length;
  }
  return found.length && isBreak(found.at(-1)) ? trimmed(found) : found;
}

// Splits blanks off the edges of what is bold, italic or struck.
function unmarked(children, type) {
  const pieces = [];
  for (const child of children) {
    const parts = isPlain(child) && type.isInSet(child.marks) ? child.text.match(/\s+|\S+/g) : [null];
    for (const part of parts) pieces.push(part === null ? child : schema.text(part, child.marks));
  }
  const isBlank = (node) => isBreak(node) || (isPlain(node) && !node.text.trim());
  for (const list of [pieces.keys(), [...pieces.keys()].reverse()]) {
    let inside = false;
    for (const i of list) {
      const has = type.isInSet(pieces[i].marks);
      if (has && !inside && isBlank(pieces[i])) pieces[i] = pieces[i].mark(type.removeFromSet(pieces[i].marks));
      else inside = !!has;
    }
  }
  return pieces;
}

function inline(node) {
  const isCell = node.type.spec.tableRole;
  let children = node.content.content;
  if (isCell || (node.type === nodes.heading && node.attrs.level > 2)) {
    children = children.map((child) => (isBreak(child) ? schema.text(' ', child.marks) : child));
  }
  for (const type of EDGED) if (children.some((child) => type.isInSet(child.marks))) children = unmarked(children, type);
  return trimmed(children);
}

function build(node) {
  if (!node.childCount || node.type.spec.code) return node;
  if (node.inlineContent) return node.type.create(node.attrs, inline(node));
  const all = node.content.content;
  let children = all.filter((child) => !isEmpty(child));
  if (!children.length) children = [nodes.paragraph.create()];
  return node.type.create(node.attrs, children.map(tidied));
}

export function tidied(node) {
  if (!known.has(node)) known.set(node, build(node));
  return known.get(node);
}

// The blocks of a tidied document; one that says nothing has none.
export const blocksOf = (doc) => tidied(doc).content.content.filter((node) => !isEmpty(node) || doc.childCount > 1);

// Whether two tidied nodes say the same, however it is written.
export function same(a, b) {
  if (a === b) return true;
  if (a.type !== b.type || a.text !== b.text || a.childCount !== b.childCount) return false;
  const { style = [] } = a.type.spec;
  for (const name of Object.keys(a.attrs)) {
    if (a.attrs[name] !== b.attrs[name] && !style.includes(name) && !isListing(a.attrs[name], b.attrs[name])) return false;
  }
  if (a.marks.length !== b.marks.length || a.marks.some((mark) => !mark.isInSet(b.marks))) return false;
  return a.content.content.every((child, i) => same(child, b.child(i)));
}

// `colwidth` of a table is a list, or nothing.
const isListing = (a, b) => Array.isArray(a) && Array.isArray(b) && String(a) === String(b);

export const sameAll = (a, b) => a.length === b.length && a.every((node, i) => same(node, b[i]));
