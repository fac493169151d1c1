// What the benchmark does to one document inside the browser, with the editor's own transactions.
const { COMMANDS, blocksOf, parse, sameAll, save, stateOf } = await import('/editor.js');

function random(seed) {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
}

const pick = (list, next) => list[Math.floor(next() * list.length)];

// Every word of four letters or more: where it stands, in which paragraph, and in which block of the document.
function words(doc) {
  const found = [];
  doc.forEach((block, offset, index) => {
    const look = (node, at, parent) => {
      if (node.isText) {
        for (const { 0: word, index: i } of node.text.matchAll(/[\p{L}\p{M}]{4,}/gu)) {
          found.push({ from: at + i, to: at + i + word.length, index, parent });
        }
      }
      node.forEach((child, i) => look(child, at + 1 + i, node));
    };
    look(block, offset, doc);
  });
  return found;
}

// What the save did: whether it reads back, whether all outside the edited blocks kept its bytes, how many lines changed.
function judge(text, original, state, index) {
  const result = save(original, state.doc);
  const [before, after] = original.spans.get(original.blocks[index]);
  const front = original.front.length;
  const [old, now] = [text, result.text].map((each) => each.split(/\r\n?|\n/));
  return {
    reads: result.exact && sameAll(blocksOf(parse(result.text).doc), blocksOf(state.doc)),
    outside: result.text.startsWith(text.slice(0, front + before)) && result.text.endsWith(text.slice(front + after)),
    lines: old.length === now.length ? old.filter((line, i) => line !== now[i]).length : -1,
    rewritten: result.rewritten,
    text: result.text,
  };
}

const run = (command) => (tr, { from }, state) => {
  let found = null;
  const inside = state.apply(state.tr.setSelection(state.selection.constructor.near(state.doc.resolve(from))));
  COMMANDS[command].run(inside, (made) => { found = made; });
  return found;
};
const inTable = ({ parent }) => /table/.test(parent.type.name);

// Name -> what is done at a word, and at which words it can be.
const OPERATIONS = {
  split: { act: (tr, { from }) => tr.split(from) },
  insert: {
    act: (tr, { block }, { schema }) => (
      tr.insert(block.at + block.node.nodeSize, schema.nodes.paragraph.create(null, schema.text('Párrafo nuevo del grupo.')))),
  },
  bold: { act: (tr, { from, to }, { schema }) => tr.addMark(from, to, schema.marks.strong.create()) },
  'two words': {
    act: (tr, one, _state, two) => {
      const [first, second] = one.from < two.from ? [one, two] : [two, one];
      if (second.from !== first.from) tr.insertText('dos', second.from, second.to);
      return tr.insertText('uno', first.from, first.to);
    },
  },
  'typing *': { act: (tr, { to }) => tr.insertText(' según *nota', to) },
  'typing [': { act: (tr, { to }) => tr.insertText(' [sic] [véase', to) },
  'typing )': { act: (tr, { to }) => tr.insertText(' según el art. 8.1 c) y b)(2)', to) },
  'row added': { act: run('rowBelow'), where: inTable },
  'column added': { act: run('columnAfter'), where: inTable },
  'row removed': { act: run('noRow'), where: inTable },
};

export function open(text) {
  const original = parse(text);
  const state = stateOf(original.doc);
  const same = save(original, state.doc);
  return { identical: same.text === text && same.exact };
}

// Each of `count` words of the document replaced by another, one at a time.
export function replace(text, seed, count) {
  const original = parse(text);
  const state = stateOf(original.doc);
  const next = random(seed);
  const all = words(state.doc);
  return Array.from({ length: all.length ? count : 0 }, () => {
    const { from, to, index } = pick(all, next);
    const edited = state.apply(state.tr.insertText('palabra', from, to));
    return { word: state.doc.textBetween(from, to), ...judge(text, original, edited, index) };
  });
}

// Every paragraph that stands between two lists of one kind is taken out, and a paragraph picked by chance.
function deletions(text, original, state, starts, next) {
  const plain = starts.filter(({ node }) => node.type.name === 'paragraph');
  const parting = plain.filter(({ index }) => {
    const [before, after] = [starts[index - 1]?.node, starts[index + 1]?.node];
    return before && after && before.type === after.type && /list/.test(before.type.name);
  });
  const chosen = plain.length ? [['delete', pick(plain, next)]] : [];
  return [...chosen, ...parting.map((each) => ['delete between lists', each])].map(([name, { at, node, index }]) => {
    const edited = state.apply(state.tr.delete(at, at + node.nodeSize));
    const result = save(original, edited.doc);
    const places = original.blocks.map((each) => original.spans.get(each));
    const front = original.front.length;
    const before = text.slice(0, front + (places[index - 1]?.[1] ?? 0));
    const after = text.slice(front + (places[index + 1]?.[0] ?? original.body.length));
    return {
      name,
      reads: result.exact && sameAll(blocksOf(parse(result.text).doc), blocksOf(edited.doc)),
      outside: result.text.startsWith(before) && result.text.endsWith(after),
      rewritten: result.rewritten,
      text: result.text,
    };
  });
}

// Each operation once, at a word of the document picked by chance.
export function edit(text, seed) {
  const original = parse(text);
  const state = stateOf(original.doc);
  const next = random(seed);
  const starts = [];
  state.doc.forEach((node, at, index) => starts.push({ node, at, index }));
  const all = words(state.doc);
  const paragraphs = all.filter(({ parent }) => parent.type.name === 'paragraph');
  const made = [];
  for (const [name, { act, where }] of Object.entries(OPERATIONS)) {
    const word = pick(where ? all.filter(where) : paragraphs, next);
    if (!word) continue;
    const second = pick(all.filter(({ parent }) => parent === word.parent), next);
    const tr = act(state.tr, { ...word, block: starts[word.index] }, state, second);
    if (tr) made.push({ name, ...judge(text, original, state.apply(tr), word.index) });
  }
  return [...made, ...deletions(text, original, state, starts, next)];
}
