import { once } from 'node:events';
import { DRAIN_SETTINGS, TEMPORAL_SETTINGS } from '../../workers/service/common-settings.js';
import { runService } from '../../workers/service/service.js';

const SLOW = { slow: { value: 'yes|no', help: 'whether it has work that does not end', default: 'no' } } as const;

/** A process with nothing but its beginning and its end. */
await runService(
  { process: 'worker', summary: 'Waits.', table: { ...TEMPORAL_SETTINGS, ...DRAIN_SETTINGS, ...SLOW } },
  async ({ settings, readiness, stop, during, say }) => {
    const living = setInterval(() => undefined, 1000);
    say({ http: 'nowhere' });
    readiness.set('start', null);
    await once(stop, 'abort');
    if (settings.text('slow') === 'yes') await during('a stage that does not end', new Promise(() => undefined));
    clearInterval(living);
  },
);
