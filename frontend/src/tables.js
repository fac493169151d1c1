// A table as Markdown can say it: the first row is the head, every cell stands as the head of its column does.
import { Plugin } from 'prosemirror-state';

import { schema } from './schema.js';

const { table, table_header: header, table_cell: cell } = schema.nodes;

function settle(tr, node, start) {
  const aligns = node.firstChild.content.content.map(({ attrs }) => attrs.align);
  node.forEach((row, offset, y) => row.forEach((each, inside, x) => {
    const type = y ? cell : header;
    const align = aligns[x] ?? null;
    if (each.type === type && each.attrs.align === align) return;
    tr.setNodeMarkup(start + offset + 1 + inside, type, { ...each.attrs, align });
  }));
}

export const settleTables = () => new Plugin({
  appendTransaction(transactions, old, state) {
    if (!transactions.some(({ docChanged }) => docChanged)) return null;
    const { tr } = state;
    state.doc.descendants((node, at) => {
      if (node.type === table) settle(tr, node, at + 1);
      return !node.inlineContent && node.type !== table;
    });
    return tr.docChanged ? tr : null;
  },
});

// A table of two columns with a row below its head.
export function newTable(words) {
  const cells = (type, texts) => texts.map((text) => type.create(null, text ? schema.text(text) : null));
  const row = (inner) => schema.nodes.table_row.create(null, inner);
  return table.create(null, [row(cells(header, words)), row(cells(cell, words.map(() => '')))]);
}
