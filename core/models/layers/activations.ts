/** Activation functions that act on each feature by itself, by Keras name: those that tfjs has. Null is a number that is not worked out here. */
const FUNCTIONS: Readonly<Record<string, (x: number) => number | null>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  sigmoid,
  hard_sigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  tanh: Math.tanh,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  // Its other values take an error function that JavaScript lacks.
  gelu: (x) => (x === 0 ? 0 : null),
  swish: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
};

/** Activations that take all features at once. */
const MIXING = new Set(['softmax', 'log_softmax']);

/** Activations with f(c·x) = c·f(x) for every c > 0. */
const HOMOGENEOUS = new Set(['linear', 'relu']);

/** Whether the activation takes all features at once, so that none can be removed before it. */
export function mixesFeatures(activation: string | null): boolean {
  return activation !== null && MIXING.has(snakeCase(activation));
}

/** Whether the activation of c times a number is c times that of the number, for every c > 0; null is linear. */
export function keepsFactors(activation: string | null): boolean {
  return HOMOGENEOUS.has(activation ?? 'linear');
}

/**
 * f(x) of an activation by name; null is linear.
 * @returns null where it is not known
 */
export function activate(activation: string | null, x: number): number | null {
  return FUNCTIONS[snakeCase(activation ?? 'linear')]?.(x) ?? null;
}

/** Names as Keras writes them: tfjs saves `hardSigmoid`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softplus(x: number): number {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
}
