import { signal } from '@preact/signals';
import type { ErrorData } from '../../core/errors.js';
import { asksForToken, token } from './session.js';

/** Services of the gateway. */
export type Service = 'SweepService' | 'NodeService' | 'ScheduleService';

/** Whether the gateway answers. */
export const connection = signal<'ok' | 'lost'>('ok');

/** The gateway refused a call, and said why. */
export class Refusal extends Error {
  constructor(
    readonly data: ErrorData,
    /** HTTP status; 200 where a stream failed later. */
    readonly status: number,
  ) {
    super(data.message);
  }

  /** Whether the same call may work in a moment. */
  get passes(): boolean {
    return this.data.code === 'PRUNEFRONT_UNREACHABLE' || this.status === 429;
  }

  /** Whether the gateway has no such call, or what it would need is not there. */
  get isAbsent(): boolean {
    return this.status === 501 || this.data.code === 'PRUNEFRONT_CALL_UNKNOWN';
  }
}

/** Asks the gateway for something below `/api/v1/`. */
async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    const headers = new Headers(init.headers);
    if (token.value !== null) headers.set('authorization', `Bearer ${token.value}`);
    response = await fetch(`/api/v1/${path}`, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted !== true) connection.value = 'lost';
    throw error;
  }
  connection.value = 'ok';
  if (response.ok) return response;
  if (response.status === 401) asksForToken.value = true;
  throw new Refusal(await errorOf(response), response.status);
}

/** The typed error of an answer; one that comes from a proxy has none. */
async function errorOf(response: Response): Promise<ErrorData> {
  try {
    const { error } = (await response.json()) as { error: ErrorData };
    return { ...error };
  } catch {
    const message = `Something between this page and the gateway answered ${response.status}`;
    return { code: 'PRUNEFRONT_UNREACHABLE', message };
  }
}

/** Reads a resource that is no call. */
export async function get<T>(path: string): Promise<T> {
  return (await (await ask(path, {})).json()) as T;
}

function send(service: Service, call: string, message: object, signal?: AbortSignal): Promise<Response> {
  return ask(`${service}/${call}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Makes a call that has one answer. */
export async function call<T>(service: Service, name: string, message: object = {}): Promise<T> {
  return (await (await send(service, name, message)).json()) as T;
}

/**
 * Makes a call that has a stream of answers.
 * @throws Refusal; TypeError where the connection breaks
 */
export async function* stream<T>(
  service: Service,
  name: string,
  message: object,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const { body } = await send(service, name, message, signal);
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const lines = (rest + next.value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield answerOf<T>(line);
    }
  } catch (error) {
    if (!signal.aborted && !(error instanceof Refusal)) connection.value = 'lost';
    throw error;
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function answerOf<T>(line: string): T {
  const answer = JSON.parse(line) as T & { readonly error?: ErrorData };
  if (answer.error !== undefined) throw new Refusal(answer.error, 200);
  return answer;
}

/** Saves a file below `files/`; a link could not carry the token. */
export async function save(path: string): Promise<void> {
  const response = await ask(`files/${path}`, {});
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name ?? path.split('/').at(-1) ?? 'download';
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
