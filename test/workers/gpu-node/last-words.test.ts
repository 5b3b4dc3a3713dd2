import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../workers/gpu-node/last-words.js';

const BANNER = `WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1764471234.123456    4711 port.cc:153] oneDNN custom operations are on.
2026-11-30 03:00:00.123456: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary is optimized.
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.
`;

describe('the last words of a trainer', () => {
  it('given nothing but the banner of TensorFlow, then there are none', () => {
    expect(lastWords(BANNER)).toBe('');
  });

  it('given an error after it, then that is what is told', () => {
    const failed = '2026-11-30 03:00:01.000000: E tensorflow/core/ops.cc:1] out of memory';
    expect(lastWords(`${BANNER}${failed}\nError: it ends\n`)).toBe(`${failed}\nError: it ends`);
  });

  it('given very many, then the last ones are told', () => {
    const told = lastWords(`${'a'.repeat(3000)}\nthe end`);
    expect(told).toHaveLength(1000);
    expect(told).toMatch(/a\nthe end$/);
  });
});
