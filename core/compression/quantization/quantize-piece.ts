import { PrunefrontError } from '../../errors.js';
import { sizeOf, valuesByName } from '../../models/named-tensor.js';
import { numberOf, type Settings } from '../../registry/index.js';
import type { Compression, CompressionContext } from '../compression.js';
import { type Channels, type CompressibleKernel, compressibleKernels, oneChannel } from '../kernels.js';
import { type CompressedModel, type Encoding, withValues } from '../model.js';
import { activationLayers } from './activation-layers.js';
import type { ActivationGrid } from './fake-quantization.js';
import { chooseBits } from './mixed-precision.js';
import type { Calibration } from './observers.js';
import { dequantize, gridOf, quantize, type Scheme } from './quantize.js';
import { measureWidths, type QuantizableKernel, WIDTHS } from './sensitivity.js';

/** Kernels, and activations if asked, on grids of integers. */
export const quantizePiece: Compression = {
  name: 'quantize',
  summary: 'Stores kernels, and if asked rounds activations, as integers of few bits.',
  source: 'Jacob et al. 2018; mixed precision: Dong et al. 2020',
  makes: 'encodings',
  settings: {
    bits: {
      kind: 'number',
      description: 'Bits of each weight; with `precision: mixed` at most so many on average.',
      default: 8,
      minimum: 2,
      maximum: 16,
      integer: true,
    },
    scheme: {
      kind: 'choice',
      description:
        '`symmetric`: signed, zero in the middle; `asymmetric`: unsigned, over the range that the weights have.',
      default: 'symmetric',
      choices: ['symmetric', 'asymmetric'],
    },
    per: {
      kind: 'choice',
      description:
        'What shares a scale: the units of a layer have each their own (`channel`), or all of a kernel (`tensor`).',
      default: 'channel',
      choices: ['channel', 'tensor'],
    },
    precision: {
      kind: 'choice',
      description: '`uniform`: the same bits everywhere; `mixed`: 4, 8 or 16 by how much the loss grows.',
      default: 'uniform',
      choices: ['uniform', 'mixed'],
    },
    activations: {
      kind: 'choice',
      description: 'How the range of activations is calibrated; `none` leaves them as they are.',
      default: 'none',
      choices: ['none', 'minMax', 'percentile', 'movingAverage'],
    },
    activationBits: {
      kind: 'number',
      description: 'Bits of each activation; asymmetric.',
      default: 8,
      minimum: 2,
      maximum: 16,
      integer: true,
    },
    percentile: {
      kind: 'number',
      description: 'Part of the activations that `percentile` keeps within the range.',
      default: 0.9999,
      minimum: 0.5,
      maximum: 1,
    },
    momentum: {
      kind: 'number',
      description: 'Part of the old range that `movingAverage` keeps at each batch.',
      default: 0.9,
      minimum: 0,
      maximum: 1,
      exclusive: 'maximum',
    },
  },
  checkSettings(settings) {
    const [bits, least] = [numberOf(settings, 'bits'), Math.min(...WIDTHS)];
    if (settings['precision'] !== 'mixed' || bits >= least) return;
    throw new PrunefrontError('PRUNEFRONT_COMPRESSION', 'Mixed precision has no width of so few bits', {
      found: `${bits} bits on average`,
      allowed: `at least ${least} bits, or precision: uniform`,
    });
  },
  async apply(model, settings, context) {
    const { encodings, bits } = await quantizedKernels(model, settings, context);
    const values = [...encodings].flatMap(([name, { quantized }]) =>
      quantized === undefined ? [] : [[name, dequantize(quantized)] as const],
    );
    const activations = await quantizedActivations(model, settings, context);
    return {
      ...model,
      weights: withValues(model.weights, new Map(values)),
      encodings,
      activations: new Map([...model.activations, ...activations]),
      notes: [
        ...model.notes,
        ...[...bits].map(([name, own]) => widthNote(name, own, model.encodings.get(name)?.clusters !== undefined)),
        ...[...activations].map(([layer, grid]) => `outputs of ${layer} have ${grid.bits} bits`),
      ],
    };
  },
};

/** Of a kernel whose weights share values, it is these that lie on the grid; the file has indices of them, of fewer bits. */
function widthNote(name: string, bits: number, isShared: boolean): string {
  return isShared
    ? `the values that the weights of ${name} share lie on a grid of ${bits} bits`
    : `${name} has ${bits} bits a weight`;
}

async function quantizedKernels(
  model: CompressedModel,
  settings: Settings,
  context: CompressionContext,
): Promise<{ readonly encodings: Map<string, Encoding>; readonly bits: ReadonlyMap<string, number> }> {
  const values = valuesByName(model.weights);
  const kernels = compressibleKernels(model.topology).map((kernel) => ({
    name: kernel.weight,
    values: values.get(kernel.weight) ?? new Float32Array(),
    channels: channelsOf(kernel, model, settings),
  }));
  const scheme = settings['scheme'] as Scheme;
  const bits = await bitsOf(kernels, scheme, settings, context);
  const encodings = new Map(model.encodings);
  for (const { name, values: own, channels } of kernels) {
    const quantized = quantize(own, channels, { scheme, bits: bits.get(name) ?? 0 });
    encodings.set(name, { ...encodings.get(name), quantized });
    await context.tick();
  }
  return { encodings, bits };
}

/** With scales of their own, channels would part weights that share a value. */
function channelsOf(
  { weight, shape, outputs }: CompressibleKernel,
  model: CompressedModel,
  settings: Settings,
): Channels {
  const isShared = model.encodings.get(weight)?.clusters !== undefined;
  return settings['per'] === 'tensor' || isShared ? oneChannel(sizeOf(shape)) : outputs;
}

async function bitsOf(
  kernels: readonly QuantizableKernel[],
  scheme: Scheme,
  settings: Settings,
  context: CompressionContext,
): Promise<ReadonlyMap<string, number>> {
  if (settings['precision'] !== 'mixed') return new Map(kernels.map(({ name }) => [name, numberOf(settings, 'bits')]));
  const measured = await measureWidths(kernels, scheme, (changed) => context.lossWith(changed));
  return chooseBits(measured, budgetOf(measured, settings));
}

async function quantizedActivations(
  { topology }: CompressedModel,
  settings: Settings,
  context: CompressionContext,
): Promise<Map<string, ActivationGrid>> {
  const calibration = calibrationOf(settings);
  if (calibration === null) return new Map();
  const format = { scheme: 'asymmetric', bits: numberOf(settings, 'activationBits') } as const;
  const ranges = await context.activationRanges(activationLayers(topology), calibration);
  return new Map([...ranges].map(([layer, range]) => [layer, { ...format, ...gridOf(range, format) }]));
}

function calibrationOf(settings: Settings): Calibration | null {
  switch (settings['activations']) {
    case 'minMax':
      return { kind: 'minMax' };
    case 'percentile':
      return { kind: 'percentile', fraction: numberOf(settings, 'percentile') };
    case 'movingAverage':
      return { kind: 'movingAverage', momentum: numberOf(settings, 'momentum') };
    default:
      return null;
  }
}

/** Bytes that kernels may take so that a weight has the asked bits on average. */
function budgetOf(kernels: readonly { readonly size: number }[], settings: Settings): number {
  return kernels.reduce((sum, { size }) => sum + Math.ceil((size * numberOf(settings, 'bits')) / 8), 0);
}
