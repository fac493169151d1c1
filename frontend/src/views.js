// How nodes that are no plain text look in the editor, and which blocks changed since it was opened.
import { Plugin } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';

import { container, defaultTitle } from './dialect.js';
import { same, tidied } from './tidying.js';

function make(name, className, ...children) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...children);
  return element;
}

function fixed(element) {
  element.contentEditable = 'false';
  return element;
}

// A box with a line above its text that is not part of it.
function boxed(className, head) {
  const contentDOM = make('div', 'box-text');
  const dom = make('div', className, ...(head ? [fixed(head)] : []), contentDOM);
  return { dom, contentDOM, ignoreMutation: (record) => record.type !== 'selection' && !contentDOM.contains(record.target) };
}

function boxOf({ attrs: { word, title } }) {
  const { kind } = container(word);
  const said = title || defaultTitle(word);
  const name = kind === 'quiz' ? 'quiz' : kind === 'answer' ? 'answer box' : `admonition ${kind}`;
  const view = boxed(name, said ? make('p', kind === 'quiz' ? 'quiz-title' : 'admonition-title', said) : null);
  view.dom.setAttribute('role', 'group');
  view.dom.setAttribute('aria-label', said || word);
  return view;
}

function pictureOf(node, addressOf, words) {
  const alt = node.attrs.alt.replace(/\\([!-/:-@[-`{-~])/g, '$1');
  const image = document.createElement('img');
  image.alt = alt;
  const dom = make('span', 'picture', image);
  const missing = () => image.replaceWith(make('span', 'picture-missing', `${words.picture}: ${alt || node.attrs.src}`));
  image.onerror = missing;
  const address = addressOf(node.attrs.src);
  if (address) image.src = address;
  else missing();
  return { dom };
}

// `addressOf`: the address at which a picture of the materials can be seen, '' for one from elsewhere.
export function nodeViews({ words, lock, addressOf }) {
  return {
    container: boxOf,
    footnote: ({ attrs: { label } }) => {
      const view = boxed('note', make('span', 'note-label', `[${label}]`));
      view.dom.setAttribute('role', 'group');
      view.dom.setAttribute('aria-label', `${words.note} ${label}`);
      return view;
    },
    locked: ({ attrs: { text } }) => ({
      dom: fixed(make('div', 'locked', make('p', 'locked-head', lock(), words.locked), make('pre', '', text))),
      ignoreMutation: () => true,
    }),
    image: (node) => pictureOf(node, addressOf, words),
  };
}

// Marks the blocks that were not there when the text was opened.
export function marking(original) {
  const known = new WeakMap();
  const was = original.map(tidied);
  const isNew = (node) => {
    if (!known.has(node)) known.set(node, !was.some((old) => same(old, tidied(node))));
    return known.get(node);
  };
  const mark = (doc) => {
    const found = [];
    doc.forEach((node, at) => {
      if (isNew(node) && node.content.size) found.push(Decoration.node(at, at + node.nodeSize, { class: 'touched' }));
    });
    return DecorationSet.create(doc, found);
  };
  return new Plugin({
    state: { init: (_, { doc }) => mark(doc), apply: (tr, old) => (tr.docChanged ? mark(tr.doc) : old) },
    props: { decorations(state) { return this.getState(state); } },
  });
}
