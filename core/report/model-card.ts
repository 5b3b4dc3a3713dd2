import { PrunefrontError } from '../errors.js';
import { beyondTfjs } from '../models/beyond-tfjs.js';
import { outputActivation } from '../models/task-output.js';
import type { Topology } from '../models/topology.js';
import { nameOf } from '../registry/index.js';
import { ownMetrics } from '../sweep/named-metrics.js';
import type { Observation } from '../sweep/observation.js';
import type { SweepResult } from '../sweep/result.js';
import type { DatasetSource } from '../sweep/spec.js';
import { type Task, taskName } from '../sweep/task.js';
import { formatComparison, formatQuantity } from './assets/format.js';
import { metricInfo, type ReportMetric, rowValues } from './metrics.js';
import { mainLabel, mainNames } from './quality-metrics.js';

/** Beside the metrics of the task. */
const CARD_METRICS: readonly ReportMetric[] = [
  'parameters',
  'nonzeroParameters',
  'macs',
  'bytesDense',
  'bytesGzip',
  'bytesEncoded',
  'latencyP50',
];

function preprocessing(dataset: DatasetSource): string {
  if ('builtin' in dataset)
    return 'Grey values from 0 (background) to 1 (ink), 28 × 28 pixels in one channel: divide bytes by 255.';
  if ('idx' in dataset)
    return 'Bytes of the images divided by 255, so from 0 to 1, with one channel at the end where the file has none.';
  if ('csv' in dataset)
    return `The columns of the CSV file in their order, without the label column \`${dataset.csv.label}\`, as they are.`;
  if ('reader' in dataset)
    return `As the plugin’s reader \`${nameOf(dataset.reader)}\` gives it, bytes divided by 255.`;
  return 'The arrays of the file as float32: unsigned bytes divided by 255, so from 0 to 1, any other numbers as they are; images without a channel axis get one at the end.';
}

const KINDS = {
  classification: 'A classifier',
  regression: 'A regression model',
  reconstruction: 'A model that reconstructs its input',
} as const;

function outputText(task: Task | undefined, topology: Topology): string {
  if (task === undefined) {
    return outputActivation(topology) === 'softmax'
      ? 'The output has one probability a class.'
      : 'The output has one logit a class; a softmax makes probabilities of them.';
  }
  if ('regression' in task) return 'The output has one number a target.';
  const { noise } = task.reconstruction;
  const without = noise === 0 ? '' : `, without the noise of a standard deviation of ${noise} that it was trained with`;
  return `The output is the input${without}.`;
}

function numbers(result: SweepResult, id: string): string {
  const row = result.rows.find((each) => each.id === id);
  const dense = result.rows.find((each) => each.id === 'dense');
  const values = row === undefined ? {} : rowValues(row);
  const before = dense === undefined ? {} : rowValues(dense);
  const isOfDenseShape = values.parameters === before.parameters && values.macs === before.macs;
  const task = taskName(result.spec.task);
  const { validation, test } = mainNames(task);
  return [validation, test, ...ownMetrics(result.spec), ...CARD_METRICS]
    .filter((name) => values[name] !== null && values[name] !== undefined)
    .map((name) => {
      const { label, kind } = metricInfo(name, task);
      const cells = [
        label,
        formatQuantity(values[name], kind),
        formatQuantity(before[name], kind),
        // Models of one shape run the same kernels, whatever zeros they hold: what differs is noise, or what imitates integers.
        name === 'latencyP50' && isOfDenseShape && id !== 'dense'
          ? 'same shape: not compared'
          : formatComparison(values[name], before[name], kind),
      ];
      return `| ${cells.join(' | ')} |`;
    })
    .join('\n');
}

/** What of the benefit a runtime of today gives. */
function benefit({ surgeryDifference, parameters, nonzeroParameters }: Observation): string {
  const zeros = formatQuantity(1 - nonzeroParameters / Math.max(1, parameters), 'fraction');
  const removed =
    surgeryDifference === null
      ? 'Nothing was physically removed'
      : 'Units were physically removed, so MACs and latency fell with them';
  return `${removed}. ${zeros} of its parameters are zero: that shrinks the compressed file and makes nothing faster by itself.`;
}

/** What compressions did, and which file is exactly what was measured. */
function compressionText({ compression, bytesEncoded }: Observation): string {
  const done =
    compression === undefined
      ? ''
      : `\n## Compression\n\n${compression.map((note) => `- ${note}`).join('\n')}\n\nThe weights of \`model.json\` are what was measured, as float32; grids of outputs are in \`model.pfc\` alone.\n`;
  return bytesEncoded === undefined ? done : `\`model.pfc\` is the encoded model, of ${bytesEncoded} bytes.\n${done}`;
}

/** What tfjs does not run as it was measured; nothing where it runs all. */
function beyondText(topology: Topology): string {
  const beyond = beyondTfjs(topology);
  if (beyond.length === 0) return '';
  return `tfjs cannot run this model, or not as it was measured, with native code or without: ${beyond.join(', ')}.\n\n`;
}

/** Whose model it is and whose scores these are. */
function foldsText({ folds }: Observation): string {
  if (folds === undefined) return '';
  return `: the mean over the ${folds.length} folds of a cross-validation, of which this is the first one’s model`;
}

/**
 * The README.md of an exported model: what it is, what was measured, how to load it and what it takes as input.
 * @param id a candidate that was measured, or `dense`
 * @param topology that of the model
 * @throws PrunefrontError `PRUNEFRONT_CANDIDATE_NOT_FOUND` where the sweep has no such row or it failed
 */
export function modelCard(result: SweepResult, id: string, topology: Topology): string {
  const row = result.rows.find((each) => each.id === id);
  if (row === undefined || row.status === 'failed') {
    const found = row === undefined ? id : `${id}, which failed: ${row.cause.message}`;
    throw new PrunefrontError('PRUNEFRONT_CANDIDATE_NOT_FOUND', `sweep '${result.spec.name}' has no model of '${id}'`, {
      found,
    });
  }
  const { observation } = row;
  return `# ${result.spec.name}: ${row.label}

${KINDS[taskName(result.spec.task)]}, pruned by Prunefront. Candidate \`${id}\` of sweep \`${result.sweepId}\`, stage \`${row.stageKey}\`, finished ${result.finishedAt}.

| | this model | dense | compared |
| --- | ---: | ---: | ---: |
${numbers(result, id)}

${mainLabel(taskName(result.spec.task))} on validation is over ${observation.validation.examples} examples, which the search saw${foldsText(observation)}${
    observation.test === null
      ? '. It was not scored on test.'
      : `; on test over ${observation.test.examples}, which it did not.`
  } Latency is of one forward pass at batch ${observation.latency.batchSize} on ${observation.device}, measured after warm-up while other slots trained.
${benefit(observation)}
${compressionText(observation)}
## Input and output

${preprocessing(result.spec.dataset)} The first dimension is the batch; \`model.inputs[0].shape\` has the others.
${outputText(result.spec.task, topology)}

## Load it

${beyondText(topology)}With tfjs-node or tfjs-node-gpu:

\`\`\`js
import tf from '@tensorflow/tfjs-node';

const model = await tf.loadLayersModel('file://./model.json');
model.predict(tf.zeros([1, ...model.inputs[0].shape.slice(1)])).print();
\`\`\`

With plain tfjs in a browser, where the folder is served:

\`\`\`js
const model = await tf.loadLayersModel('./model.json');
\`\`\`

With plain tfjs in Node, without native code:

\`\`\`js
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';

const { modelTopology, weightsManifest } = JSON.parse(readFileSync('model.json', 'utf8'));
const weightSpecs = weightsManifest.flatMap((group) => group.weights);
const weightData = new Uint8Array(Buffer.concat(weightsManifest.flatMap((group) => group.paths).map((path) => readFileSync(path)))).buffer;
const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
model.predict(tf.zeros([1, ...model.inputs[0].shape.slice(1)])).print();
\`\`\`
`;
}
