import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PrunefrontError } from '../../../core/errors.js';
import type { FileChunk } from '../sweeps/file-stream.js';
import { zipStream } from './zip-stream.js';

/** Starts a streaming call for a request, with the rights of who asks. */
export type OpenFiles = (
  service: string,
  call: string,
  message: object,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<AsyncIterable<FileChunk>>;

const TYPES: Readonly<Record<string, string>> = {
  'report.html': 'text/html; charset=utf-8',
  'observations.jsonl': 'application/jsonl; charset=utf-8',
};

/**
 * Files to save, by addresses that a person can read: `sweeps/ID/models/CANDIDATE.zip`, `sweeps/ID/report.html`,
 * `sweeps/ID/observations.jsonl` and `published/NAME/VERSION.zip`, where version 0 is the current one.
 */
export function downloads(open: OpenFiles): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.get<{ Params: { sweep: string; file: string } }>('/sweeps/:sweep/models/:file', async (request, reply) => {
      const { sweep, file } = request.params;
      const candidate = zipped(file);
      const chunks = await open('SweepService', 'ExportCandidate', { sweepId: sweep, candidate }, request, reply);
      return sendZip(reply, `${sweep}-${candidate}`, chunks);
    });
    app.get<{ Params: { sweep: string; file: string } }>('/sweeps/:sweep/:file', async (request, reply) => {
      const { sweep, file } = request.params;
      const type = Object.hasOwn(TYPES, file) ? TYPES[file] : undefined;
      if (type === undefined) throw unknownFile(file, Object.keys(TYPES).join(', '));
      const chunks = await open('SweepService', 'GetReport', { sweepId: sweep }, request, reply);
      return send(reply, `${sweep}-${file}`, type, await started(bytesOf(chunks, file)));
    });
    app.get<{ Params: { name: string; file: string } }>('/published/:name/:file', async (request, reply) => {
      const { name, file } = request.params;
      const version = zipped(file);
      if (!/^\d{1,9}$/.test(version))
        throw unknownFile(file, 'VERSION.zip, such as 3.zip, or 0.zip for the current one');
      const message = { name, version: Number(version) };
      const chunks = await open('ScheduleService', 'ExportPublished', message, request, reply);
      return sendZip(reply, `${name}-${version === '0' ? 'current' : version}`, chunks);
    });
  };
}

/** What an archive's name says is in it. */
function zipped(file: string): string {
  if (file.endsWith('.zip')) return file.slice(0, -'.zip'.length);
  throw unknownFile(file, 'NAME.zip');
}

async function sendZip(reply: FastifyReply, name: string, chunks: AsyncIterable<FileChunk>): Promise<FastifyReply> {
  return send(reply, `${plainName(name)}.zip`, 'application/zip', zipStream(plainName(name), await started(chunks)));
}

function send(reply: FastifyReply, name: string, type: string, bytes: AsyncIterable<Uint8Array>): FastifyReply {
  return reply
    .type(type)
    .header('content-disposition', `attachment; filename="${plainName(name)}"`)
    .header('cache-control', 'private, no-store')
    .send(Readable.from(bytes, { objectMode: false }));
}

/** A name that is safe in a header and on every disk. */
function plainName(name: string): string {
  return name.replace(/[^\w.-]/g, '_');
}

async function* bytesOf(chunks: AsyncIterable<FileChunk>, wanted: string): AsyncGenerator<Uint8Array> {
  for await (const { fileName, chunk } of chunks) if (fileName === wanted) yield chunk;
}

/** The same items once the first has come: until then a failure still has a status. */
async function started<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

function unknownFile(file: string, allowed: string): PrunefrontError {
  return new PrunefrontError('PRUNEFRONT_CALL_UNKNOWN', `There is no file ${file}`, { found: file, allowed });
}
