/** Where a night's input comes from: the newest model, or the newest data, of a folder (absolute path once validated). */
export type NightlyWatch = { readonly models: string } | { readonly data: string };

/** Under which name a night publishes, and how much worse than what is published it may be. */
export interface NightlyPublish {
  readonly name: string;
  /** Folder on disk that gets a copy to deploy from, absolute once validated; null is none. */
  readonly folder: string | null;
  /** At least 0. Of accuracy, top-k, macroF1 and r2 as a fraction, of other metrics relative to what is published. */
  readonly tolerance: number;
}

/** Who is told of a night's end. */
export interface NightlyNotify {
  /** URL that gets a POST; null is none. */
  readonly webhook: string | null;
  /** Program and its arguments; empty is none. */
  readonly command: readonly string[];
  /** Milliseconds that one try may take. */
  readonly timeoutMs: number;
}

/** The `nightly` section of a spec. */
export interface NightlySpec {
  readonly watch: NightlyWatch;
  readonly publish: NightlyPublish;
  readonly notify: NightlyNotify;
}
