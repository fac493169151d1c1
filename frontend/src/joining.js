// Two lists of one kind that come to stand beside each other are one list: that is what Markdown makes of them.
import { Plugin } from 'prosemirror-state';
import { canJoin } from 'prosemirror-transform';

import { schema } from './schema.js';

const { bullet_list: bullets, ordered_list: numbers } = schema.nodes;
const isOne = (a, b) => a.type === b.type &&
  ((a.type === bullets && a.attrs.bullet === b.attrs.bullet) || (a.type === numbers && a.attrs.delim === b.attrs.delim));

function seams(doc) {
  const found = [];
  const look = (parent, start) => parent.forEach((node, offset, i) => {
    if (i && isOne(parent.child(i - 1), node)) found.push(start + offset);
    if (!node.inlineContent && node.childCount) look(node, start + offset + 1);
  });
  look(doc, 0);
  return found;
}

export const joinLists = () => new Plugin({
  appendTransaction(transactions, _old, state) {
    if (!transactions.some(({ docChanged }) => docChanged)) return null;
    const places = seams(state.doc).filter((place) => canJoin(state.doc, place));
    if (!places.length) return null;
    const { tr } = state;
    for (const place of places.reverse()) tr.join(place);
    return tr;
  },
});
