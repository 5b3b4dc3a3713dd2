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

/** The files of `examples/` that a program makes, by path from the clone's root. */
export function generatedExamples(): Map<string, string | Uint8Array> {
  const topology = sequential(
    'spirals',
    [2],
    [
      fullyConnected('hidden1', 32, 'relu'),
      fullyConnected('hidden2', 32, 'relu'),
      fullyConnected('dense', SPIRALS.length, 'softmax'),
    ],
  );
  const { modelJson, weightsBin } = modelFiles(topology, initialWeights(topology, SEED));
  return new Map<string, string | Uint8Array>([
    ['examples/data/spirals.csv', spirals()],
    ['examples/models/spirals/model.json', `${modelJson}\n`],
    ['examples/models/spirals/weights.bin', weightsBin],
  ]);
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
