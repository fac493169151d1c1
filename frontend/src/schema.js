// What a document of the editor consists of. Attributes named in `style` say how the source writes a thing, not what it
// says: two nodes that differ only there are the same.
import { Schema } from 'prosemirror-model';
import { tableNodes } from 'prosemirror-tables';

import { container } from './dialect.js';

const attrs = (given) => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { default: value }]));
const alignClass = ({ align }) => (align ? `align-${align}` : '');
const alignOf = (dom) => /align-(\w+)/.exec(dom.className)?.[1] || dom.getAttribute('align') || null;
const cellAttributes = {
  align: {
    default: null,
    getFromDOM: alignOf,
    setDOMAttr(value, out) { if (value) out.class = alignClass({ align: value }); },
  },
};

const nodes = {
  doc: { content: 'block+' },
  paragraph: { content: 'inline*', group: 'block', parseDOM: [{ tag: 'p' }], toDOM: () => ['p', 0] },
  heading: {
    content: 'inline*',
    group: 'block',
    defining: true,
    attrs: attrs({ level: 2 }),
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
    toDOM: (node) => [`h${node.attrs.level}`, 0],
  },
  blockquote: {
    content: 'block+',
    group: 'block',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: () => ['blockquote', 0],
  },
  bullet_list: {
    content: 'list_item+',
    group: 'block',
    attrs: attrs({ bullet: '-', loose: false, lead: 0, pad: 1 }),
    style: ['bullet', 'loose', 'lead', 'pad'],
    parseDOM: [{ tag: 'ul' }],
    toDOM: () => ['ul', 0],
  },
  ordered_list: {
    content: 'list_item+',
    group: 'block',
    attrs: attrs({ order: 1, delim: '.', step: 1, loose: false, lead: 0, pad: 1 }),
    style: ['delim', 'step', 'loose', 'lead', 'pad'],
    parseDOM: [{ tag: 'ol', getAttrs: (dom) => ({ order: Number(dom.getAttribute('start') ?? 1) || 1 }) }],
    toDOM: ({ attrs: { order } }) => (order === 1 ? ['ol', 0] : ['ol', { start: order }, 0]),
  },
  list_item: { content: 'block+', defining: true, parseDOM: [{ tag: 'li' }], toDOM: () => ['li', 0] },
  code_block: {
    content: 'text*',
    group: 'block',
    code: true,
    defining: true,
    marks: '',
    attrs: attrs({ info: '', fence: '```' }),
    style: ['fence'],
    parseDOM: [{ tag: 'pre', preserveWhitespace: 'full' }],
    toDOM: () => ['pre', ['code', 0]],
  },
  horizontal_rule: { group: 'block', parseDOM: [{ tag: 'hr' }], toDOM: () => ['div', ['hr']] },
  container: {
    content: 'block+',
    group: 'block',
    defining: true,
    isolating: true,
    attrs: attrs({ word: 'nota', title: '', colons: 3 }),
    style: ['colons'],
    parseDOM: [{
      tag: 'div[data-container]',
      getAttrs: (dom) => ({ word: dom.dataset.container, title: dom.dataset.title || '' }),
      contentElement: (dom) => dom.querySelector('[data-content]') || dom,
    }],
    toDOM: ({ attrs: { word, title } }) => [
      'div', { 'data-container': word, 'data-title': title, class: container(word).kind }, ['div', { 'data-content': '' }, 0],
    ],
  },
  footnote: {
    content: 'block+',
    group: 'block',
    defining: true,
    isolating: true,
    attrs: attrs({ label: '1' }),
    parseDOM: [{
      tag: 'div[data-note]',
      getAttrs: (dom) => ({ label: dom.dataset.note }),
      contentElement: (dom) => dom.querySelector('[data-content]') || dom,
    }],
    toDOM: ({ attrs: { label } }) => ['div', { 'data-note': label }, ['div', { 'data-content': '' }, 0]],
  },
  locked: {
    group: 'block',
    atom: true,
    attrs: attrs({ text: '' }),
    parseDOM: [{ tag: 'pre[data-locked]', priority: 60, getAttrs: (dom) => ({ text: dom.textContent }) }],
    toDOM: ({ attrs: { text } }) => ['pre', { 'data-locked': '' }, text],
  },
  ...tableNodes({ tableGroup: 'block', cellContent: 'inline*', cellAttributes }),
  text: { group: 'inline' },
  hard_break: {
    inline: true,
    group: 'inline',
    selectable: false,
    parseDOM: [{ tag: 'br' }],
    toDOM: () => ['br'],
    leafText: () => '\n',
  },
  image: {
    inline: true,
    group: 'inline',
    draggable: true,
    attrs: attrs({ src: '', alt: '', title: '' }),
    parseDOM: [{ tag: 'img[data-src]', getAttrs: ({ dataset, title }) => ({ src: dataset.src, alt: dataset.alt, title }) }],
    toDOM: ({ attrs: { src, alt, title } }) => ['img', { 'data-src': src, 'data-alt': alt, title, alt }],
  },
  footnote_ref: {
    inline: true,
    group: 'inline',
    atom: true,
    attrs: attrs({ label: '1' }),
    parseDOM: [{ tag: 'sup[data-ref]', getAttrs: (dom) => ({ label: dom.dataset.ref }) }],
    toDOM: ({ attrs: { label } }) => ['sup', { class: 'footnote-ref', 'data-ref': label }, `[${label}]`],
  },
  locked_inline: {
    inline: true,
    group: 'inline',
    atom: true,
    attrs: attrs({ text: '' }),
    parseDOM: [{ tag: 'code[data-locked]', priority: 60, getAttrs: (dom) => ({ text: dom.textContent }) }],
    toDOM: ({ attrs: { text } }) => ['code', { 'data-locked': '', class: 'locked-inline' }, text],
  },
};

const isPlain = (dom) => !/^(normal|400)$/.test(dom.style?.fontWeight ?? '');

const marks = {
  link: {
    attrs: attrs({ href: '', title: '' }),
    parseDOM: [{
      tag: 'a[href]',
      getAttrs: (dom) => ({ href: dom.getAttribute('href'), title: dom.getAttribute('title') || '' }),
    }],
    toDOM: ({ attrs: { href, title } }) => ['a', title ? { href, title } : { href }, 0],
  },
  strong: {
    parseDOM: [{ tag: 'strong' }, { tag: 'b', getAttrs: (dom) => isPlain(dom) && null }],
    toDOM: () => ['strong', 0],
  },
  em: { parseDOM: [{ tag: 'em' }, { tag: 'i' }], toDOM: () => ['em', 0] },
  strike: { parseDOM: [{ tag: 's' }, { tag: 'del' }, { tag: 'strike' }], toDOM: () => ['s', 0] },
  code: { code: true, parseDOM: [{ tag: 'code' }], toDOM: () => ['code', 0] },
};

export const schema = new Schema({ nodes, marks });
