import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { CalibrationSubject } from '../../../core/training/calibration/calibration.js';
import { DEFAULT_OPTIMIZER } from '../../../core/training/calibration/calibration.js';
import type { CalibrationRequest } from '../../../workers/gpu-node/calibrated.js';
import type { FoundDevice } from '../../../workers/gpu-node/devices.js';
import { compiled } from '../../support/compiled.js';
import { childrenOf } from '../../support/local-stack.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const temporaryFolder = temporaryFolders(afterAll);
const subject: CalibrationSubject = { model: { zoo: 'mnistMlp' }, batchSize: 64, optimizer: DEFAULT_OPTIMIZER };
const unread = { utilization: null, memoryUsedBytes: null, memoryTotalBytes: null };
const CPU: FoundDevice = {
  device: { ...unread, id: 'cpu', kind: 'cpu', name: 'test', temperatureCelsius: null, powerWatts: null },
  visible: null,
};
const PLANS = [
  { trainers: 1, threads: 1 },
  { trainers: 2, threads: 1 },
];

async function request(changes: Partial<CalibrationRequest> = {}): Promise<CalibrationRequest> {
  return {
    ...{ subject, devices: [CPU], trainerBytes: 4e9, seconds: 1, plans: PLANS, cacheFolder: await temporaryFolder() },
    // What other tests do beside this one is not to be seen.
    ...{ signal: new AbortController().signal, load: 0, ...changes },
  };
}

describe('a calibration', () => {
  it('given a small model, when it is measured and asked for again, then the second time takes no measurement', async () => {
    const { calibrated } = await compiled('workers/gpu-node/calibrated.js');
    const asked = await request();
    const first = await calibrated(asked);
    expect(first).toMatchObject({ isCached: false, chosen: { failure: null } });
    expect(first.calibration).toMatchObject({ model: 'mnistMlp', batchSize: 64, optimizer: 'adam', device: 'test' });
    expect(first.calibration.measurements.map(({ trainers, failure }) => [trainers, failure])).toEqual([
      [1, null],
      [2, null],
    ]);
    for (const { imagesPerSecond, memoryBytes, trainers } of first.calibration.measurements) {
      expect(imagesPerSecond).toBeGreaterThan(100);
      // TensorFlow alone is more; a trainer that took ten times that would be no trainer.
      expect(memoryBytes).toBeGreaterThan(50e6 * trainers);
      expect(memoryBytes).toBeLessThan(2e9 * trainers);
    }
    const { halved } = first.calibration;
    expect(halved).toMatchObject({ trainers: first.chosen?.trainers, threads: 1, failure: null, eagerBecause: null });
    expect(halved?.imagesPerSecond).toBeGreaterThan(100);
    expect(first).toMatchObject({ isKept: true, disturbedBy: null });
    expect(JSON.parse(await readFile(first.file, 'utf8'))).toEqual(first.calibration);
    const begun: unknown[] = [];
    const started = performance.now();
    const second = await calibrated({ ...asked, onStart: (about) => begun.push(about) });
    expect(second).toMatchObject({ isCached: true, calibration: first.calibration, chosen: first.chosen });
    expect(begun).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(childrenOf(process.pid)).toEqual([]);
  });

  it('given a machine that is busy when it begins, then it is measured and told, and kept only where that is asked for', async () => {
    const { calibrated } = await compiled('workers/gpu-node/calibrated.js');
    const asked = await request({ load: 3.5, plans: PLANS.slice(0, 1) });
    const found = await calibrated(asked);
    expect(found).toMatchObject({ isCached: false, isKept: false, disturbedBy: 3.5, chosen: { trainers: 1 } });
    await expect(readFile(found.file)).rejects.toThrow('ENOENT');
    const kept = await calibrated({ ...asked, keepsDisturbed: true });
    expect(kept).toMatchObject({ isCached: false, isKept: true, disturbedBy: 3.5 });
    expect(await calibrated(asked)).toMatchObject({ isCached: true, isKept: true, disturbedBy: null });
  });

  it('given less memory than one trainer takes, then nothing is chosen and nothing is kept', async () => {
    const { calibrated } = await compiled('workers/gpu-node/calibrated.js');
    const found = await calibrated(await request({ trainerBytes: 1e6, plans: PLANS.slice(0, 1) }));
    expect(found.chosen).toBe(null);
    expect(found.isKept).toBe(false);
    expect(found.calibration.halved).toBe(undefined);
    await expect(readFile(found.file)).rejects.toThrow('ENOENT');
  });

  it('given an end in the middle, then it throws that and leaves no process behind', async () => {
    const { calibrated } = await compiled('workers/gpu-node/calibrated.js');
    const ended = new AbortController();
    const asked = await request({ signal: ended.signal, seconds: 60 });
    const running = calibrated(asked).then(
      () => null,
      (error: unknown) => error,
    );
    while (childrenOf(process.pid).length === 0) await sleep(20);
    ended.abort(new Error('enough'));
    expect(await running).toEqual(new Error('enough'));
    expect(childrenOf(process.pid)).toEqual([]);
  });

  it('given a model that does not exist, then that is said before anything is started', async () => {
    const { calibrated } = await compiled('workers/gpu-node/calibrated.js');
    const asked = await request({ subject: { ...subject, model: { zoo: 'nope' } } });
    await expect(calibrated(asked)).rejects.toThrow('The zoo has no such model');
  });
});
