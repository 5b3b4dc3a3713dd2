import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { replaceBlock } from '../../tools/pictures/marked-block.js';
import {
  allOverRandom,
  type Expectation,
  globalOverLayer,
  iterativeOverOneShot,
  robustOverCollapsed,
} from './orderings.js';
import { accuracyPlot } from './plots.js';
import type { Results } from './results.js';
import { MODELS, SEEDS, type StudiedModel } from './study.js';
import {
  accuracyTable,
  allowanceTable,
  answer,
  collapseTable,
  denseSentence,
  expectationTable,
  guideTable,
  publishedTable,
} from './tables.js';

/**
 * Writes what the seeds that are whole say into docs/evidence.md, between its marks, and the plots beside it.
 * @returns what was written, for people
 */
export function writePage(results: Results, root: string): string {
  if (results.seeds.length === 0) return 'No seed is whole yet, so that docs/evidence.md stays as it is.';
  const images = join(root, 'docs', 'images');
  mkdirSync(images, { recursive: true });
  for (const model of MODELS) writeFileSync(join(images, `evidence-${model.id}.svg`), accuracyPlot(results, model));
  const file = join(root, 'docs', 'evidence.md');
  const text = Object.entries(blocksOf(results)).reduce(
    (page, [name, content]) => replaceBlock(page, `evidence-${name}`, content),
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, text);
  return `docs/evidence.md and its plots show ${results.seeds.length} of ${SEEDS.length} seeds.`;
}

/** What stands between the marks of the page. */
export function blocksOf(results: Results): Readonly<Record<string, string>> {
  return {
    run: runSentence(results),
    training: trainingLines(),
    ...Object.fromEntries(MODELS.map((model) => [model.id, modelBlock(results, model)])),
    global: expectationBlock(globalOverLayer(results, MODELS)),
    iterative: expectationBlock(iterativeOverOneShot(results, MODELS)),
    collapse: `${expectationBlock(robustOverCollapsed(results, MODELS))}\n\n${collapseTable(results, MODELS)}`,
    random: expectationBlock(allOverRandom(results, MODELS)),
    allowance: allowanceTable(results),
    published: publishedTable(results),
    guide: guideTable(results),
  };
}

function runSentence({ seeds, point }: Results): string {
  const [first] = MODELS;
  const [dense] = first === undefined ? [] : (point(first, 'dense', 0)?.observations ?? []);
  const versions = Object.entries(dense?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  return `Seeds ${seeds.join(', ')}, on ${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}; device: ${dense?.device ?? 'unknown'}; versions: ${versions.join(', ')}.`;
}

function trainingLines(): string {
  return MODELS.map(
    ({ title, epochs, recoveryEpochs, batchSize, learningRate }) =>
      `- ${title}: ${epochs} epochs dense, ${recoveryEpochs} after pruning, batches of ${batchSize}, Adam at ${learningRate}`,
  ).join('\n');
}

function modelBlock(results: Results, model: StudiedModel): string {
  return [
    `![Test accuracy of ${model.title} by sparsity, a line for each method; the tables below have the numbers](images/evidence-${model.id}.svg)`,
    denseSentence(results, model),
    'Methods that zero weights, by the sparsity of all weights that can be pruned:',
    accuracyTable(results, model, 'weights'),
    'Methods that remove units (filters, neurons, recurrent units), by the sparsity of units in each layer:',
    accuracyTable(results, model, 'units'),
  ].join('\n\n');
}

function expectationBlock(expectations: readonly Expectation[]): string {
  const found = answer(expectations);
  const head = `**${found.charAt(0).toUpperCase()}${found.slice(1)}.**`;
  return expectations.some(({ comparisons }) => comparisons.length > 0)
    ? `${head}\n\n${expectationTable(expectations)}`
    : head;
}
