import { readerChoice } from '../datasets/source.js';
import { PrunefrontError } from '../errors.js';
import { type Choice, nameOf } from '../registry/index.js';
import { ownMetrics } from '../sweep/named-metrics.js';
import { withinStage } from '../sweep/schedule.js';
import type { Method, SweepSpec, TrainingObjective } from '../sweep/spec.js';
import type { Stage, StageOperation } from '../sweep/stage.js';
import { type Plugin, REGISTRIES } from './plugin.js';

/** SHA-256, hex, of plugins, by the pieces that come from them: `criterion spread`. */
export type PluginHashes = Readonly<Record<string, string>>;

type Kind = keyof Plugin;
type Named = readonly [Kind, string];

/** The plugins that decide the result of a stage; of its parent's, the key of that one knows. */
export function hashesOfStage(operation: StageOperation): PluginHashes {
  const named: Named[] = [];
  if (operation.kind === 'baseline' && 'zoo' in operation.model) named.push(['models', operation.model.zoo]);
  if ('method' in operation) named.push(...piecesOfMethod(operation.method));
  if ('training' in operation) named.push(...lossesOf(operation.training), ...metricsOf(operation.training.metrics));
  if (operation.kind === 'compress') named.push(['compressions', nameOf(operation.piece)]);
  if ('schedule' in operation) named.push(['schedules', nameOf(operation.schedule)]);
  return hashesOf(named);
}

/** The plugins that a spec names pieces of. */
export function hashesOfSpec(spec: SweepSpec): PluginHashes {
  const { model, dataset, task, baseline, space } = spec;
  return hashesOf([
    ...('zoo' in model ? [['models', model.zoo] as const] : []),
    ['readers', nameOf(readerChoice(dataset))],
    ...lossesOf(task === undefined ? baseline : { task }),
    ...metricsOf(ownMetrics(spec)),
    ...space.method.flatMap(piecesOfMethod),
    ...space.schedule.map((schedule): Named => ['schedules', nameOf(withinStage(schedule))]),
    ...(space.compression ?? []).flatMap(({ steps }) => steps.map((step): Named => ['compressions', nameOf(step)])),
  ]);
}

/**
 * Refuses a stage that this process would run otherwise than whoever named it.
 * @throws PrunefrontError `PRUNEFRONT_PLUGIN` where a plugin of the stage is not loaded here, or is another version
 */
export function requirePlugins({ plugins }: Pick<Stage, 'plugins'>): void {
  for (const [piece, hash] of Object.entries(plugins ?? {})) {
    const own = originOfPiece(piece);
    if (own === hash) continue;
    throw new PrunefrontError(
      'PRUNEFRONT_PLUGIN',
      own === null
        ? 'The node does not have the plugin of a piece that the stage uses'
        : 'The node has another version of the plugin of a piece that the stage uses',
      {
        place: piece,
        found: own === null ? 'no plugin with it' : `SHA-256 ${own}`,
        allowed: `the plugin with SHA-256 ${hash}`,
        hint: 'start every process with the same --plugin FILE, and start them again after the file has changed',
      },
    );
  }
}

function piecesOfMethod({ granularity, criterion, scope }: Pick<Method, 'granularity' | 'criterion' | 'scope'>) {
  return [
    ['granularities', nameOf(granularity)],
    ['criteria', nameOf(criterion)],
    ['scopes', nameOf(scope)],
  ] as const satisfies readonly Named[];
}

function lossesOf({ task, loss }: TrainingObjective): Named[] {
  const ofTask =
    task === undefined
      ? undefined
      : Object.values(task as Readonly<Record<string, { readonly loss: Choice }>>)[0]?.loss;
  return [ofTask, loss].flatMap((choice): Named[] => (choice === undefined ? [] : [['losses', nameOf(choice)]]));
}

function metricsOf(metrics: readonly string[] = []): Named[] {
  return metrics.map((name): Named => ['metrics', name]);
}

function hashesOf(named: readonly Named[]): PluginHashes {
  const hashes = named.flatMap(([kind, name]) => {
    const registry = REGISTRIES[kind];
    const hash = registry.originOf(name);
    return hash === null ? [] : [[`${registry.kind} ${name}`, hash] as const];
  });
  return Object.fromEntries(hashes);
}

function originOfPiece(piece: string): string | null {
  const registries = Object.values(REGISTRIES);
  const registry = registries.find(({ kind }) => piece.startsWith(`${kind} `));
  return registry?.originOf(piece.slice(registry.kind.length + 1)) ?? null;
}
