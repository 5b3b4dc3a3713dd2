/** Every error code of Prunefront with what it means. The documentation page is generated from this table. */
export const ERROR_CODES = {
  PRUNEFRONT_SPEC_SYNTAX: 'The spec is not valid YAML.',
  PRUNEFRONT_SPEC_UNKNOWN_KEY: 'The spec has a key that does not exist.',
  PRUNEFRONT_SPEC_TYPE: 'A value of the spec has the wrong type or unit.',
  PRUNEFRONT_SPEC_RANGE: 'A value of the spec lies outside its allowed range.',
  PRUNEFRONT_SPEC_VALUE: 'A value of the spec is none of the allowed ones.',
  PRUNEFRONT_SPEC_MISSING: 'A required key of the spec is missing.',
  PRUNEFRONT_SPEC_CONFLICT: 'Two values of the spec contradict each other, or the model or data set.',
  PRUNEFRONT_DATA_NOT_FOUND: 'A data file does not exist or cannot be read.',
  PRUNEFRONT_DATA_FORMAT: 'A data file is not of its format: truncated, ragged, or with a bad header.',
  PRUNEFRONT_DATA_LABEL: 'A label is not an integer from 0 to classes - 1.',
  PRUNEFRONT_DATA_SHAPE: 'The shape of the data does not fit the model or its labels.',
  PRUNEFRONT_MODEL_NOT_FOUND: 'A model file does not exist or cannot be read.',
  PRUNEFRONT_MODEL_FORMAT: 'A model file is not a tfjs LayersModel with its weights.',
  PRUNEFRONT_MODEL_UNSUPPORTED: 'The model has a layer, or a last layer, that Prunefront cannot handle.',
  PRUNEFRONT_NOT_REMOVABLE: 'Units cannot be removed physically from this model without changing its outputs.',
  PRUNEFRONT_SURGERY_MISMATCH: 'The smaller model does not give the outputs of the masked model on the probe batch.',
  PRUNEFRONT_DIVERGED: 'A loss, or the scores that pruning goes by, became NaN or infinite.',
  PRUNEFRONT_IMPOSSIBLE_SHAPE: 'The candidate asks for a layer shape that cannot exist.',
  PRUNEFRONT_SPARSITY_UNREACHABLE:
    'Floors, exclusions, and what cannot be pruned keep more than the sparsity that is asked for leaves.',
  PRUNEFRONT_OUT_OF_MEMORY: 'The device or the process ran out of memory.',
  PRUNEFRONT_ARTIFACT_CORRUPT: 'A stored artifact or checkpoint does not match its hash.',
  PRUNEFRONT_ARTIFACT_MISSING: 'A stored artifact does not exist.',
  PRUNEFRONT_STORE_FULL: 'The artifact store has no space left.',
  PRUNEFRONT_STORE_READ_ONLY: 'The artifact store cannot be written.',
  PRUNEFRONT_TRAINER_LOST:
    'The trainer process died or hung in the middle of a stage. A finished sweep is not run again; the same spec under another `name` takes over all stages that worked and runs only those that failed.',
  PRUNEFRONT_UNREACHABLE: 'Nothing listens at the address of the gateway or the Temporal server.',
  PRUNEFRONT_TEMPORAL_SETUP: 'The Temporal namespace lacks the search attributes that sweeps carry.',
  PRUNEFRONT_TEMPORAL_NAMESPACE: 'The Temporal server has no such namespace.',
  PRUNEFRONT_TEMPORAL_REFUSED: 'The Temporal server refuses the API key or the certificate.',
  PRUNEFRONT_PAYLOAD_KEYS: 'The keys that encrypt payloads are missing, wrong, or not those that encrypted one.',
  PRUNEFRONT_HANDED_OVER: 'A stage left a node that drains; another node goes on with it.',
  PRUNEFRONT_SWEEP_NOT_FOUND: 'No sweep has this name or id.',
  PRUNEFRONT_CANDIDATE_NOT_FOUND: 'The sweep has no candidate of this name.',
  PRUNEFRONT_SWEEP_STATE: 'The sweep is in a state that does not allow this.',
  PRUNEFRONT_NODE_NOT_FOUND: 'No node has this name.',
  PRUNEFRONT_NIGHT_WITHOUT_INPUT: 'The watched folder of a night holds no whole model or data.',
  PRUNEFRONT_NOTIFY_FAILED: 'A webhook or command could not be told of the end of a night.',
  PRUNEFRONT_CRON: 'The cron or its time zone is not valid, or it never fires.',
  PRUNEFRONT_SCHEDULE_NOT_FOUND: 'No schedule has this name.',
  PRUNEFRONT_PUBLISHED_NOT_FOUND: 'Nothing, or no such version, is published under this name.',
  PRUNEFRONT_UNAUTHENTICATED: 'The gateway does not know who asks: the token is missing, wrong, expired or revoked.',
  PRUNEFRONT_FORBIDDEN: 'The role of who asks does not allow this.',
  PRUNEFRONT_CONFLICT: 'Something else has this name or this idempotency key already.',
  PRUNEFRONT_OVERLOADED: 'The gateway has too many calls under way to take another one.',
  PRUNEFRONT_REQUEST: 'A field of the request does not exist, is out of its range, or is not of its form.',
  PRUNEFRONT_PLUGIN:
    'A plugin cannot be loaded, registers a piece that is not whole or whose name is taken, or is not on the node that a stage runs on, or in another version; or a piece of it fails or gives what it may not.',
  PRUNEFRONT_UNKNOWN_PIECE: 'No criterion, granularity, scope, schedule or other piece has this name.',
  PRUNEFRONT_COMPRESSION:
    'A compression cannot be done on this model: more clusters than weights, or calibration without data.',
  PRUNEFRONT_USAGE: 'The command line is wrong.',
  PRUNEFRONT_CALL_UNKNOWN: 'The gateway does not offer this call.',
  PRUNEFRONT_FOREIGN_ORIGIN:
    'A request comes from another page, or was sent to another host name, than that of the gateway.',
  PRUNEFRONT_INTERNAL: 'A bug in Prunefront: please report it.',
} as const;

/** A stable, matchable error code. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The facts of an error, each as a field of its own. */
export interface ErrorFacts {
  /** Where: `sweep.yaml:12:5 space.sparsity.to`, a file with a line, or a layer. */
  readonly place?: string;
  /** What was found there. */
  readonly found?: string;
  /** What is allowed there. */
  readonly allowed?: string;
  /** The nearest right spelling, or the command that mends it. */
  readonly hint?: string;
}

/** An error as plain data: it crosses process, gRPC and Temporal borders in this form. */
export interface ErrorData extends ErrorFacts {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The one error class of Prunefront: a stable code and the facts, and a sentence for people. */
export class PrunefrontError extends Error {
  override readonly name = 'PrunefrontError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly facts: ErrorFacts = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The error as plain data. */
  toData(): ErrorData {
    return { code: this.code, message: this.message, ...this.facts };
  }

  /** The error from plain data. */
  static fromData({ code, message, ...facts }: ErrorData): PrunefrontError {
    return new PrunefrontError(code, message, facts);
  }
}

/** Whether a text is one of the known codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** Any thrown value as error data; what is unknown is `PRUNEFRONT_INTERNAL`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof PrunefrontError) return error.toData();
  return { code: 'PRUNEFRONT_INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

/** Characters of what was found that a line has place for. */
const SHORT = 120;

/** An error in a line for a person: the sentence, then in brackets what was found, in short, and the hint. */
export function shortError({ message, found, hint }: ErrorData): string {
  const [first = ''] = (found ?? '').trim().split('\n');
  const short = first.length > SHORT ? `${first.slice(0, SHORT)}…` : first;
  const facts = [...(short === '' ? [] : [`found: ${short}`]), ...(hint === undefined ? [] : [`hint: ${hint}`])];
  return facts.length === 0 ? message : `${message} (${facts.join('; ')})`;
}

/** An error in lines for a person: the sentence, then the facts that are known. */
export function describeError(error: ErrorData): string {
  const facts = [
    ['at', error.place],
    ['found', error.found],
    ['allowed', error.allowed],
    ['hint', error.hint],
  ].flatMap(([label, text]) => (text === undefined ? [] : [`  ${label}: ${text}`]));
  return [`${error.code}: ${error.message}`, ...facts].join('\n');
}
