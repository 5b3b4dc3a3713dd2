import { Metadata, status as Status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { PrunefrontError } from '../../../core/errors.js';
import { errorFromTrailer } from '../../../proto/error-details.js';
import { PROTO_FOLDER } from '../../../proto/folder.js';
import { callError } from '../../../workers/gateway/grpc/call-errors.js';

const TRAILERS_BYTES = 8192;

/** The trailer as a program without Prunefront reads it. */
function standardDetails(metadata: Metadata): {
  readonly code: number;
  readonly message: string;
  readonly details: object[];
} {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => `${PROTO_FOLDER}/${target}`;
  root.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);
  const [bytes] = metadata.get('grpc-status-details-bin');
  const type = root.lookupType('google.rpc.Status');
  const status = type.toObject(type.decode(bytes as Buffer)) as {
    readonly code: number;
    readonly message: string;
    readonly details: { readonly typeUrl?: string; readonly type_url?: string; readonly value: Uint8Array }[];
  };
  const details = status.details.map(({ typeUrl, type_url, value }) => {
    const name = (typeUrl ?? type_url ?? '').replace('type.googleapis.com/', '');
    const message = root.lookupType(name);
    return { name, ...message.toObject(message.decode(value)) };
  });
  return { ...status, details };
}

describe('an error on its way to a client', () => {
  it('given place, found, allowed and a remedy, then the standard details have each where tools look for it', () => {
    const facts = { place: 'sweep.yaml:5 space.sparsity', found: '2', allowed: '0 to 1', hint: 'did you mean 0.2?' };
    const { code, metadata } = callError(new PrunefrontError('PRUNEFRONT_SPEC_RANGE', 'Too large', facts));
    expect(code).toBe(Status.INVALID_ARGUMENT);
    expect(standardDetails(metadata)).toMatchObject({
      ...{ code, message: 'Too large' },
      details: [
        {
          ...{ name: 'google.rpc.ErrorInfo', reason: 'PRUNEFRONT_SPEC_RANGE', domain: 'prunefront' },
          metadata: { place: facts.place, found: '2', allowed: '0 to 1' },
        },
        {
          name: 'google.rpc.BadRequest',
          fieldViolations: [{ field: facts.place, description: 'Too large' }],
        },
        { name: 'google.rpc.Help', links: [{ description: facts.hint }] },
      ],
    });
    expect(errorFromTrailer(metadata)).toEqual({ code: 'PRUNEFRONT_SPEC_RANGE', message: 'Too large', ...facts });
  });

  it.each(['x', '…', '😀', '"\\'])(
    'given endless texts of %s, then all trailers together stay under 8 KB, and the code arrives',
    (character) => {
      const long = character.repeat(300_000);
      const facts = { place: long, found: long, allowed: long, hint: long };
      const { details, metadata } = callError(new PrunefrontError('PRUNEFRONT_CONFLICT', long, facts));
      const [bytes] = metadata.get('grpc-status-details-bin');
      const onTheWire = (bytes as Buffer).toString('base64').length + encodeURIComponent(details).length;
      expect(onTheWire + 200).toBeLessThan(TRAILERS_BYTES);
      expect(errorFromTrailer(metadata)).toMatchObject({
        code: 'PRUNEFRONT_CONFLICT',
        place: expect.stringMatching(/…$/),
      });
    },
  );

  it('given a trailer that somebody else wrote, then it is none of Prunefront’s', () => {
    const metadata = new Metadata();
    expect(errorFromTrailer(metadata)).toBeNull();
    metadata.set('grpc-status-details-bin', Buffer.from('nonsense of another proxy'));
    expect(errorFromTrailer(metadata)).toBeNull();
  });
});
