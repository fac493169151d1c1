// Makes what browsers load from what stands in src/: the bundle, its SHA-256 and the licences of what is in it.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] || join(here, '../reviewtool/web/static/vendor');
const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ['src/editor.js'],
  alias: { entities: './src/entities.js' },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  metafile: true,
  write: false,
});
const script = outputFiles[0].contents;

function licence(name) {
  const place = join(here, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const file = readdirSync(place).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(place, file), 'utf8').trim() : '';
  return `${name} ${version} (${license})\n\n${text}\n`;
}

const names = Object.keys(metafile.inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
const licences = [...new Set(names.filter(Boolean))].sort().map(licence).join(`\n${'-'.repeat(72)}\n\n`);
if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'editor.js'), script);
writeFileSync(join(folder, 'editor.js.sha256'), `${createHash('sha256').update(script).digest('hex')}  editor.js\n`);
writeFileSync(join(folder, 'editor.licences.txt'), licences);
