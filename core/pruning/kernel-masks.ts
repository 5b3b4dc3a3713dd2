import type { Settings } from '../registry/index.js';
import type { LayerRule } from '../sweep/spec.js';
import { atomsOf, expandAtoms, type KernelShape, type MaskGranularity } from './granularities/index.js';
import type { ComparedLayer, Scope } from './scopes/index.js';
import { selectAtoms, type Target, withoutGone } from './selection/index.js';

/** A kernel with the scores of its weights. */
export interface KernelScores extends KernelShape, Pick<ComparedLayer, 'layer' | 'sensitivity'> {
  /** Full name: `conv2d/kernel`. */
  readonly weight: string;
  /** In the kernel's layout. */
  readonly scores: Float32Array;
  /** 0/1 for each weight as it is now; absent where nothing is pruned. */
  readonly mask?: Uint8Array;
}

/** What goes as one, and who is compared with whom. */
export interface MaskMethod {
  readonly granularity: MaskGranularity;
  readonly granularitySettings: Settings;
  readonly scope: Scope;
  readonly scopeSettings: Settings;
}

/** 0/1 for each weight, by full name; kernels that the granularity does not prune have none. */
export interface KernelMasks {
  readonly masks: ReadonlyMap<string, Uint8Array>;
  /** Layers that keep more than their part because of a floor. */
  readonly floorHit: ReadonlySet<string>;
}

/**
 * Masks that bring kernels to a target. What is masked already stays so.
 * @throws PrunefrontError as `selectAtoms` does
 */
export function kernelMasks(
  kernels: readonly KernelScores[],
  method: MaskMethod,
  target: Target,
  rules: readonly LayerRule[] = [],
): KernelMasks {
  const { granularity, granularitySettings, scope, scopeSettings } = method;
  const pruned = kernels.filter((kernel) => granularity.prunes?.(kernel) ?? true);
  const atomOf = pruned.map((kernel) => granularity.atomOf(kernel, granularitySettings));
  const layers = pruned.map((kernel, i): ComparedLayer => {
    const { layer, shape, mask, sensitivity } = kernel;
    const atoms = atomsOf(granularity, kernel, kernel.scores, granularitySettings);
    const scores = mask === undefined ? atoms.scores : withoutGone(atoms.scores, atomOf[i] ?? new Uint32Array(), mask);
    return {
      ...{ layer, shape, ...atoms, scores, kind: 'mask', baselineAtoms: scores.length },
      ...(sensitivity === undefined ? {} : { sensitivity }),
    };
  });
  const { keep, floorHit } = selectAtoms(layers, scope, scopeSettings, target, rules);
  const masks = pruned.map(({ weight, mask }, i) => {
    const kept = expandAtoms(atomOf[i] ?? new Uint32Array(), keep[i] ?? new Uint8Array());
    return [weight, mask === undefined ? kept : kept.map((own, at) => own & (mask[at] ?? 0))] as const;
  });
  return { masks: new Map(masks), floorHit };
}
