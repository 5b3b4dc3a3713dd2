import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { projectRoot } from '../../tools/paths.mjs';
import { EncryptingCodec } from './payload-codec.js';
import type { PayloadKeys } from './payload-keys.js';

const FAILURES = join(projectRoot(), 'workers', 'service', 'encoded-failures.cjs');

/** How clients and workers turn values into payloads: encrypted, messages and stacks of failures too. Search attributes stay plain. */
export function encryptingConverter(keys: PayloadKeys): DataConverter {
  return { payloadCodecs: [new EncryptingCodec(keys)], failureConverterPath: FAILURES };
}
