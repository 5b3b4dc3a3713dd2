import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { replaceBlock } from '../../tools/pictures/marked-block.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesIn = (folder: string, end: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));
const readme = read('README.md');
const pages = ['README.md', ...filesIn('docs', '.md')];
const found = (pattern: RegExp, text = readme): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, part]) => part ?? '')),
];

/** The commands that the help of the command line lists, below `sweep` or at the top. */
function helpCommands(...parent: string[]): string[] {
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  const help = execFileSync(process.execPath, [main, ...parent, '--help'], { encoding: 'utf8' });
  return found(/^ {2}(\w+)/gm, help.slice(help.indexOf('Commands:'), help.lastIndexOf('\nExamples:')));
}

describe('README.md and the pages', () => {
  it.each(pages)('given %s, then every file that it links or shows exists', (page) => {
    const targets = found(/\]\(([^)\s]+)\)/g, read(page)).filter((target) => !/^(https?:|#)/.test(target));
    const missing = targets.filter((target) => !existsSync(resolve(ROOT, dirname(page), target.replace(/#.*/, ''))));
    expect(missing).toEqual([]);
  });

  it('given README.md, then it has the blocks that programs write, and the demo’s holds a table', () => {
    expect(readme).toMatch(/<!-- demo:begin[^>]*-->\n\| .*accuracy val.*[\s\S]+\n<!-- demo:end -->/);
    expect(readme).toMatch(/<!-- bench -->\n[\s\S]*<!-- \/bench -->/);
    expect(replaceBlock(readme, 'demo', 'new')).toMatch(/<!-- demo:begin[^>]*-->\nnew\n<!-- demo:end -->/);
  });

  it('given README.md, then every npm script that it names exists, and every one that exists is named', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...found(/npm run ([\w:]+)/g), ...found(/npm (test)\b/g)];
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(Object.keys(scripts).filter((name) => !named.includes(name))).toEqual([]);
  });

  it('given README.md, then every command that it names exists, and every one that exists is named', () => {
    const [top, sweep] = [helpCommands(), helpCommands('sweep')];
    const exists = new Set([...top, ...sweep.map((name) => `sweep ${name}`)]);
    const named = found(/prunefront ((?:sweep )?[a-z]+)/g);
    expect(named.filter((name) => !exists.has(name))).toEqual([]);
    const wanted = [...top.filter((name) => !['sweep', 'help'].includes(name)), 'sweep run'];
    expect(wanted.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('given README.md, then every option that it names is one of ours, or of a program that it says how to call', () => {
    const ours = [
      ...filesIn('cli', '.ts'),
      ...filesIn('workers', 'settings.ts'),
      ...filesIn('workers', 'main.ts'),
      ...filesIn('bench', 'main.ts'),
      ...filesIn('bench', 'options.ts'),
      'tools/docs-pictures.ts',
    ]
      .map(read)
      .join('\n');
    const others = ['db-filename', 'search-attribute', 'dynamic-config-value', 'ip', 'name', 'type'];
    const known = (option: string): boolean =>
      others.includes(option) ||
      ours.includes(`--${option}`) ||
      new RegExp(`^ +'?${option}'?: \\{\\s+(?:type|value)`, 'm').test(ours);
    expect(found(/(?<![\w-])--([a-z][a-z-]*)/g).filter((option) => !known(option))).toEqual([]);
  });

  it('given README.md, then every example spec is in it', () => {
    expect(filesIn('examples', '.yaml').filter((file) => !readme.includes(`](${file})`))).toEqual([]);
  });
});
