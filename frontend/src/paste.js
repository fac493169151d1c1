// What is pasted from Word, web pages and other editors, brought down to what the materials can say.
import { DOMParser, Slice } from 'prosemirror-model';
import { Plugin } from 'prosemirror-state';

import { md } from './dialect.js';
import { schema } from './schema.js';

// Before anything is read as HTML: what would run or be refused by the policy goes, what Word says in styles is kept
// under a name that browsers do not act on.
export function cleaned(html) {
  let text = html.replace(/<!--[^]*?-->/g, '')
    .replace(/<(script|style|xml|title|object|iframe|svg|math)\b[^]*?<\/\1\s*>/gi, '')
    .replace(/<\/?(?:o|w|m|v|st1):[^>]*>/gi, '')
    .replace(/<(?:link|meta|base|script|style|iframe|object|embed)\b[^>]*>/gi, '');
  text = text.replace(/<[a-z][^>]*>/gi, (tag) => tag
    .replace(/\son[a-z]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, '')
    .replace(/\sstyle\s*=/gi, ' data-style='));
  return text;
}

const styleOf = (element) => element.getAttribute('data-style') || '';
const isList = (element) => /mso-list\s*:\s*(?!none|ignore)/i.test(styleOf(element));
const rename = (element, name) => {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
};

// Word writes a list as paragraphs whose style names list and level and whose first span holds the mark.
function lists(root) {
  for (const first of [...root.querySelectorAll('p, div, h1, h2, h3')].filter(isList)) {
    if (!first.isConnected && !root.contains(first)) continue;
    const stack = [];
    let item = first;
    const place = first.ownerDocument.createComment('');
    first.before(place);
    while (item && item.nodeType === 1 && isList(item)) {
      const next = item.nextElementSibling;
      const level = Number(/level(\d+)/i.exec(styleOf(item))?.[1] || 1);
      const mark = [...item.querySelectorAll('span')].find((span) => /mso-list\s*:\s*ignore/i.test(styleOf(span)));
      const name = /\d|^\s*[a-z][.)]/i.test(mark?.textContent || '') ? 'ol' : 'ul';
      mark?.remove();
      while (stack.length > level) stack.pop();
      while (stack.length < level) {
        const list = item.ownerDocument.createElement(name);
        if (stack.length) (stack.at(-1).lastElementChild || stack.at(-1).appendChild(item.ownerDocument.createElement('li'))).append(list);
        else place.before(list);
        stack.push(list);
      }
      item.removeAttribute('data-style');
      const li = item.ownerDocument.createElement('li');
      li.append(rename(item, 'p'));
      stack.at(-1).append(li);
      item = next;
    }
    place.remove();
  }
}

function marks(root) {
  for (const span of root.querySelectorAll('span[data-style], b[data-style]')) {
    const style = styleOf(span);
    if (/font-weight\s*:\s*(?:normal|400)/i.test(style) && span.localName === 'b') span.replaceWith(...span.childNodes);
    else {
      if (/font-weight\s*:\s*(?:bold|[6-9]00)/i.test(style) && span.localName !== 'b') wrap(span, 'strong');
      if (/font-style\s*:\s*italic/i.test(style)) wrap(span, 'em');
    }
  }
}

function wrap(element, name) {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.append(made);
}

function tidy(root) {
  lists(root);
  marks(root);
  for (const link of root.querySelectorAll('a')) {
    const href = link.getAttribute('href');
    if (!href || !md.validateLink(href) || /^#_(?:ftn|edn|Toc|Ref)/i.test(href)) link.replaceWith(...link.childNodes);
  }
  for (const image of root.querySelectorAll('img:not([data-src])')) image.replaceWith(image.alt || '');
  for (const cell of root.querySelectorAll('td, th')) {
    for (const name of ['colspan', 'rowspan', 'data-colwidth']) cell.removeAttribute(name);
    const blocks = cell.querySelectorAll('p, div, li');
    for (const block of blocks) block.append(' ');
  }
}

class Cleaner extends DOMParser {
  parseSlice(dom, options) {
    tidy(dom);
    return super.parseSlice(dom, options);
  }
}

export const clipboardParser = new Cleaner(schema, DOMParser.schemaRules(schema));

// Plain text: a blank line parts paragraphs, a single one is a space, as in a text file with wrapped lines.
function plain(text, _$context) {
  const paragraphs = text.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n+/).map((each) => each.replace(/\s*\n\s*/g, ' ').trim());
  const found = paragraphs.filter(Boolean).map((each) => schema.nodes.paragraph.create(null, schema.text(each)));
  return new Slice(schema.nodes.doc.create(null, found.length ? found : [schema.nodes.paragraph.create()]).content, 1, 1);
}

export const pasting = () => new Plugin({
  props: { clipboardParser, transformPastedHTML: cleaned, clipboardTextParser: plain },
});
