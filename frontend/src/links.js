// Where a link ends: what replaces its last word belongs to it, what is typed after it does not.
import { Plugin, PluginKey } from 'prosemirror-state';

import { schema } from './schema.js';

const { link } = schema.marks;
const key = new PluginKey('links');

function endsLink($pos) {
  const { nodeBefore, nodeAfter } = $pos;
  const mark = nodeBefore && link.isInSet(nodeBefore.marks);
  return mark && !(nodeAfter && mark.isInSet(nodeAfter.marks)) ? mark : null;
}

export const linkEnds = () => new Plugin({
  key,
  state: {
    init: () => false,
    // Whether something was just taken off the end of the link before the cursor.
    apply(tr, wasCut, old, now) {
      if (!tr.docChanged) return wasCut && !tr.selectionSet;
      return wasCut || (tr.doc.content.size < tr.before.content.size && !!endsLink(now.selection.$from) &&
        !!link.isInSet(old.doc.resolve(Math.min(old.selection.to, old.doc.content.size)).marks()));
    },
  },
  props: {
    handleTextInput(view, from, to, text) {
      const { state } = view;
      const mark = from === to && !state.storedMarks && !key.getState(state) && endsLink(state.doc.resolve(from));
      if (!mark) return false;
      view.dispatch(state.tr.insertText(text, from, to).removeMark(from, from + text.length, link).scrollIntoView());
      return true;
    },
  },
});
