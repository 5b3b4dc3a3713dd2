import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { initialWeights } from '../core/models/initial-weights.js';
import { modelFiles } from '../core/models/model-file.js';
import { fullyConnected, sequential } from '../core/models/zoo/sequential.js';
import { createRandom } from '../core/random.js';
import { projectRoot } from './paths.mjs';

const SEED = 1;
const SPIRALS = ['amber', 'blue', 'coral'];
const POINTS = 300;
const FRIEDMAN = { examples: 2000, inputs: 10 };

/** The files of `examples/` that a program makes, by path from the clone's root. */
export function generatedExamples(): Map<string, string | Uint8Array> {
  return new Map<string, string | Uint8Array>([
    ['examples/data/spirals.csv', spirals()],
    ...model('spirals', 2, SPIRALS.length, 'softmax'),
    ['examples/data/friedman.csv', friedman()],
    ...model('friedman', FRIEDMAN.inputs, 1, 'linear'),
  ]);
}

/** The files of an untrained model with two hidden layers. */
function model(name: string, inputs: number, outputs: number, activation: string): [string, string | Uint8Array][] {
  const topology = sequential(
    name,
    [inputs],
    [
      fullyConnected('hidden1', 32, 'relu'),
      fullyConnected('hidden2', 32, 'relu'),
      fullyConnected('dense', outputs, activation),
    ],
  );
  const { modelJson, weightsBin } = modelFiles(topology, initialWeights(topology, SEED));
  return [
    [`examples/models/${name}/model.json`, `${modelJson}\n`],
    [`examples/models/${name}/weights.bin`, weightsBin],
  ];
}

/**
 * Friedman's first regression problem (1991): 10 sin(π x1 x2) + 20 (x3 − 0.5)² + 10 x4 + 5 x5, with normal noise of a deviation of 1, and
 * five inputs that mean nothing. The noise bounds R² at about 0.96.
 */
function friedman(): string {
  const random = createRandom(SEED);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const rows = Array.from({ length: FRIEDMAN.examples }, () => {
    const x = Array.from({ length: FRIEDMAN.inputs }, () => random.next());
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = x;
    const y = 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + normal();
    return [...x, y].map((value) => value.toFixed(4)).join();
  });
  const header = [...Array.from({ length: FRIEDMAN.inputs }, (_, i) => `x${i + 1}`), 'y'].join();
  return `${[header, ...rows].join('\n')}\n`;
}

/** Points of three spirals around one centre, each one turn long, with a little noise. */
function spirals(): string {
  const random = createRandom(SEED);
  const rows = Array.from({ length: POINTS }, (_, i) =>
    SPIRALS.map((name, spiral) => {
      const radius = 0.1 + (0.9 * i) / POINTS;
      const angle = 2 * Math.PI * (radius + spiral / SPIRALS.length) + 0.3 * (random.next() - 0.5);
      return `${(radius * Math.cos(angle)).toFixed(4)},${(radius * Math.sin(angle)).toFixed(4)},${name}`;
    }),
  );
  return `${['x,y,spiral', ...rows.flat()].join('\n')}\n`;
}

/** Writes the files of `examples/` that a program makes. */
export async function writeExamples(root = projectRoot()): Promise<void> {
  for (const [path, content] of generatedExamples()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
