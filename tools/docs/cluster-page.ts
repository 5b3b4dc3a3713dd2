import { GATEWAY } from '../../workers/gateway/settings.js';
import { NODE_WORKER } from '../../workers/gpu-node/settings.js';
import { ORCHESTRATOR } from '../../workers/orchestrator/settings.js';
import { DRAIN_SETTINGS, STORE_SETTINGS, TEMPORAL_SETTINGS } from '../../workers/service/common-settings.js';

/** One setting as its table shows it. */
interface Row {
  readonly value: string;
  readonly help: string;
  readonly default?: string;
  readonly required?: true;
}

type Table = Readonly<Record<string, Row>>;

const COMMON: Table = { ...STORE_SETTINGS, ...TEMPORAL_SETTINGS, ...DRAIN_SETTINGS };

const STARTING = `
A cluster is one Temporal server, one store that all machines see (a shared folder), and any number of three processes:

\`\`\`sh
npx prunefront gateway      --store /shared/prunefront --temporal temporal:7233   # people and programs talk to it
npx prunefront orchestrator --store /shared/prunefront --temporal temporal:7233   # runs the workflows
npx prunefront worker       --store /shared/prunefront --temporal temporal:7233   # on each machine that trains
\`\`\`

Processes come and go in any order. The namespace needs the search attributes \`PrunefrontState\` and \`PrunefrontName\` (Keyword) and
\`PrunefrontProgress\` (Double). Sweeps share nodes fairly where the server hands out tasks by priority and fairness keys: Temporal Cloud does; a
server of one's own needs \`matching.useNewMatcher\` and \`matching.enableFairness\` in its dynamic configuration.

A process that cannot start says why with an error code and a remedy, and ends: exit code 2 for wrong usage, else 1. A namespace that does not
exist is such an error; a Temporal server that does not answer is one for orchestrators and workers, while a gateway waits for it.`;

const SETTINGS = `
Flags count over environment variables (\`PRUNEFRONT_\` and the flag's name), those over \`TEMPORAL_*\` variables (\`TEMPORAL_ADDRESS\`,
\`TEMPORAL_NAMESPACE\`, \`TEMPORAL_API_KEY\`, \`TEMPORAL_TLS_…\`), and those over the profile in the configuration file of Temporal's own CLI, so that
what \`temporal\` reaches, Prunefront reaches: \`prunefront worker --temporal-profile cloud\`. An empty variable counts as none. \`--help\` prints the
settings of a process.`;

const OPERATION = `
The first line on standard output is JSON: process, version, process id, addresses, and the configuration that came out of flags, variables and
profile, with secrets masked. Another line says when it is ready.

| path | what |
| --- | --- |
| \`/healthz\` | 200 while the process lives |
| \`/readyz\` | 200 while it takes work, else 503 with the reason: it starts, cannot reach Temporal, is drained, or ends |
| \`/configz\` | version and configuration, secrets masked |
| \`/metrics\` | [metrics](metrics.md) in Prometheus' format, those of Temporal's SDK included |

Orchestrators and workers serve them on \`--http\`, the gateway beside its page. The gRPC health protocol answers for \`orchestrator\` or \`worker\`, and
for the empty name, on \`--health\`; the gateway answers on its own port. These ports have no credentials of their own: they listen on loopback
unless told otherwise, and nothing that they tell is secret. A default port that is taken is replaced by a free one, as the first line says;
one that was asked for is an error.`;

const DRAINING = `
At SIGTERM (or Ctrl-C) a process takes nothing new, hands over what it does, and ends with exit code 0, within \`--drain-timeout\`. A worker has
each trainer write a checkpoint after the step it is at; another node goes on from exactly there, at no cost to the candidate. What has not
handed over in time goes on from its last checkpoint. A second signal ends the process at once, with exit code 1; a process that is not done
five seconds after its time is up ends the same way. Give Kubernetes' \`terminationGracePeriodSeconds\` at least five seconds more than that.

\`prunefront nodes drain NAME\` does the same to a node whose process goes on, gives its devices' memory free, and holds over a restart of the
node, until \`prunefront nodes resume NAME\`. A node that is killed is noticed by its missing heartbeats, after 30 seconds.`;

const DEVICES = `
A worker asks \`nvidia-smi\` for its GPUs (those of \`CUDA_VISIBLE_DEVICES\` where that is set) and starts \`--slots\` trainers on each; without
one, or with \`PRUNEFRONT_DEVICE=cpu\`, it trains on the CPU, with a trainer of one thread for each core. Each kind of device has its task queue:
\`prunefront-stages-nvidia-h100\`, \`prunefront-stages-cpu\`. A sweep's stages run on one kind, that which most slots have where \`--device\` does not say.
Every two seconds a node writes to the store what it has and does: \`prunefront nodes\` shows it.`;

const ENCRYPTION = `
With \`--payload-keys FILE\` everything that the processes give to Temporal is encrypted with AES-256-GCM before it leaves them: arguments and
results of workflows and activities, heartbeats, queries and updates, and the messages and stacks of failures. What stays plain is what
Temporal works with: ids of workflows (they hold the sweep's name), names of task queues and activities, error codes, and the search attributes
(name, state and progress). The metadata of a payload name its key: \`encoding: binary/encrypted\`, \`encryption-key-id\`.

\`\`\`sh
printf '{ "current": "2026-01", "keys": { "2026-01": "%s" } }' "$(openssl rand -base64 32)" > keys.json
\`\`\`

All processes get the same file. To rotate, add a key to every process's file and restart them, then make it \`current\` and restart them again:
the current key encrypts, all decrypt. Take an old key away once no workflow is left that it encrypted, which the namespace's retention
decides. A payload whose key is not there, or that was changed, is \`PRUNEFRONT_PAYLOAD_KEYS\`.`;

/** `docs/cluster.md`: the processes one by one, and every setting. */
export function clusterPage(): string {
  return `${[
    '<!-- Generated by `npm run docs` from tools/docs/cluster-page.ts and the settings of the processes: do not edit. -->',
    '# A cluster, process by process',
    STARTING,
    '',
    '## Settings',
    SETTINGS,
    '',
    '### Of every process',
    '',
    ...rows(COMMON),
    ...[GATEWAY, ORCHESTRATOR, NODE_WORKER].flatMap(({ process, summary, table }) => [
      '',
      `### \`prunefront ${process}\``,
      '',
      summary,
      '',
      ...rows(Object.fromEntries(Object.entries<Row>(table).filter(([name]) => !Object.hasOwn(COMMON, name)))),
    ]),
    '',
    '## Health, readiness, metrics',
    OPERATION,
    '',
    '## Draining',
    DRAINING,
    '',
    '## Devices and slots',
    DEVICES,
    '',
    '## Encryption towards Temporal',
    ENCRYPTION,
  ].join('\n')}\n`;
}

function rows(table: Table): string[] {
  return [
    '| flag | variable | default | what it is |',
    '| --- | --- | --- | --- |',
    ...Object.entries(table).map(([name, { value, help, default: standard, required }]) => {
      const shown = required === true ? 'required' : standard === undefined ? '–' : `\`${standard}\``;
      const variable = `PRUNEFRONT_${name.toUpperCase().replaceAll('-', '_')}`;
      return `| \`--${name} ${cell(value)}\` | \`${variable}\` | ${shown} | ${cell(help)} |`;
    }),
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
