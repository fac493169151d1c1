// What the buttons and keys do to the text, and which of them hold where the cursor stands.
import { setBlockType, toggleMark, wrapIn, lift } from 'prosemirror-commands';
import { redo, undo } from 'prosemirror-history';
import { liftListItem, sinkListItem, wrapInList } from 'prosemirror-schema-list';
import { NodeSelection, Selection, TextSelection } from 'prosemirror-state';
import {
  addColumnAfter, addColumnBefore, addRowAfter, addRowBefore, deleteColumn, deleteRow, deleteTable, isInTable,
  selectedRect, TableMap,
} from 'prosemirror-tables';

import { wordFor } from './dialect.js';
import { schema } from './schema.js';
import { newTable } from './tables.js';

const { nodes, marks } = schema;

// The nearest node around the cursor of one of these types: { node, at, depth }, or undefined.
export function around(state, ...types) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    if (types.includes($from.node(depth).type)) return { node: $from.node(depth), at: $from.before(depth), depth };
  }
  return undefined;
}

export const selected = (state, type) => state.selection instanceof NodeSelection && state.selection.node.type === type;

export function linkAt(state) {
  const { $from, empty, from, to } = state.selection;
  const at = empty ? marks.link.isInSet($from.marks()) || marks.link.isInSet($from.nodeAfter?.marks ?? []) : null;
  if (!empty) {
    let found = null;
    state.doc.nodesBetween(from, to, (node) => { found ||= marks.link.isInSet(node.marks); });
    return found ? { mark: found, from, to } : null;
  }
  if (!at) return null;
  const start = $from.start();
  let [first, last] = [null, null];
  $from.parent.forEach((child, offset) => {
    const has = at.isInSet(child.marks);
    const end = offset + child.nodeSize;
    if (has && (last === null || last === offset || first === null) && offset <= $from.parentOffset) {
      if (last !== offset) first = offset;
      last = end;
    } else if (has && last === offset) last = end;
  });
  return first === null ? null : { mark: at, from: start + first, to: start + last };
}

const isListed = (type) => (state) => around(state, nodes.bullet_list, nodes.ordered_list)?.node.type === type;

// Turns a list into one of the other kind, a paragraph into a list, and a list back.
function toggleList(type) {
  return (state, dispatch, view) => {
    const found = around(state, nodes.bullet_list, nodes.ordered_list);
    if (found?.node.type === type) return liftListItem(nodes.list_item)(state, dispatch, view);
    if (!found) return wrapInList(type)(state, dispatch, view);
    dispatch?.(state.tr.setNodeMarkup(found.at, type));
    return true;
  };
}

const toggleQuote = (state, dispatch, view) => (
  around(state, nodes.blockquote) ? lift(state, dispatch, view) : wrapIn(nodes.blockquote)(state, dispatch, view));

// Puts a block in the place of an empty paragraph, else behind the block where the cursor stands.
function put(state, dispatch, node, into = 0) {
  const { $from } = state.selection;
  const isEmpty = $from.parent.type === nodes.paragraph && !$from.parent.content.size && $from.depth === 1;
  const at = isEmpty ? $from.before(1) : $from.depth ? $from.after(1) : state.selection.to;
  const tr = isEmpty ? state.tr.replaceWith(at, $from.after(1), node) : state.tr.insert(at, node);
  dispatch?.(tr.setSelection(Selection.near(tr.doc.resolve(at + 1 + into))).scrollIntoView());
  return true;
}

function box(kind) {
  return (state, dispatch, view) => {
    const attrs = { word: wordFor(kind, view?.lang || 'es') };
    return wrapIn(nodes.container, attrs)(state, dispatch, view);
  };
}

function quiz(state, dispatch, view) {
  const paragraph = () => nodes.paragraph.create();
  const answer = nodes.container.create({ word: wordFor('answer', view?.lang || 'es') }, paragraph());
  return put(state, dispatch, nodes.container.create({ word: wordFor('quiz', view?.lang || 'es') }, [paragraph(), answer]), 1);
}

// Takes the frame off a box and leaves its text.
function unbox(state, dispatch) {
  const found = around(state, nodes.container);
  if (!found) return false;
  dispatch?.(state.tr.replaceWith(found.at, found.at + found.node.nodeSize, found.node.content).scrollIntoView());
  return true;
}

// An empty paragraph behind the whole block: the way out of a box or table at the end of the document.
export function below(state, dispatch) {
  const { $from, to } = state.selection;
  const at = $from.depth ? $from.after(1) : to;
  const tr = state.tr.insert(at, nodes.paragraph.create());
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView());
  return true;
}

// The same where an arrow down would lead nowhere.
export function leaveDown(state, dispatch, view) {
  const { $head, empty } = state.selection;
  if (!empty || !$head.depth || $head.after(1) !== state.doc.content.size || $head.node(1).type === nodes.paragraph) return false;
  if (view && !view.endOfTextblock('down')) return false;
  return Selection.findFrom(state.doc.resolve($head.after()), 1) ? false : below(state, dispatch);
}

export const breakLine = (state, dispatch) => {
  if (isInTable(state) || state.selection.$from.parent.type === nodes.heading) return true;
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

// Adds a row or column and puts the cursor into it; `at` says at which row and column of the new table that is.
const added = (command, at) => (state, dispatch) => {
  if (!isInTable(state)) return false;
  const rect = selectedRect(state);
  return command(state, dispatch && ((tr) => {
    const map = TableMap.get(tr.doc.nodeAt(rect.tableStart - 1));
    const [row, column] = at(rect);
    const place = rect.tableStart + map.map[row * map.width + column] + 1;
    dispatch(tr.setSelection(Selection.near(tr.doc.resolve(place))).scrollIntoView());
  }));
};

const removed = (state, dispatch) => {
  dispatch?.(state.tr.deleteSelection().scrollIntoView());
  return true;
};

const level = (number) => ({
  run: setBlockType(nodes.heading, { level: number }),
  holds: ({ selection: { $from } }) => $from.parent.type === nodes.heading && $from.parent.attrs.level === number,
});
const marked = (type) => ({
  run: toggleMark(type),
  holds: ({ selection: { empty, $from, from, to }, storedMarks, doc }) => (
    empty ? !!type.isInSet(storedMarks || $from.marks()) : doc.rangeHasMark(from, to, type)),
});

// Name of a button -> what it does, and whether it holds now.
export const COMMANDS = {
  paragraph: { run: setBlockType(nodes.paragraph), holds: ({ selection: { $from } }) => $from.parent.type === nodes.paragraph },
  ...Object.fromEntries([1, 2, 3, 4].map((number) => [`heading${number}`, level(number)])),
  bold: marked(marks.strong),
  italic: marked(marks.em),
  list: { run: toggleList(nodes.bullet_list), holds: isListed(nodes.bullet_list) },
  numbers: { run: toggleList(nodes.ordered_list), holds: isListed(nodes.ordered_list) },
  deeper: { run: sinkListItem(nodes.list_item) },
  shallower: { run: liftListItem(nodes.list_item) },
  quote: { run: toggleQuote, holds: (state) => !!around(state, nodes.blockquote) },
  undo: { run: undo },
  redo: { run: redo },
  rule: { run: (state, dispatch) => put(state, dispatch, nodes.horizontal_rule.create()) },
  table: { run: (state, dispatch, view) => put(state, dispatch, newTable(view.words.columns.split('|')), 1) },
  ...Object.fromEntries(['nota', 'aviso', 'ejemplo', 'definicion', 'recuadro'].map((kind) => [kind, { run: box(kind) }])),
  quiz: { run: quiz },
  unbox: { run: unbox },
  below: { run: below },
  rowAbove: { run: added(addRowBefore, ({ top, left }) => [top, left]) },
  rowBelow: { run: added(addRowAfter, ({ bottom, left }) => [bottom, left]) },
  columnBefore: { run: added(addColumnBefore, ({ top, left }) => [top, left]) },
  columnAfter: { run: added(addColumnAfter, ({ top, right }) => [top, right]) },
  noRow: { run: deleteRow },
  noColumn: { run: deleteColumn },
  noTable: { run: deleteTable },
  remove: { run: removed },
};

// Where the cursor stands, for the buttons that only belong there.
export const PLACES = {
  table: isInTable,
  list: (state) => !!around(state, nodes.list_item),
  box: (state) => !!around(state, nodes.container),
  image: (state) => selected(state, nodes.image),
  locked: (state) => selected(state, nodes.locked),
};
