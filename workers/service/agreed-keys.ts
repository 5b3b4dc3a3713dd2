import { createHash } from 'node:crypto';
import { PrunefrontError } from '../../core/errors.js';
import type { ArtifactStore } from '../../core/store/artifact-store.js';
import type { PayloadKeys } from './payload-keys.js';

/** What the processes of a service know of their payload keys, in the store that they share: no key, but what tells keys apart. */
interface Agreed {
  /** Id of the key that became current last. */
  readonly latest: string;
  /** By the id of every key that was ever current. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

const PATH = 'service/payload-keys.json';

/**
 * Holds a process's payload keys against those of the others: one that cannot read what they write would take work and spoil it.
 * @param keys - undefined for a process that encrypts nothing
 * @throws PrunefrontError `PRUNEFRONT_PAYLOAD_KEYS`
 */
export async function agreeOnKeys(store: ArtifactStore, keys: PayloadKeys | undefined): Promise<void> {
  const agreed = (await store.getDocument(PATH)) as Agreed | null;
  if (agreed !== null) requireKey(agreed, keys);
  if (keys === undefined || agreed?.fingerprints[keys.current] !== undefined) return;
  const fingerprints = { ...agreed?.fingerprints, [keys.current]: fingerprintOf(keys, keys.current) };
  await store.putDocument(PATH, { latest: keys.current, fingerprints } satisfies Agreed);
}

function requireKey({ latest, fingerprints }: Agreed, keys: PayloadKeys | undefined): void {
  if (keys !== undefined && fingerprintOf(keys, latest) === fingerprints[latest]) return;
  throw new PrunefrontError('PRUNEFRONT_PAYLOAD_KEYS', 'The other processes of this store encrypt with another key', {
    found: keys === undefined ? 'no --payload-keys' : `the keys ${[...keys.keys.keys()].join(', ')}`,
    allowed: `a file with their key ${latest}`,
    hint: `give this process their --payload-keys; to encrypt no more, end all of them and remove documents/${PATH} from the store`,
  });
}

function fingerprintOf({ keys }: PayloadKeys, id: string): string {
  const key = keys.get(id);
  return key === undefined ? '' : createHash('sha256').update('prunefront payload key').update(key).digest('hex');
}
