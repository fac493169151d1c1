// How markdown-it is set up: the dialect of `reviewtool/prose/dialect.py`, and what the editor never rewrites as blocks
// of their own (HTML, reference definitions, kramdown and Liquid lines, containers of other dialects).
import MarkdownIt from 'markdown-it';

// Word after the colons -> what it is. The same words as on the server.
export const ADMONITIONS = {
  nota: 'nota', note: 'nota', aviso: 'aviso', warning: 'aviso', ejemplo: 'ejemplo', example: 'ejemplo',
  exemplo: 'ejemplo', definicion: 'definicion', definition: 'definicion', definicao: 'definicion',
  recuadro: 'recuadro', box: 'recuadro', quadro: 'recuadro',
};
const QUIZZES = ['pregunta', 'question', 'pergunta'];
const ANSWERS = ['respuesta', 'answer', 'resposta'];
const LOCKED_LINES = [/^:{3,}/, /^\{:.*\}\s*$/, /^\{%.*%\}\s*$/, /^\*\[[^\]]+\]:/];
const INTERRUPTS = { alt: ['paragraph', 'reference', 'blockquote', 'list'] };
const SAFE_URL = /^(?:https?:|mailto:|[^:]*$|[^:/?#]*[/?#])/i;

export const fold = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

// What a container is: { kind, word, title } of what follows its colons; kind is '' for a word nobody knows.
export function container(info) {
  const [, word, title] = /^(\S*)\s*([^]*)$/.exec(info.trim());
  const folded = fold(word);
  const kind = ADMONITIONS[folded] || (QUIZZES.includes(folded) && 'quiz') || (ANSWERS.includes(folded) && 'answer');
  return { kind: kind || '', word, title: title.trim() };
}

const TITLES = {
  nota: 'Nota', note: 'Note', aviso: 'Aviso', warning: 'Warning', ejemplo: 'Ejemplo', example: 'Example',
  exemplo: 'Exemplo', definicion: 'Definición', definition: 'Definition', definicao: 'Definição',
  respuesta: 'Respuesta', answer: 'Answer', resposta: 'Resposta',
};

// The line that a container without a title of its own shows.
export const defaultTitle = (word) => TITLES[fold(word)] || '';

// The word of a kind in the language of a document.
const SAID = {
  es: { quiz: 'pregunta', answer: 'respuesta' },
  en: {
    nota: 'note', aviso: 'warning', ejemplo: 'example', definicion: 'definition', recuadro: 'box', quiz: 'question',
    answer: 'answer',
  },
  pt: { ejemplo: 'exemplo', definicion: 'definicao', recuadro: 'quadro', quiz: 'pergunta', answer: 'resposta' },
};
export const wordFor = (kind, lang) => (SAID[lang.slice(0, 2)] || SAID.es)[kind] || kind;

const isCode = (state, line) => state.sCount[line] - state.blkIndent >= 4;
const lineOf = (state, line) => state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]);

function containerRule(state, startLine, endLine, silent) {
  const open = /^(:{3,})(.*)$/.exec(lineOf(state, startLine));
  if (!open || isCode(state, startLine) || !container(open[2]).kind) return false;
  if (silent) return true;
  let line = startLine;
  let closed = false;
  while (!closed && ++line < endLine) {
    const text = lineOf(state, line);
    if (text && state.sCount[line] < state.blkIndent) break;
    const close = /^(:{3,})[ \t]*$/.exec(text);
    closed = close && !isCode(state, line) && close[1].length >= open[1].length;
  }
  const { parentType, lineMax } = state;
  state.parentType = 'container';
  state.lineMax = line;
  const token = state.push('container_open', '', 1);
  token.map = [startLine, closed ? line + 1 : line];
  token.info = open[2];
  token.markup = open[1];
  token.meta = { body: [startLine + 1, line] };
  state.md.block.tokenize(state, startLine + 1, line);
  state.push('container_close', '', -1);
  Object.assign(state, { parentType, lineMax, line: line + (closed ? 1 : 0) });
  return true;
}

function footnoteRule(state, startLine, endLine, silent) {
  const open = /^\[\^([^\] ]+)\]:/.exec(lineOf(state, startLine));
  if (!open || isCode(state, startLine)) return false;
  if (silent) return true;
  const { parentType } = state;
  const kept = [state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine]];
  const after = kept[0] + kept[1] + open[0].length;
  const token = state.push('footnote_open', '', 1);
  token.meta = { label: open[1] };
  let pos = after;
  const initial = kept[2] + open[0].length;
  let offset = initial;
  for (; pos < state.eMarks[startLine] && ' \t'.includes(state.src[pos]); pos++) {
    offset += state.src[pos] === '\t' ? 4 - (offset % 4) : 1;
  }
  state.bMarks[startLine] = after;
  state.tShift[startLine] = pos - after;
  state.sCount[startLine] = offset - initial;
  state.blkIndent += 4;
  state.parentType = 'footnote';
  if (state.sCount[startLine] < state.blkIndent) state.sCount[startLine] += state.blkIndent;
  state.md.block.tokenize(state, startLine, endLine, true);
  state.parentType = parentType;
  state.blkIndent -= 4;
  [state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine]] = kept;
  token.map = [startLine, state.line];
  state.push('footnote_close', '', -1);
  return true;
}

function footnoteMark(state, silent) {
  const found = /^\[\^([^\] \n]+)\]/.exec(state.src.slice(state.pos, Math.min(state.posMax, state.pos + 200)));
  if (!found) return false;
  if (!silent) state.push('footnote_ref', '', 0).meta = { label: found[1] };
  state.pos += found[0].length;
  return true;
}

function lockedLine(state, startLine, _endLine, silent) {
  if (isCode(state, startLine) || !LOCKED_LINES.some((line) => line.test(lineOf(state, startLine)))) return false;
  if (silent) return true;
  lock(state, startLine, startLine + 1);
  return true;
}

function lock(state, start, end) {
  const token = state.push('locked', '', 0);
  token.map = [start, end];
  token.content = state.getLines(start, end, state.blkIndent, false);
  state.line = end;
}

// A reference definition leaves no token of its own in markdown-it.
function lockedReference(rule) {
  return (state, startLine, endLine, silent) => {
    const found = rule(state, startLine, endLine, silent);
    if (found && !silent) lock(state, startLine, state.line);
    return found;
  };
}

export const md = MarkdownIt('commonmark', { html: true, maxNesting: 120 }).enable(['table', 'strikethrough']);
md.validateLink = (url) => SAFE_URL.test([...url].filter((char) => char > ' ').join(''));
md.normalizeLink = (url) => url;
md.normalizeLinkText = (text) => text;
md.block.ruler.before('table', 'locked', lockedLine, INTERRUPTS);
md.block.ruler.before('locked', 'container', containerRule, INTERRUPTS);
md.block.ruler.before('hr', 'footnote', footnoteRule, { alt: ['paragraph', 'reference'] });
md.inline.ruler.before('link', 'footnote_ref', footnoteMark);
const rules = md.block.ruler.__rules__; // there is no public way to ask for a rule
md.block.ruler.at('reference', lockedReference(rules.find(({ name }) => name === 'reference').fn));
