import type { MetricName } from '../../sweep/spec.js';

/** A number for a sentence: four decimals at most, thousands grouped. Not Intl, whose output may change with its data. */
export function formatNumber(value: number): string {
  const [whole = '', fraction] = String(Number(value.toFixed(4))).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A metric's value with its unit. */
export function formatMetric(metric: MetricName, value: number): string {
  if (metric.startsWith('bytes')) return `${formatNumber(Math.round(value))} bytes`;
  if (/latency/i.test(metric)) return `${formatNumber(value)} ms`;
  if (metric === 'psnr') return `${formatNumber(value)} dB`;
  return metric === 'deviceSeconds' ? `${formatNumber(value)} s` : formatNumber(value);
}
