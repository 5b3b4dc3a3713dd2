import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** From which value on a panel changes its colour. */
export interface Thresholds {
  readonly base: string;
  readonly steps: readonly (readonly [from: number, color: string])[];
}

/** Nothing is bad about any value. */
export const neutral: Thresholds = { base: 'blue', steps: [] };
/** Low is good. */
export const lowIsGood = (warnFrom: number, badFrom: number): Thresholds => ({
  base: 'green',
  steps: [
    [warnFrom, 'orange'],
    [badFrom, 'red'],
  ],
});
/** High is good. */
export const highIsGood = (warnFrom: number, goodFrom: number): Thresholds => ({
  base: 'red',
  steps: [
    [warnFrom, 'orange'],
    [goodFrom, 'green'],
  ],
});

/** The same as Grafana wants it. */
export function thresholdsOf({ base, steps }: Thresholds): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...steps.map(([value, color]) => ({ value, color }))]);
}
