import { describe, expect, it } from 'vitest';
import { residentShare } from '../../../workers/gpu-node/resident-data.js';
import type { SlotPlace } from '../../../workers/gpu-node/slots-of-machine.js';

const GIGABYTE = 1024 ** 3;

function placeOf(slot: number, visible: string | null, memory: { total: number; used: number } | null): SlotPlace {
  const told = { memoryTotalBytes: memory?.total ?? null, memoryUsedBytes: memory?.used ?? null };
  const unread = { utilization: null, temperatureCelsius: null, powerWatts: null };
  return {
    slot,
    threads: null,
    device: { visible, device: { id: visible ?? 'cpu', kind: 'kind', name: 'name', ...unread, ...told } },
  };
}

describe('the data that a trainer may hold resident', () => {
  it('given slots on a CPU, then each has its part of half of the free memory', () => {
    const places = [0, 1, 2, 3].map((slot) => placeOf(slot, null, null));
    for (const place of places) expect(residentShare(place, places, 16 * GIGABYTE)).toBe(2 * GIGABYTE);
  });

  it('given GPUs, then it is of what is free on its own, whatever the machine has', () => {
    const small = placeOf(0, '0', { total: 8 * GIGABYTE, used: 2 * GIGABYTE });
    const large = [1, 2].map((slot) => placeOf(slot, '1', { total: 80 * GIGABYTE, used: 0 }));
    const places = [small, ...large];
    expect(places.map((place) => residentShare(place, places, GIGABYTE))).toEqual(
      [3, 20, 20].map((each) => each * GIGABYTE),
    );
  });

  it('given a GPU whose driver does not tell, then a careful guess is taken', () => {
    const place = placeOf(0, 'MIG-1', null);
    expect(residentShare(place, [place], 100 * GIGABYTE)).toBe(2 * GIGABYTE);
  });

  it('given the machine as it is, then there is some', () => {
    const place = placeOf(0, null, null);
    expect(residentShare(place, [place])).toBeGreaterThan(1024 ** 2);
  });
});
