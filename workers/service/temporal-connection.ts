import { status as Status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { PrunefrontError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import type { TemporalSettings } from './temporal-settings.js';

const ANSWER_MS = 5000;
/** Namespaces that are read to say which ones there are. */
const LISTED = 100;

/**
 * A worker's connection to the Temporal server, on which the namespace is there.
 * @throws PrunefrontError `PRUNEFRONT_UNREACHABLE`, `PRUNEFRONT_TEMPORAL_REFUSED`, `PRUNEFRONT_TEMPORAL_NAMESPACE`
 */
export async function connectWorker(temporal: TemporalSettings): Promise<NativeConnection> {
  // First with a deadline, which connecting has not: a server that takes the connection may still never say a word.
  await checkTemporal(temporal);
  try {
    return await NativeConnection.connect(temporal.connection);
  } catch (cause) {
    throw refused(cause, temporal) ?? unreachable(cause, temporal);
  }
}

/**
 * Asks for the namespace on a connection of its own.
 * @throws PrunefrontError `PRUNEFRONT_UNREACHABLE`, `PRUNEFRONT_TEMPORAL_REFUSED`, `PRUNEFRONT_TEMPORAL_NAMESPACE`
 */
export async function checkTemporal(temporal: TemporalSettings): Promise<void> {
  const connection = Connection.lazy(temporal.connection);
  try {
    await requireNamespace(connection, temporal);
  } finally {
    await connection.close();
  }
}

/**
 * Asks whether the namespace is there.
 * @throws PrunefrontError `PRUNEFRONT_TEMPORAL_NAMESPACE`, `PRUNEFRONT_TEMPORAL_REFUSED`, `PRUNEFRONT_UNREACHABLE`
 */
export async function requireNamespace(
  connection: Connection | NativeConnection,
  temporal: TemporalSettings,
): Promise<void> {
  const { namespace } = temporal.client;
  try {
    await inTime(connection, () => connection.workflowService.describeNamespace({ namespace }));
  } catch (error) {
    if (codeOf(error) !== Status.NOT_FOUND) throw refused(error, temporal) ?? unreachable(error, temporal);
    const known = await namespaces(connection);
    const near = known === null ? null : nearest(namespace, known);
    throw new PrunefrontError(
      'PRUNEFRONT_TEMPORAL_NAMESPACE',
      `The Temporal server has no namespace ${namespace}`,
      {
        ...{ place: temporal.connection.address, found: namespace },
        ...(known === null ? {} : { allowed: known.join(', ') }),
        hint:
          near === null
            ? `temporal operator namespace create --namespace ${namespace}, or name another one with --namespace`
            : `did you mean ${near}?`,
      },
      { cause: error },
    );
  }
}

/** The namespaces that there are; null where it is not for us to know. */
async function namespaces(connection: Connection | NativeConnection): Promise<string[] | null> {
  try {
    const { namespaces } = await inTime(connection, () =>
      connection.workflowService.listNamespaces({ pageSize: LISTED }),
    );
    return namespaces.flatMap(({ namespaceInfo }) => namespaceInfo?.name ?? []).sort();
  } catch {
    return null;
  }
}

function inTime<T>(connection: Connection | NativeConnection, call: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + ANSWER_MS, call);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function refused(error: unknown, { connection }: TemporalSettings): PrunefrontError | null {
  const code = codeOf(error);
  const found = error instanceof Error ? error.message : String(error);
  const isRefusal = code === Status.UNAUTHENTICATED || code === Status.PERMISSION_DENIED;
  if (!isRefusal && !/unauthenticated|permission ?denied|unauthorized/i.test(found)) return null;
  return new PrunefrontError(
    'PRUNEFRONT_TEMPORAL_REFUSED',
    'The Temporal server refuses who asks',
    {
      place: connection.address,
      found,
      hint: 'check --temporal-api-key or the certificate, and that it may use the namespace',
    },
    { cause: error },
  );
}

function unreachable(cause: unknown, { connection }: TemporalSettings): PrunefrontError {
  return new PrunefrontError(
    'PRUNEFRONT_UNREACHABLE',
    'The Temporal server does not answer',
    {
      place: connection.address,
      found: cause instanceof Error ? cause.message : String(cause),
      hint: 'start it, or name another one with --temporal HOST:PORT',
    },
    { cause },
  );
}
