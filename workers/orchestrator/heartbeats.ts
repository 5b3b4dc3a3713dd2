import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

/** Milliseconds between two heartbeats of an activity; a small part of the timeout that workflows give it. */
const EVERY_MS = 5000;

/** Lets every activity tell that its process lives, so that one whose orchestrator was killed is tried again soon, not at its timeout. */
export function heartbeats(context: Context): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const timer = setInterval(() => context.heartbeat(), EVERY_MS);
        try {
          return await next(input);
        } finally {
          clearInterval(timer);
        }
      },
    },
  };
}
