// A document to canonical Markdown. Escaped is only what would surely be read as a mark; where that is read differently,
// a second try with `careful` escapes everything that ever could be. `underscores`: italic as _so_.
import { schema } from './schema.js';

const { nodes, marks } = schema;
const DELIMITERS = { strong: '**', em: '*', strike: '~~' };
const PUNCTUATION = /[\p{P}\p{S}]/u;
const isWord = (char) => !!char && !/\s/.test(char) && !PUNCTUATION.test(char);
const numeric = (char) => `&#${char.codePointAt(0)};`;

const LINE_STARTS = [
  [/^(#{1,6}(?:\s|$))/, '\\$1'], [/^([-+*])(?=\s|$)/, '\\$1'], [/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2'], [/^>/, '\\>'],
  [/^([-=_*])(?=[-=_* ]*$)/, '\\$1'], [/^(:{3}|~{3}|\|)/, '\\$1'], [/^\{(?=[:%])/, '\\{'], [/^\[(?=[^\]]*\]:)/, '\\['],
];

function escaped(text, { careful, first }) {
  let out = text.replace(/\\(?=[!-/:-@[-`{-~]|$)/g, '\\\\').replace(/`/g, '\\`');
  if (careful) out = out.replace(/[*_~[\]<!]/g, '\\$&').replace(/&(?=#?\w)/g, '\\&');
  else {
    out = out
      .replace(/\*/g, (star, i, all) => (/\s/.test(all[i - 1] ?? 'x') && /\s/.test(all[i + 1] ?? 'x') ? star : '\\*'))
      .replace(/_/g, (line, i, all) => (/[\p{L}\p{N}]_[\p{L}\p{N}]/u.test(all.slice(Math.max(0, i - 1), i + 2)) ? line : '\\_'))
      .replace(/~~/g, '\\~\\~')
      .replace(/<(?=[\p{L}/!?])/gu, '\\<')
      .replace(/&(?=#?\w+;)/g, '\\&');
    if (/\](?:[([:]|$)|\[\^/.test(out)) out = out.replace(/[[\]]/g, '\\$&');
  }
  if (first) for (const [mark, with_] of LINE_STARTS) out = out.replace(mark, with_);
  return out;
}

function code(text) {
  const longest = Math.max(0, ...(text.match(/`+/g) || []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$|^ .* $/.test(text) && text.trim() ? ' ' : '';
  return fence + pad + text + pad + fence;
}

const target = (href) => (href === '' || /[\s()<>\\]/.test(href) ? `<${href.replace(/[<>\\]/g, '\\$&')}>` : href)
  .replace(/&(?=#?\w+;)/g, '&amp;');
const titled = (title) => (title ? ` "${title.replace(/["\\]/g, '\\$&').replace(/&(?=#?\w+;)/g, '&amp;')}"` : '');

function leaf(node, options) {
  const { text, label, src, alt, title } = node.attrs;
  if (node.isText) return marks.code.isInSet(node.marks) ? code(node.text) : escaped(node.text, options);
  if (node.type === nodes.hard_break) return '\\\n';
  if (node.type === nodes.locked_inline) return text;
  if (node.type === nodes.footnote_ref) return `[^${label}]`;
  return `![${alt}](${target(src)}${titled(title)})`;
}

// For how many of the children from `at` on a mark holds.
function lasts(children, at, mark) {
  let end = at;
  while (end < children.length && mark.isInSet(children[end].marks)) end++;
  return end - at;
}

const isAutolink = (children, at, mark) => children[at].isText && children[at].text === mark.attrs.href &&
  children[at].marks.length === 1 && lasts(children, at, mark) === 1 && !mark.attrs.title &&
  /^[a-z][a-z0-9+.-]{1,31}:[^\s<>]*$/i.test(mark.attrs.href);

// Pieces { text, way }: `way` is open or close for marks, empty for words.
function pieces(children, { careful, underscores }) {
  const out = [];
  const held = [];
  const delimiter = ({ type }) => (underscores && type === marks.em ? '_' : DELIMITERS[type.name]);
  const close = () => {
    const mark = held.pop();
    const text = mark.type === marks.link ? `](${target(mark.attrs.href)}${titled(mark.attrs.title)})` : delimiter(mark);
    out.push({ text, way: mark.type === marks.link ? '' : 'close' });
  };
  children.forEach((child, i) => {
    const wanted = child.marks.filter((mark) => mark.type !== marks.code);
    while (held.some((mark) => !mark.isInSet(wanted))) close();
    const opened = wanted.filter((mark) => !mark.isInSet(held))
      .sort((a, b) => lasts(children, i, b) - lasts(children, i, a));
    if (opened.length === 1 && opened[0].type === marks.link && isAutolink(children, i, opened[0])) {
      out.push({ text: `<${child.text}>`, way: '' });
      return;
    }
    for (const mark of opened) {
      held.push(mark);
      out.push(mark.type === marks.link ? { text: '[', way: '' } : { text: delimiter(mark), way: 'open' });
    }
    const first = i === 0 || children[i - 1].type === nodes.hard_break;
    out.push({ text: leaf(child, { careful, first }), way: '' });
  });
  while (held.length) close();
  return out;
}

// A mark that stands between a word and punctuation, `s**«so»**s`, is one only with the letter outside as a number.
function flanked(list) {
  const joined = [];
  for (const piece of list) {
    if (piece.way && joined.at(-1)?.way === piece.way) joined.at(-1).text += piece.text;
    else joined.push({ ...piece });
  }
  joined.forEach(({ way }, i) => {
    const [before, after] = [joined[i - 1], joined[i + 1]];
    if (!before || !after || before.way || after.way) return;
    const [last, next] = [[...before.text].at(-1), [...after.text][0]];
    if (way === 'open' && isWord(last) && !isWord(next)) before.text = before.text.slice(0, -last.length) + numeric(last);
    if (way === 'close' && !isWord(last) && isWord(next)) after.text = numeric(next) + after.text.slice(next.length);
  });
  return joined.map(({ text }) => text).join('');
}

function inline(node, how) {
  const text = flanked(pieces(node.content.content, how));
  return text.replace(/^[^\S ]+|[^\S ]+$/g, (blanks) => [...blanks].map(numeric).join(''));
}

const indented = (text, blanks) => text.replace(/\n(?!\n|$)/g, `\n${blanks}`);

function list(node, how) {
  const { order, step, delim, bullet, loose, lead, pad } = node.attrs;
  return node.content.content.map((item, i) => {
    const mark = ' '.repeat(lead) + (node.type === nodes.bullet_list ? bullet : `${order + i * step}${delim}`);
    const text = item.content.content.map((child, k) => {
      const previous = item.maybeChild(k - 1);
      const isTight = !loose && previous?.type === nodes.paragraph && previous.content.size &&
        (child.type === nodes.bullet_list || (child.type === nodes.ordered_list && child.attrs.order === 1));
      return (k ? (isTight ? '\n' : '\n\n') : '') + block(child, how, true);
    }).join('');
    return text ? mark + ' '.repeat(pad) + indented(text, ' '.repeat(mark.length + pad)) : mark;
  }).join(loose ? '\n\n' : '\n');
}

export function row(node, how) {
  const cells = node.content.content.map((cell) => inline(cell, how).replace(/\|/g, '\\|'));
  return `|${cells.map((cell) => (cell ? ` ${cell} |` : ' |')).join('')}`;
}

function table(node, how) {
  const [head, ...rest] = node.content.content;
  const rule = head.content.content.map(({ attrs: { align } }) => (
    { left: ' :-- |', center: ' :-: |', right: ' --: |' }[align] || ' --- |'));
  return [row(head, how), `|${rule.join('')}`, ...rest.map((each) => row(each, how))].join('\n');
}

function fence(node, inList) {
  const { info, fence: wanted } = node.attrs;
  if (!wanted && !info && !inList && /^[^\n]*\S/.test(node.textContent)) return `    ${indented(node.textContent, '    ')}`;
  const char = info.includes('`') ? '~' : wanted[0] || '`';
  const inner = node.textContent.match(new RegExp(`${char}{3,}`, 'g')) || [];
  const mark = char.repeat(Math.max(3, wanted.length, ...inner.map((run) => run.length + 1)));
  return `${mark}${info}\n${node.textContent ? `${node.textContent}\n` : ''}${mark}`;
}

function heading(node, how) {
  const { level } = node.attrs;
  const text = inline(node, how).replace(/(^|\s)(#+)$/, '$1\\$2');
  if (text.includes('\n')) return `${text}\n${level === 1 ? '===' : '---'}`;
  return `${'#'.repeat(level)} ${text}`.trimEnd();
}

// Every container has more colons than those inside.
function colonsOf(node) {
  let inner = 2;
  node.descendants((child) => { if (child.type === nodes.container) inner = Math.max(inner, colonsOf(child)); });
  return Math.max(node.attrs.colons, inner + 1);
}

export function opening(node) {
  const { word, title } = node.attrs;
  return `${':'.repeat(colonsOf(node))} ${word}${title ? ` ${title}` : ''}`;
}

function block(node, how, inList = false) {
  const inner = () => write(node.content.content, how);
  switch (node.type) {
    case nodes.paragraph: return inline(node, how);
    case nodes.heading: return heading(node, how);
    case nodes.blockquote: return inner().replace(/^/gm, '> ').replace(/^> $/gm, '>');
    case nodes.bullet_list: case nodes.ordered_list: return list(node, how);
    case nodes.code_block: return fence(node, inList);
    case nodes.horizontal_rule: return inList ? '___' : '***';
    case nodes.table: return table(node, how);
    case nodes.container: {
      const text = inner();
      return `${opening(node)}\n${text ? `${text}\n` : ''}${':'.repeat(colonsOf(node))}`;
    }
    case nodes.footnote: return `[^${node.attrs.label}]: ${indented(inner(), '    ')}`;
    default: return node.attrs.text;
  }
}

// Writes blocks one after the other, without a final end of line.
export const write = (blocks, how = {}) => blocks.map((node) => block(node, how)).join('\n\n');
