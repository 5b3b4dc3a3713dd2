import { describeSparsity, percent, points } from './describe.js';
import type { MethodId, MethodKind, StudiedMethod } from './methods.js';
import { type Comparison, collapsedLayers, type Expectation } from './orderings.js';
import { PUBLISHED } from './published.js';
import { deviation, mean, type Point, type Results } from './results.js';
import { GUIDE, MODELS, STUDIED, type StudiedModel } from './study.js';

/** A table in Markdown; all columns but the first `texts` are numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i < texts ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Test accuracy of each method at each sparsity: mean and standard deviation of the seeds. */
export function accuracyTable(results: Results, model: StudiedModel, kind: MethodKind): string {
  const methods = model.methods.filter((method) => method.kind === kind);
  const rows = methods.map(({ id, title }) => [
    title,
    ...model.sparsities.map((sparsity) => cell(results, model, id, sparsity)),
  ]);
  const left = kind === 'weights' ? [] : [leftRow(results, model, methods)];
  return markdownTable(['', ...model.sparsities.map(describeSparsity)], [...rows, ...left]);
}

/** `Dense: 266,610 parameters, accuracy 96.0 ±0.2 %.` */
export function denseSentence(results: Results, model: StudiedModel): string {
  const point = results.point(model, 'dense', 0);
  const parameters = point?.observations[0]?.parameters ?? 0;
  return `Dense: ${parameters.toLocaleString('en-US')} parameters, accuracy ${cell(results, model, 'dense', 0)} %.`;
}

function cell(results: Results, model: StudiedModel, method: MethodId | 'dense', sparsity: number): string {
  const point = results.point(model, method, sparsity);
  if (point === null) return results.impossibilities(model, method, sparsity).join(', ');
  const spread = point.accuracies.length < 2 ? '' : ` ±${percent(deviation(point.accuracies))}`;
  return `${percent(mean(point.accuracies))}${spread}`;
}

/** Parameters of the smaller networks; all methods of a layer's units remove as many. */
function leftRow(results: Results, model: StudiedModel, [method]: readonly StudiedMethod[]): string[] {
  const parameters = (point: Point | null): string => {
    const [observation] = point?.observations ?? [];
    return observation === undefined ? '' : observation.parameters.toLocaleString('en-US');
  };
  const id = method?.id ?? 'l1';
  return ['*parameters left*', ...model.sparsities.map((s) => parameters(results.point(model, id, s)))];
}

/** `yes`, `no`, or in how many of the cases. */
export function answer(expectations: readonly Expectation[]): string {
  const all = expectations.flatMap(({ comparisons }) => comparisons);
  const holds = all.filter((comparison) => comparison.holds).length;
  if (all.length === 0) return 'it did not come to it';
  if (holds === all.length) return `yes, in all ${all.length} cases`;
  return holds === 0 ? `no, in none of ${all.length} cases` : `in ${holds} of ${all.length} cases`;
}

/** Where each expectation holds and where it does not, with the difference in points. */
export function expectationTable(expectations: readonly Expectation[]): string {
  const list = (comparisons: readonly Comparison[]): string =>
    comparisons.length === 0 ? '–' : comparisons.map(comparisonText).join('; ');
  const rows = expectations
    .filter(({ comparisons }) => comparisons.length > 0)
    .map(({ model, what, comparisons }) => [
      model.title,
      what,
      list(comparisons.filter(({ holds }) => holds)),
      list(comparisons.filter(({ holds }) => !holds)),
    ]);
  return markdownTable(['network', 'expected', 'yes', 'no'], rows, 4);
}

/** `95 % +1.20`, with `~` where the seeds differ. */
function comparisonText({ sparsity, difference, isUnanimous, against }: Comparison): string {
  const whom = against === undefined ? '' : ` (${against})`;
  return `${describeSparsity(sparsity)} ${isUnanimous ? '' : '~'}${points(difference)}${whom}`;
}

/** Layers that only their floor kept from being emptied, for the methods that compare all layers with one another. */
export function collapseTable(results: Results, models: readonly StudiedModel[]): string {
  const rows = models.flatMap((model) =>
    model.methods
      .filter(({ method, id }) => method.scope === 'global' && id !== 'random')
      .flatMap(({ id, title }) => {
        const found = model.sparsities.flatMap((sparsity) => {
          const layers = collapsedLayers(results, model, id, sparsity);
          if (layers.length === 0) return [];
          return [
            `${describeSparsity(sparsity)}: ${layers.map((own) => `${own.layer} (${percent(own.left, 2)} % left)`).join(', ')}`,
          ];
        });
        return found.length === 0 ? [] : [[model.title, title, found.join('; ')]];
      }),
  );
  if (rows.length === 0) return 'No layer of any network came down to its floor.';
  return markdownTable(['network', 'method', 'layers at their floor'], rows, 3);
}

/** How far LeNet-300-100 falls behind its dense model where it may fall behind by so much. */
export function allowanceTable(results: Results): string {
  const model = MODELS.find(({ id }) => id === 'lenet300100');
  const dense = model === undefined ? null : results.point(model, 'dense', 0);
  if (model === undefined || dense === null) return '';
  const allowed = [
    [0.92, 0.005],
    [0.95, 0.01],
  ] as const;
  const rows = allowed.flatMap(([sparsity, allowance]) =>
    (['iterative', 'rewound', 'global', 'lamp', 'snip'] as const).flatMap((id) => {
      const point = results.point(model, id, sparsity);
      if (point === null) return [];
      const drop = mean(dense.accuracies) - mean(point.accuracies);
      const fewer = (dense.observations[0]?.parameters ?? 0) / (point.observations[0]?.nonzeroParameters ?? 1);
      const title = model.methods.find((method) => method.id === id)?.title ?? id;
      return [
        [
          ...[title, describeSparsity(sparsity), `${fewer.toFixed(1)}×`, percent(mean(point.accuracies), 2)],
          ...[points(-drop), `−${percent(allowance)}`, drop <= allowance ? 'yes' : 'no'],
        ],
      ];
    }),
  );
  const head = ['method', 'sparsity', 'fewer parameters', 'accuracy', 'against dense', 'allowed', 'kept'];
  return markdownTable(head, rows);
}

/** Published errors with ours beside them, and how both change from dense. */
export function publishedTable(results: Results): string {
  const rows = PUBLISHED.map(({ work, network, pruned, dense, error, ours }) => {
    const model = STUDIED.find(({ id }) => id === ours.model);
    const [own, ownDense] =
      model === undefined
        ? [null, null]
        : [results.point(model, ours.method, ours.sparsity), results.point(model, 'dense', 0)];
    const theirs = [`${dense} → ${error}`, change(error - dense)];
    if (own === null || ownDense === null) return [work, network, pruned, ...theirs, '', '', ''];
    return [work, network, pruned, ...theirs, describeSparsity(ours.sparsity), ...errors(ownDense, own)];
  });
  const head = ['work', 'network', 'pruned', 'error, %', 'change', 'ours pruned', 'our error, %', 'our change'];
  return markdownTable(head, rows, 2);
}

/** Points of error: more is worse. */
function change(difference: number): string {
  return points(difference / 100);
}

/** What tfmot's guide gets of its network, and what ours gives: with and without int8. */
export function guideTable(results: Results): string {
  const dense = results.point(GUIDE, 'dense', 0);
  if (dense === null) return '';
  const gzip = (point: Point): number => mean(point.observations.map(({ bytesGzip }) => bytesGzip));
  const encoded = (point: Point): number =>
    mean(point.observations.map(({ bytesEncoded }) => bytesEncoded ?? Number.NaN));
  const rows = [
    ['50 → 80 %, after gzip', '3×', 'guide', gzip] as const,
    ['the same with int8', '10×', 'guideInt8', encoded] as const,
  ].flatMap(([what, theirs, method, bytes]) => {
    const point = results.point(GUIDE, method, 0.8);
    if (point === null) return [];
    return [[what, theirs, `${(gzip(dense) / bytes(point)).toFixed(2)}×`, ...errors(dense, point)]];
  });
  return markdownTable(['what', 'smaller, guide', 'smaller, ours', 'our error, %', 'our change'], rows);
}

/** `4.33 → 7.43` and by how many points that is more. */
function errors(dense: Point, pruned: Point): readonly [string, string] {
  const [before, after] = [1 - mean(dense.accuracies), 1 - mean(pruned.accuracies)];
  return [`${percent(before, 2)} → ${percent(after, 2)}`, change((after - before) * 100)];
}
