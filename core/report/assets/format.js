// @ts-check
// Numbers as people read them. Used by the page and by the TypeScript that renders it.

const THIN = '\u202f';
const MINUS = '\u2212';

/** @typedef {'fraction' | 'change' | 'decibels' | 'decibelChange' | 'count' | 'bytes' | 'milliseconds' | 'seconds' | 'number'} Kind */

/**
 * At least `digits` significant digits, and all the digits before the point.
 * @param {number} value
 * @param {number} digits
 */
function significant(value, digits) {
  const rounded = Number(value.toPrecision(digits));
  const whole = rounded === 0 ? 1 : Math.floor(Math.log10(Math.abs(rounded))) + 1;
  return value.toFixed(Math.max(0, Math.min(8, digits - whole))).replace('-', MINUS);
}

/**
 * @param {number} value
 * @param {string} unit
 */
function scaled(value, unit) {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let scale = 0;
  let rest = value;
  while (Math.abs(rest) >= 999.5 && scale < prefixes.length - 1) {
    rest /= 1000;
    scale += 1;
  }
  const number = scale === 0 ? String(Math.round(rest)) : significant(rest, 3);
  return `${number}${THIN}${prefixes[scale]}${unit}`.trim();
}

/**
 * A quantity with its unit: 1,000 bytes are a kB, fractions are shown in per cent, changes of fractions in points.
 * @param {number | null | undefined} value
 * @param {Kind} kind
 * @returns {string}
 */
export function formatQuantity(value, kind) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (kind === 'fraction') return `${(value * 100).toFixed(2)}${THIN}%`;
  if (kind === 'change') {
    const points = (Math.abs(value) * 100).toFixed(2);
    return `${Number(points) === 0 ? '±' : value > 0 ? '+' : MINUS}${points}${THIN}pt`;
  }
  if (kind === 'decibels') return `${value.toFixed(2).replace('-', MINUS)}${THIN}dB`;
  if (kind === 'decibelChange') {
    const decibels = Math.abs(value).toFixed(2);
    return `${Number(decibels) === 0 ? '±' : value > 0 ? '+' : MINUS}${decibels}${THIN}dB`;
  }
  if (kind === 'count') return scaled(value, '');
  if (kind === 'bytes') return scaled(value, 'B');
  if (kind === 'milliseconds') return `${significant(value, 3)}${THIN}ms`;
  if (kind === 'seconds') return `${significant(value, 3)}${THIN}s`;
  return significant(value, 4);
}

/**
 * A quantity without idle zeros, for the ticks of an axis.
 * @param {number} value
 * @param {Kind} kind
 * @returns {string}
 */
export function formatTick(value, kind) {
  return formatQuantity(value, kind)
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '');
}

/**
 * How a value compares with that of the dense model, in words.
 * @param {number | null | undefined} value
 * @param {number | null | undefined} dense
 * @param {Kind} kind
 * @returns {string}
 */
export function formatComparison(value, dense, kind) {
  if (value === null || value === undefined || dense === null || dense === undefined) return '–';
  if (kind === 'fraction') return formatQuantity(value - dense, 'change');
  if (kind === 'decibels') return formatQuantity(value - dense, 'decibelChange');
  if (value === dense) return 'unchanged';
  if (value <= 0 || dense <= 0) return '–';
  const [less, more] = kind === 'milliseconds' || kind === 'seconds' ? ['faster', 'slower'] : ['smaller', 'larger'];
  const ratio = Math.max(value / dense, dense / value);
  return `${significant(ratio, ratio < 1.1 ? 3 : 2)}× ${value < dense ? less : more}`;
}
