import { frontHypervolume } from '../evaluation/pareto/front-hypervolume.js';
import { canonicalJson } from '../store/canonical-json.js';
import type { FrontPoint } from '../sweep/progress.js';
import type { Objective } from '../sweep/spec.js';
import type { SearchPoint } from '../sweep/stage.js';

/** A member of a front with its point of the space; null for the dense model. */
export interface FrontMember extends FrontPoint {
  readonly point: SearchPoint | null;
}

/** A member in a list for people. */
export type MemberName = Pick<FrontPoint, 'id' | 'label'>;

/** Last night's front beside tonight's. */
export interface FrontComparison {
  /** Hypervolumes in units of tonight's dense model, so that they compare. */
  readonly hypervolume: { readonly before: number; readonly tonight: number };
  /** Points that are on tonight's front and were not on last night's. */
  readonly gained: readonly MemberName[];
  /** Points that were on last night's front and are not on tonight's. */
  readonly lost: readonly MemberName[];
  /** Points on both. */
  readonly stayed: number;
}

/** Compares two fronts by their points of the space, whatever their candidates are called. */
export function compareFronts(
  before: readonly FrontMember[],
  tonight: readonly FrontMember[],
  objectives: readonly Objective[],
  dense: FrontPoint,
): FrontComparison {
  const then = new Set(before.map(identity));
  const now = new Set(tonight.map(identity));
  return {
    hypervolume: {
      before: frontHypervolume(before, objectives, dense),
      tonight: frontHypervolume(tonight, objectives, dense),
    },
    gained: tonight.filter((member) => !then.has(identity(member))).map(nameOf),
    lost: before.filter((member) => !now.has(identity(member))).map(nameOf),
    stayed: tonight.filter((member) => then.has(identity(member))).length,
  };
}

function identity({ point }: FrontMember): string {
  return canonicalJson(point);
}

function nameOf({ id, label }: FrontMember): MemberName {
  return { id, label };
}
