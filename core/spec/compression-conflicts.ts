import { COMPRESSIONS } from '../compression/index.js';
import { PrunefrontError } from '../errors.js';
import type { Topology } from '../models/topology.js';
import { criterionOf, granularityOf } from '../pruning/method.js';
import { type Choice, nameOf, settingsOf } from '../registry/index.js';
import { aroundPruning, type CompressionPipeline, isBare, PRUNING_STEP } from '../sweep/compression.js';
import { describeMethod } from '../sweep/describe-method.js';
import { startingPointOf } from '../sweep/schedule.js';
import type { Method, SweepSpec } from '../sweep/spec.js';
import { itemPath } from './item-path.js';
import { type Problem, problemAt } from './problems.js';
import type { SpecPath, YamlSource } from './yaml-source.js';

/** Tells what is wrong with a pipeline. */
type Tell = (message: string, allowed: string, found?: string) => Problem;

/** Compressions that the model, the pruning or one another leave nothing to do, or undo. */
export function compressionConflicts(spec: SweepSpec, topology: Topology | null, source: YamlSource): Problem[] {
  return (spec.space.compression ?? []).flatMap((pipeline, i) => {
    const path = itemPath(source, ['space', 'compression'], i);
    const tell: Tell = (message, allowed, found) =>
      problemAt(source, path, 'PRUNEFRONT_SPEC_CONFLICT', message, {
        allowed,
        ...(found === undefined ? {} : { found }),
      });
    if (isBare(pipeline) && pipeline.fineTune !== undefined)
      return [tell('There is no compression whose model could be fine-tuned', 'with a compression, or space.recovery')];
    const ofOrder = [...orderConflicts(pipeline, tell), ...pruningConflicts(spec, pipeline, tell)];
    return ofOrder.length > 0 ? ofOrder : stepConflicts(pipeline, topology, source, path);
  });
}

function makesLayers(choice: Choice): boolean {
  return COMPRESSIONS.get(nameOf(choice)).makes === 'layers';
}

/** What has integers or shared values can't be pruned, and is not made into other layers. */
function orderConflicts(pipeline: CompressionPipeline, tell: Tell): Problem[] {
  const { before, after } = aroundPruning(pipeline);
  const encoding = before.find((choice) => !makesLayers(choice));
  if (encoding !== undefined) {
    const name = nameOf(encoding);
    return [tell(`Pruning would change the values that ${name} has encoded`, `prune before ${name}`)];
  }
  const encoded = after.findIndex((choice) => !makesLayers(choice));
  const late = encoded < 0 ? undefined : after.slice(encoded).find(makesLayers);
  if (late === undefined) return [];
  const [first, then] = [nameOf(after[encoded] ?? ''), nameOf(late)];
  return [tell(`${then} leaves kernels as they are that ${first} has encoded`, `${then} before ${first}`)];
}

/** Whether what a method can do is decided by the shapes, names or neighbours of layers. */
function isBoundToLayers(method: Method): boolean {
  const granularity = granularityOf(method);
  const hasGroups = granularity.kind === 'mask' && granularity.groupSize !== undefined;
  return hasGroups || method.layers !== undefined || criterionOf(method).unfit !== undefined;
}

/** Zeros that factors would fill in, and factors that going back to earlier weights would undo. */
function pruningConflicts({ space }: SweepSpec, pipeline: CompressionPipeline, tell: Tell): Problem[] {
  const { before, after } = aroundPruning(pipeline);
  const masks = space.method.some((method) => granularityOf(method).kind === 'mask');
  const later = after.find(makesLayers);
  if (later !== undefined && masks && space.sparsity.some((sparsity) => sparsity > 0)) {
    const name = nameOf(later);
    const message = `${name} leaves kernels as they are that hold zeros, and a method prunes single weights`;
    return [tell(message, `[${name}, prune], or methods that remove units or layers`)];
  }
  const maker = before.find(makesLayers);
  const bound = maker === undefined ? undefined : space.method.find(isBoundToLayers);
  if (maker !== undefined && bound !== undefined) {
    const message = `${nameOf(maker)} makes layers that nobody knows yet, and ${describeMethod(bound)} depends on those of the model`;
    return [tell(message, 'after prune, or methods without rules for layers, N:M and scales of batch norm')];
  }
  if (before.length === 0 || space.schedule.every((schedule) => startingPointOf(schedule) === null)) return [];
  const [first = ''] = before;
  const message = `A schedule goes back to earlier weights, which ${nameOf(first)} has not changed`;
  return [tell(message, 'after prune, or with schedules that keep the weights')];
}

/** What can't be done on any weights, or on weights of these shapes. */
function stepConflicts(
  { steps }: CompressionPipeline,
  topology: Topology | null,
  source: YamlSource,
  path: SpecPath,
): Problem[] {
  const compressions = steps.filter((step) => step !== PRUNING_STEP);
  let shapes = topology;
  for (const step of compressions) {
    const { check, checkSettings } = COMPRESSIONS.get(nameOf(step));
    try {
      checkSettings?.(settingsOf(step));
      if (shapes !== null) check?.(shapes, settingsOf(step));
    } catch (error) {
      if (!(error instanceof PrunefrontError)) throw error;
      const { place: _, ...facts } = error.facts;
      return [problemAt(source, path, error.code, error.message, facts)];
    }
    // The shapes of factors depend on weights.
    if (makesLayers(step)) shapes = null;
  }
  return [];
}
