// Markdown to a document that knows where in the source each of its blocks stands.
import { container, md } from './dialect.js';
import { schema } from './schema.js';

const FRONT = /^---+[ \t]*\n(?:.*\n)*?(?:---+[ \t]*|\.\.\.[ \t]*)(?:\n|$)/;
const { nodes, marks } = schema;

// The offsets at which lines begin, and the end; LF, CRLF and CR end a line, as markdown-it counts them.
function lineStarts(text) {
  const starts = [0];
  for (const end of text.matchAll(/\r\n?|\n/g)) starts.push(end.index + end[0].length);
  return [...starts, text.length];
}

// Where the front matter ends; the editor never shows it nor touches it.
export function frontEnd(text) {
  const found = FRONT.exec(text.replace(/\r\n?/g, '\n'));
  if (!found) return 0;
  return lineStarts(text)[found[0].split('\n').length - (found[0].endsWith('\n') ? 1 : 0)];
}

const alignOf = (token) => /text-align:(\w+)/.exec(token.attrGet('style') || '')?.[1] || null;

function isLoose(token, tokens, at) {
  for (let i = at + 1; tokens[i].level > token.level; i++) {
    if (tokens[i].type === 'paragraph_open' && tokens[i].level === token.level + 2 && !tokens[i].hidden) return true;
  }
  return false;
}

// The numbers that follow the first: counted up, or all the same.
function stepOf(token, tokens, at) {
  const items = [];
  for (let i = at + 1; tokens[i].level > token.level && items.length < 2; i++) {
    if (tokens[i].type === 'list_item_open' && tokens[i].level === token.level + 1) items.push(Number(tokens[i].info));
  }
  return items.length > 1 && items[0] === items[1] ? 0 : 1;
}

// How far the marks of a list stand in (`lead`) and their words behind them (`pad`), and at which column those begin.
function places(line, markup, column) {
  const found = /^([ \t>]*)([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)/.exec(line);
  if (!found || !found[2].endsWith(markup)) return { lead: 0, pad: 1, column: column + markup.length + 1 };
  const width = (text) => [...text].reduce((at, char) => (char === '\t' ? at + 4 - (at % 4) : at + 1), 0);
  const lead = Math.min(3, Math.max(0, width(found[1]) - column));
  const space = width(found[1] + found[2] + found[3]) - width(found[1] + found[2]);
  const pad = space > 4 ? 1 : space;
  return { lead, pad, column: width(found[1] + found[2]) + pad };
}

const BLOCKS = {
  paragraph_open: () => [nodes.paragraph],
  heading_open: (token) => [nodes.heading, { level: Number(token.tag[1]) }],
  blockquote_open: () => [nodes.blockquote],
  bullet_list_open: (token, all, at) => [nodes.bullet_list, { bullet: token.markup, loose: isLoose(token, all, at) }],
  ordered_list_open: (token, all, at) => [nodes.ordered_list, {
    order: token.attrGet('start') === null ? 1 : Number(token.attrGet('start')),
    delim: token.markup,
    step: stepOf(token, all, at),
    loose: isLoose(token, all, at),
  }],
  list_item_open: () => [nodes.list_item],
  container_open: (token) => {
    const { word, title } = container(token.info);
    return [nodes.container, { word, title, colons: token.markup.length }];
  },
  footnote_open: (token) => [nodes.footnote, { label: token.meta.label }],
  table_open: () => [nodes.table],
  tr_open: () => [nodes.table_row],
  th_open: (token) => [nodes.table_header, { align: alignOf(token) }],
  td_open: (token) => [nodes.table_cell, { align: alignOf(token) }],
};
const ONE = (text) => (text ? [schema.text(text)] : []);
const bare = (token) => token.content.replace(/\n$/, '');
const LEAVES = {
  code_block: (token) => nodes.code_block.create({ fence: '' }, ONE(bare(token))),
  fence: (token) => nodes.code_block.create({ info: token.info, fence: token.markup }, ONE(bare(token))),
  hr: () => nodes.horizontal_rule.create(),
  html_block: (token) => nodes.locked.create({ text: bare(token) }),
  locked: (token) => nodes.locked.create({ text: bare(token) }),
};
const MARKS = { strong: marks.strong, em: marks.em, s: marks.strike };

function inline(tokens) {
  const found = [];
  let held = [];
  const put = (node) => found.push(node.mark(held));
  const say = (text, more = held) => { if (text) found.push(schema.text(text, more)); };
  for (const token of tokens) {
    const [, name, way] = /^(\w+?)(?:_(open|close))?$/.exec(token.type);
    const mark = name === 'link' ? marks.link : MARKS[name];
    if (mark && way === 'open') {
      const href = token.attrGet('href');
      held = mark.create(href === null ? null : { href, title: token.attrGet('title') || '' }).addToSet(held);
    } else if (mark) held = mark.removeFromSet(held);
    else if (token.type === 'softbreak') say(' ');
    else if (token.type === 'hardbreak') put(nodes.hard_break.create());
    else if (token.type === 'code_inline') say(token.content, marks.code.create().addToSet(held));
    else if (token.type === 'html_inline') put(nodes.locked_inline.create({ text: token.content }));
    else if (token.type === 'footnote_ref') put(nodes.footnote_ref.create(token.meta));
    else if (token.type === 'image') {
      const [src, title] = [token.attrGet('src'), token.attrGet('title') || ''];
      put(nodes.image.create({ src, title, alt: token.content.replace(/\s*\n\s*/g, ' ') }));
    } else say(token.content);
  }
  return found;
}

// Reads blocks of Markdown: { blocks, spans, bodies, references }. `spans` says from which to which offset a node
// stands in the text, `bodies` the same of what stands between the two lines of colons.
export function read(text, references = {}) {
  const env = { references };
  const tokens = md.parse(text, env);
  const starts = lineStarts(text);
  const at = (line) => starts[Math.min(line, starts.length - 1)];
  const spans = new Map();
  const bodies = new Map();
  const span = (node, [first, last]) => {
    let end = last;
    while (end > first + 1 && !text.slice(at(end - 1), at(end)).trim()) end--;
    spans.set(node, [at(first), at(first) + text.slice(at(first), at(end)).replace(/[\r\n]+$/, '').length]);
  };
  const stack = [{ content: [], column: 0 }];
  tokens.forEach((token, i) => {
    const { content } = stack.at(-1);
    if (token.type === 'inline') content.push(...inline(token.children));
    else if (BLOCKS[token.type]) {
      const [type, attrs] = BLOCKS[token.type](token, tokens, i);
      let { column } = stack.at(-1);
      if (type === nodes.blockquote) column += 2;
      if (type === nodes.footnote) column += 4;
      if (token.type.endsWith('list_open')) {
        const { lead, pad, column: inside } = places(text.slice(at(token.map[0]), at(token.map[0] + 1)), token.markup, column);
        Object.assign(attrs, { lead, pad });
        column = inside;
      }
      stack.push({ type, attrs, content: [], token, column });
    } else if (token.nesting < 0 && BLOCKS[token.type.replace('_close', '_open')]) {
      const { type, attrs, content: inner, token: opened } = stack.pop();
      const node = type.createAndFill(attrs, inner) || type.create(attrs, inner);
      if (opened.map) span(node, opened.map);
      if (opened.meta?.body) bodies.set(node, opened.meta.body.map(at));
      stack.at(-1).content.push(node);
    } else if (LEAVES[token.type]) {
      const node = LEAVES[token.type](token);
      span(node, token.map);
      content.push(node);
    }
  });
  return { blocks: stack[0].content, spans, bodies, references: env.references };
}

// Reads a whole file: also `front`, the text before the document, and `doc`, never without a block.
export function parse(text) {
  const front = frontEnd(text);
  const body = text.slice(front);
  const { blocks, ...rest } = read(body);
  const content = blocks.length ? blocks : [nodes.paragraph.create()];
  return { ...rest, blocks, body, front: text.slice(0, front), doc: nodes.doc.create(null, content) };
}
