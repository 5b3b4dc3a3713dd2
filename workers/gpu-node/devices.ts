import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { deviceKindOf } from '../../core/nodes/device-kind.js';
import type { NodeDevice } from '../../core/nodes/node-record.js';

/** A device that stages run on. */
export interface FoundDevice {
  /** What it is, and how it was when it was read. */
  readonly device: NodeDevice;
  /** `CUDA_VISIBLE_DEVICES` of a trainer on it; null on CPU. */
  readonly visible: string | null;
}

/** A driver in trouble lets `nvidia-smi` wait for ever. */
const NVIDIA_SMI_TIMEOUT_MS = 15_000;
const FIELDS = [
  ...['index', 'uuid', 'name', 'utilization.gpu', 'memory.used', 'memory.total', 'temperature.gpu', 'power.draw'],
];
const MEBIBYTE = 1024 * 1024;

/** The devices of this machine as they are now: its GPUs, or those that this process was given; without any, its CPU. */
export async function readDevices(environment: NodeJS.ProcessEnv = process.env): Promise<FoundDevice[]> {
  const gpus = environment['PRUNEFRONT_DEVICE'] === 'cpu' ? [] : visible(await present(), environment);
  return gpus.length > 0 ? gpus : [{ device: cpu(), visible: null }];
}

interface Gpu {
  readonly uuid: string;
  readonly device: NodeDevice;
}

function visible(gpus: readonly Gpu[], environment: NodeJS.ProcessEnv): FoundDevice[] {
  const given = environment['CUDA_VISIBLE_DEVICES'];
  const [first] = gpus;
  if (first === undefined) return [];
  if (given === undefined) return gpus.map(({ device }) => ({ device, visible: device.id }));
  return given
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '' && id !== '-1')
    .map((id) => {
      const found = gpus.find(({ uuid, device }) => device.id === id || (uuid !== '' && uuid.startsWith(id)));
      // A part of a GPU has an id that only `nvidia-smi -L` tells; what it is a part of is like all others here.
      return { visible: id, device: found?.device ?? { ...first.device, ...UNREAD, id } };
    });
}

const UNREAD = {
  utilization: null,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  temperatureCelsius: null,
  powerWatts: null,
} as const;

async function present(): Promise<Gpu[]> {
  try {
    const args = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits'];
    const { stdout } = await promisify(execFile)('nvidia-smi', args, { timeout: NVIDIA_SMI_TIMEOUT_MS });
    return parseGpus(stdout);
  } catch {
    return [];
  }
}

/** GPUs from the lines of `nvidia-smi`; what the driver does not tell is null. */
export function parseGpus(text: string): Gpu[] {
  return text.split('\n').flatMap((line) => {
    const [id = '', uuid = '', name = '', ...numbers] = line.split(',').map((field) => field.trim());
    if (!/^\d+$/.test(id)) return [];
    const [utilization, used, total, temperature, power] = numbers.map(numberOf);
    return [
      {
        uuid,
        device: {
          ...{ id, kind: deviceKindOf(name), name },
          utilization: utilization === undefined || utilization === null ? null : utilization / 100,
          memoryUsedBytes: scaled(used, MEBIBYTE),
          memoryTotalBytes: scaled(total, MEBIBYTE),
          temperatureCelsius: scaled(temperature, 1),
          powerWatts: scaled(power, 1),
        },
      },
    ];
  });
}

/** `[N/A]`, `[Not Supported]` and the like are what a driver says where it does not tell. */
function numberOf(text: string): number | null {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : null;
}

function scaled(value: number | null | undefined, by: number): number | null {
  return value === null || value === undefined ? null : value * by;
}

function cpu(): NodeDevice {
  return { ...UNREAD, id: 'cpu', kind: 'cpu', name: cpus()[0]?.model.trim() ?? 'CPU' };
}
