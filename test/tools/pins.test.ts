import { describe, expect, it } from 'vitest';
import { cacheDir, pins, temporalExecutable, tensorflowVariant } from '../../tools/paths.mjs';

describe('pins', () => {
  it('name every wheel by exact version and checksum', () => {
    const wheels = Object.values(pins.tensorflow.variants).flatMap((variant) => variant.wheels);
    expect(wheels.length).toBeGreaterThan(10);
    for (const wheel of wheels) {
      expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(wheel.version).toMatch(/^\d+(\.\d+)+$/);
    }
  });
});

describe('paths', () => {
  it('follow the environment', () => {
    const before = { ...process.env };
    try {
      process.env['XDG_CACHE_HOME'] = '/somewhere';
      delete process.env['PRUNEFRONT_TEMPORAL_CLI'];
      expect(cacheDir()).toBe('/somewhere/prunefront');
      expect(temporalExecutable()).toBe(`/somewhere/prunefront/temporal/${pins.temporal.cli}/temporal`);
      process.env['PRUNEFRONT_TEMPORAL_CLI'] = '/opt/temporal';
      expect(temporalExecutable()).toBe('/opt/temporal');
      process.env['PRUNEFRONT_DEVICE'] = 'gpu';
      expect(tensorflowVariant()).toBe('gpu');
      process.env['PRUNEFRONT_DEVICE'] = 'tpu';
      expect(() => tensorflowVariant()).toThrow(/allowed: cpu, gpu/);
    } finally {
      process.env = before;
    }
  });
});
