import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Calibration } from './calibration.js';
import type { PlanMeasurement } from './choose.js';
import type { HalvedMeasurement } from './precision.js';

/** The file of a calibration below the folder that caches are in. */
export function calibrationFile(cacheFolder: string, key: string): string {
  return join(cacheFolder, 'calibration', `${key}.json`);
}

/** What was measured before; null where nothing was, or its file is damaged. */
export async function readCalibration(file: string): Promise<Calibration | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isCalibration(value) ? value : null;
  } catch {
    return null;
  }
}

/** Keeps what was measured: whoever reads sees all of it, or what was there before. */
export async function writeCalibration(file: string, calibration: Calibration): Promise<void> {
  const scratch = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(scratch, `${JSON.stringify(calibration, null, 2)}\n`);
    await rename(scratch, file);
  } catch (error) {
    await rm(scratch, { force: true });
    throw error;
  }
}

const TEXTS = ['model', 'optimizer', 'device', 'version', 'measuredAt'] as const;
const NUMBERS = ['batchSize', 'cores'] as const;

function isCalibration(value: unknown): value is Calibration {
  if (typeof value !== 'object' || value === null) return false;
  const found = value as Partial<Record<keyof Calibration, unknown>>;
  const { measurements, halved } = found;
  return (
    TEXTS.every((name) => typeof found[name] === 'string') &&
    NUMBERS.every((name) => isCount(found[name])) &&
    Array.isArray(measurements) &&
    measurements.length > 0 &&
    measurements.every(isMeasurement) &&
    (halved === undefined || isHalved(halved))
  );
}

function isMeasurement(value: unknown): value is PlanMeasurement {
  if (typeof value !== 'object' || value === null) return false;
  const { trainers, threads, imagesPerSecond, memoryBytes, largestTrainerBytes, failure } = value as Partial<
    Record<keyof PlanMeasurement, unknown>
  >;
  return (
    isCount(trainers) &&
    (threads === null || isCount(threads)) &&
    [imagesPerSecond, memoryBytes, largestTrainerBytes].every(isQuantity) &&
    (failure === null || typeof failure === 'string')
  );
}

function isHalved(value: unknown): value is HalvedMeasurement {
  if (!isMeasurement(value)) return false;
  const { eagerBecause } = value as Partial<HalvedMeasurement>;
  return eagerBecause === null || typeof eagerBecause === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0;
}

function isQuantity(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
