import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatComparison, formatQuantity, formatTick } from '../../../core/report/assets/format.js';
import { paddedRange, stairs, twoAxisFront } from '../../../core/report/assets/front.js';
import { escapeHtml, scriptJson } from '../../../core/report/html.js';
import { renderReport } from '../../../core/report/render-report.js';
import { pageData } from '../../../core/report/report-data.js';
import { sampleResult } from './sample-result.js';

const page = renderReport(sampleResult());

describe('the page is one file that fetches nothing', () => {
  test('no element names an address outside the page', () => {
    const outsideScripts = page.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '');
    expect(outsideScripts).not.toMatch(/(src|href)="(?!data:|#)/);
    expect(outsideScripts).not.toMatch(/@import|url\(/);
  });

  test('the security policy allows exactly the inline scripts and the style by their hashes', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const inline = [...page.matchAll(/<(script|style)(?: type="module")?>([\s\S]*?)<\/\1>/g)].map(
      (match) => match[2] ?? '',
    );
    expect(inline).toHaveLength(3);
    for (const text of inline) expect(policy).toContain(createHash('sha256').update(text).digest('base64'));
    expect(policy).not.toContain('unsafe');
  });

  test('names and specs with markup in them stay text', () => {
    expect(page).not.toContain('<script>alert(1)');
    expect(page).toContain('mnist-cnn &lt;night&gt; &amp; &quot;day&quot;');
    expect(page).toContain('# &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});

test('the same result gives the same page', () => {
  expect(renderReport(sampleResult())).toBe(page);
});

test('a sweep where nothing was selected and nothing worked still gives a page that says so', () => {
  const sample = sampleResult();
  const failed = renderReport({
    ...sample,
    rows: sample.rows.filter((row) => row.status === 'failed'),
    selection: { id: null, reason: 'No candidate keeps the accuracy.' },
  });
  expect(failed).toContain('No candidate was selected');
  expect(failed).toContain('No candidate keeps the accuracy.');
  expect(failed).toContain(
    '<code>PRUNEFRONT_DIVERGED</code> the loss became NaN at step 31 &lt;of 220&gt; (hint: lower the learning rate)',
  );
});

describe('the note on models that ran eagerly', () => {
  test('names them with their reason; where all were compiled, or nothing is known, there is none', () => {
    const sample = sampleResult();
    const engines = [
      undefined,
      { kind: 'compiled', precision: 'float32' },
      { kind: 'eager', because: 'a value < 0 is read back' },
    ] as const;
    const rows = sample.rows.map((row, i) => {
      const engine = engines[i];
      return row.status === 'ok' && engine !== undefined
        ? { ...row, observation: { ...row.observation, engine } }
        : row;
    });
    const ids = rows.map(({ id }) => id);
    expect(renderReport({ ...sample, rows })).toContain(
      `<b>Not compiled:</b> ${ids[2]} trained operation by operation, because a value &lt; 0 is read back.`,
    );
    expect(page).not.toContain('Not compiled');
  });
});

describe('the data of the page', () => {
  const data = pageData(sampleResult());

  test('the curves of a chain follow one another, each from where the one before ended', () => {
    const chain = data.rows.find(({ id }) => id === 'c011');
    expect(chain?.stages.map(([step]) => step)).toEqual([0, 220, 440]);
    expect(chain?.stages.map(([, label]) => label)).toEqual(['prune to 45.2 %', 'prune to 70 %', 'fine-tune']);
    const steps = chain?.curve.map(([step]) => step) ?? [];
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(660);
  });

  test('a curve of a hundred thousand points is thinned, and keeps every measured accuracy', () => {
    const sample = sampleResult();
    const dense = sample.rows[0];
    if (dense?.status !== 'ok') throw new Error('the sample has a dense model');
    const curve = Array.from({ length: 100_001 }, (_, step) => ({
      step,
      epoch: 0,
      loss: 1,
      sparsity: 0,
      validationAccuracy: step % 9973 === 0 ? 0.9 : null,
    }));
    const [row] = pageData({ ...sample, rows: [{ ...dense, observation: { ...dense.observation, curve } }] }).rows;
    expect(row?.curve.length).toBeLessThan(300);
    expect(row?.curve.filter((point) => point[4] !== null)).toHaveLength(11);
    expect(row?.curve.at(-1)?.[0]).toBe(100_000);
  });

  test('the first axes are the objectives, and the accuracy constraint is a line below the dense model', () => {
    expect(data.axes).toEqual({ x: 'bytesGzip', y: 'accuracy' });
    const [guide] = data.guides;
    expect(guide?.metric).toBe('accuracy');
    expect(guide?.value).toBeCloseTo((data.rows[0]?.values.accuracy ?? 0) - 0.01, 12);
  });

  test('what was not measured is null, never zero', () => {
    expect(data.rows.find(({ id }) => id === 'c001')?.values.testAccuracy).toBeNull();
    expect(data.rows.find(({ id }) => id === 'c012')?.values).toEqual({});
  });
});

test.each([
  [0.98765, 'fraction', '98.77 %'],
  [-0.0031, 'change', '−0.31 pt'],
  [0.00001, 'change', '±0.00 pt'],
  [34_826, 'count', '34.8 k'],
  [999_700, 'bytes', '1.00 MB'],
  [512, 'bytes', '512 B'],
  [0.71, 'milliseconds', '0.710 ms'],
  [null, 'bytes', '–'],
] as const)('%s as %s is written %s', (value, kind, text) => {
  expect(formatQuantity(value, kind).replaceAll('\u202f', ' ')).toBe(text);
});

test.each([
  [100_000, 'bytes', '100 kB'],
  [0.98, 'fraction', '98 %'],
  [0.985, 'fraction', '98.5 %'],
  [0, 'bytes', '0 B'],
] as const)('a tick at %s in %s is written %s', (value, kind, text) => {
  expect(formatTick(value, kind).replaceAll('\u202f', ' ')).toBe(text);
});

test.each([
  [46, 140, 'bytes', '3.0× smaller'],
  [2, 1, 'milliseconds', '2.0× slower'],
  [1, 1.05, 'milliseconds', '1.05× faster'],
  [7, 7, 'count', 'unchanged'],
  [0.97, 0.98, 'fraction', '−1.00 pt'],
  [null, 7, 'count', '–'],
] as const)('%s beside a dense %s in %s compares as %s', (value, dense, kind, text) => {
  expect(formatComparison(value, dense, kind).replaceAll('\u202f', ' ')).toBe(text);
});

describe('the front of two axes', () => {
  const finite = fc.double({ min: -100, max: 100, noNaN: true });
  const someBetter = fc.constantFrom('more' as const, 'less' as const);

  test('nothing of the front is beaten, and everything else is beaten or equalled by it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(finite, finite), { maxLength: 30 }),
        someBetter,
        someBetter,
        (pairs, betterX, betterY) => {
          const points = pairs.map(([x, y], i) => ({ id: String(i), x, y }));
          const front = twoAxisFront(points, betterX, betterY);
          const atLeast = (a: number, b: number, better: 'more' | 'less') => (better === 'more' ? a >= b : a <= b);
          const covers = (a: { x: number; y: number }, b: { x: number; y: number }) =>
            atLeast(a.x, b.x, betterX) && atLeast(a.y, b.y, betterY);
          for (const point of points) {
            expect(front.some((other) => covers(other, point))).toBe(true);
            if (front.includes(point))
              expect(points.some((other) => covers(other, point) && (other.x !== point.x || other.y !== point.y))).toBe(
                false,
              );
          }
          expect(front.map(({ x }) => x)).toEqual(front.map(({ x }) => x).sort((a, b) => a - b));
        },
      ),
    );
  });

  test('stairs stay on the side that was reached', () => {
    const front = [
      { id: 'a', x: 1, y: 1 },
      { id: 'b', x: 3, y: 2 },
    ];
    expect(stairs(front, 'less')).toEqual([
      [1, 1],
      [3, 1],
      [3, 2],
    ]);
    expect(stairs(front, 'more')).toEqual([
      [1, 1],
      [1, 2],
      [3, 2],
    ]);
  });

  test('the range holds every value with room on both sides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        (values, log) => {
          const [low, high] = paddedRange(values, log);
          expect(low).toBeLessThan(Math.min(...values));
          expect(high).toBeGreaterThan(Math.max(...values));
        },
      ),
    );
  });
});

test('any text, once escaped, has no character that markup could begin or end with', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      expect(scriptJson({ text })).not.toMatch(/[<>\u2028\u2029]/);
      expect(JSON.parse(scriptJson({ text }))).toEqual({ text });
    }),
  );
});
