import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrationFile, readCalibration, writeCalibration } from '../../../../core/training/calibration/cache.js';
import type { Calibration } from '../../../../core/training/calibration/calibration.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders();
const CALIBRATION: Calibration = {
  ...{ model: 'mnistMlp', batchSize: 64, optimizer: 'adam', device: 'AMD EPYC', cores: 2, version: '0.1.0' },
  measurements: [
    { trainers: 1, threads: 2, imagesPerSecond: 10, memoryBytes: 5, largestTrainerBytes: 5, failure: null },
    { trainers: 2, threads: null, imagesPerSecond: 0, memoryBytes: 0, largestTrainerBytes: 0, failure: 'it ended' },
  ],
  measuredAt: '2026-01-01T00:00:00.000Z',
};

describe('the cache of calibrations', () => {
  it('given a calibration, when it is written, then it is read as it was, and no other file is there', async () => {
    const folder = await temporaryFolder();
    const file = calibrationFile(folder, 'abc');
    expect(file).toBe(join(folder, 'calibration', 'abc.json'));
    await writeCalibration(file, CALIBRATION);
    await writeCalibration(file, { ...CALIBRATION, cores: 4 });
    expect(await readCalibration(file)).toEqual({ ...CALIBRATION, cores: 4 });
    expect(await readdir(join(folder, 'calibration'))).toEqual(['abc.json']);
  });

  it('given no file, then there is no calibration', async () => {
    expect(await readCalibration(join(await temporaryFolder(), 'none.json'))).toBe(null);
  });

  it.each(Array.from({ length: 12 }, (_, i) => i / 12))(
    'given a file that ends after %d of it, then there is no calibration',
    async (part) => {
      const file = calibrationFile(await temporaryFolder(), 'abc');
      await writeCalibration(file, CALIBRATION);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.slice(0, Math.floor(text.length * part)));
      expect(await readCalibration(file)).toBe(null);
    },
  );

  const halved = { ...CALIBRATION.measurements[0], eagerBecause: null };
  it.each([halved, { ...halved, eagerBecause: 'why' }, { ...halved, failure: 'it ended' }])(
    'given a measurement in bfloat16 of %j, then it is read as it was written',
    async (measured) => {
      const file = calibrationFile(await temporaryFolder(), 'abc');
      await mkdir(dirname(file));
      await writeFile(file, JSON.stringify({ ...CALIBRATION, halved: measured }));
      expect(await readCalibration(file)).toEqual({ ...CALIBRATION, halved: measured });
    },
  );

  const [good] = CALIBRATION.measurements;
  it.each([
    null,
    3,
    [],
    {},
    { ...CALIBRATION, cores: 0 },
    { ...CALIBRATION, device: 7 },
    { ...CALIBRATION, measurements: [] },
    { ...CALIBRATION, measurements: 'x' },
    { ...CALIBRATION, measurements: [null] },
    { ...CALIBRATION, measurements: [{ ...good, trainers: 1.5 }] },
    { ...CALIBRATION, measurements: [{ ...good, threads: 0 }] },
    { ...CALIBRATION, measurements: [{ ...good, imagesPerSecond: null }] },
    { ...CALIBRATION, measurements: [{ ...good, memoryBytes: -1 }] },
    { ...CALIBRATION, measurements: [{ ...good, failure: undefined }] },
    { ...CALIBRATION, halved: null },
    { ...CALIBRATION, halved: good },
    { ...CALIBRATION, halved: { ...halved, eagerBecause: 7 } },
    { ...CALIBRATION, halved: { ...halved, threads: -1 } },
  ])('given a file that holds %j, then there is no calibration', async (content) => {
    const file = calibrationFile(await temporaryFolder(), 'abc');
    await mkdir(dirname(file));
    await writeFile(file, JSON.stringify(content));
    expect(await readCalibration(file)).toBe(null);
  });

  it('given a folder that cannot be written, when one is written, then it says so', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(writeCalibration(calibrationFile(file, 'abc'), CALIBRATION)).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});
