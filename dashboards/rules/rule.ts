/** How soon somebody has to look. */
export type Severity = 'info' | 'warning' | 'critical';

/** A rule of Prometheus that tells when something is wrong. */
export interface Alert {
  readonly name: string;
  /** True while it returns something; one alert a series. */
  readonly expr: string;
  /** How long it must hold: `5m`. */
  readonly holds: string;
  readonly severity: Severity;
  /** One line, with labels of the series. */
  readonly summary: string;
  /** What is wrong, with the value. */
  readonly description: string;
  /** What to do, for the runbook. */
  readonly remedy: string;
}

/** A rule of Prometheus that keeps the result of an expression as a series of its own. */
export interface Recording {
  /** By Prometheus' convention: `level:metric:operations`. */
  readonly name: string;
  readonly expr: string;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly recordings: readonly Recording[];
  readonly alerts: readonly Alert[];
}
