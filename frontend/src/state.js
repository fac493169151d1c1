// The state of an editor: its document, its keys, and what listens to every change.
import { baseKeymap } from 'prosemirror-commands';
import { history } from 'prosemirror-history';
import { keymap } from 'prosemirror-keymap';
import { splitListItem } from 'prosemirror-schema-list';
import { EditorState } from 'prosemirror-state';
import { tableEditing } from 'prosemirror-tables';

import { COMMANDS, below, breakLine, leaveDown } from './commands.js';
import { joinLists } from './joining.js';
import { linkEnds } from './links.js';
import { pasting } from './paste.js';
import { schema } from './schema.js';
import { settleTables } from './tables.js';

// Tab is not among them: it leaves the editor, as it leaves any field.
const KEYS = {
  'Mod-b': COMMANDS.bold.run,
  'Mod-i': COMMANDS.italic.run,
  'Mod-z': COMMANDS.undo.run,
  'Mod-y': COMMANDS.redo.run,
  'Shift-Mod-z': COMMANDS.redo.run,
  'Mod-]': COMMANDS.deeper.run,
  'Mod-[': COMMANDS.shallower.run,
  'Mod-Enter': below,
  'Shift-Enter': breakLine,
  Enter: splitListItem(schema.nodes.list_item),
  ArrowDown: leaveDown,
};

export function stateOf(doc, plugins = []) {
  return EditorState.create({
    doc,
    plugins: [
      ...plugins, history(), linkEnds(), joinLists(), settleTables(), pasting(), keymap(KEYS), keymap(baseKeymap),
      tableEditing(),
    ],
  });
}
