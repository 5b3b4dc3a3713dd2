import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The page's script modules, each after those that it imports. */
const SCRIPTS = ['format', 'front', 'theme', 'pareto-chart', 'detail-charts', 'detail', 'table', 'main'] as const;

/** The page's styles: what narrow screens change comes last. */
const STYLES = ['page', 'tables', 'narrow'] as const;

/** Style and scripts that go into the page. */
export interface PageAssets {
  readonly style: string;
  /** The chart library, a classic script. */
  readonly charts: string;
  readonly script: string;
}

function asset(name: string): string {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
}

/** One script of several modules: their names are unique, so leaving out `import` and `export` joins them. */
function joinModules(sources: readonly string[]): string {
  return sources.map((source) => source.replace(/^import [^;]*;$/gm, '').replace(/^export /gm, '')).join('\n');
}

/** Reads the assets beside this file and ECharts from its package. */
export function loadPageAssets(): PageAssets {
  const charts = createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js');
  return {
    style: STYLES.map((name) => asset(`${name}.css`)).join('\n'),
    charts: readFileSync(charts, 'utf8').replace(/<\/(script)/gi, '<\\/$1'),
    script: joinModules(SCRIPTS.map((name) => asset(`${name}.js`))),
  };
}

/** The source expression by which a content security policy allows exactly this inline text. */
export function cspHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
