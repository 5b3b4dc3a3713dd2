/** What a span was about: small numbers and words. */
export type SpanArguments = Readonly<Record<string, string | number | boolean | null>>;

/** Ends a span. */
export type EndSpan = () => void;

/**
 * Where spans go. Spans of `work` end in the opposite order in which they began; those of `store` may overlap.
 */
export interface SpanSink {
  span(track: 'work' | 'store', name: string, args: SpanArguments | undefined): EndSpan;
}

const NOTHING: EndSpan = () => undefined;
let sink: SpanSink | null = null;

/** Sends the spans of this process to a sink from now on; null ends that. */
export function profileTo(to: SpanSink | null): void {
  sink = to;
}

/** Whether spans go anywhere. */
export function isProfiled(): boolean {
  return sink !== null;
}

/** Begins a span of what this process works on; what is returned ends it. Without a sink nothing happens. */
export function span(name: string, args?: SpanArguments): EndSpan {
  return sink === null ? NOTHING : sink.span('work', name, args);
}

/** Begins a span of the artifact store. */
export function storeSpan(name: string, args?: SpanArguments): EndSpan {
  return sink === null ? NOTHING : sink.span('store', name, args);
}

/** Does something within a span. */
export function during<T>(name: string, act: () => T, args?: SpanArguments): T {
  const end = span(name, args);
  try {
    return act();
  } finally {
    end();
  }
}

/** Does something that takes turns with others within a span; nothing else of `work` may begin or end meanwhile but what it does itself. */
export async function within<T>(name: string, act: () => Promise<T>, args?: SpanArguments): Promise<T> {
  const end = span(name, args);
  try {
    return await act();
  } finally {
    end();
  }
}
