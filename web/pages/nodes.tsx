import { formatQuantity } from '../../core/report/assets/format.js';
import type { Device__Output } from '../../proto/generated/prunefront/v1/Device.js';
import type { ListNodesResponse__Output } from '../../proto/generated/prunefront/v1/ListNodesResponse.js';
import type { Node__Output } from '../../proto/generated/prunefront/v1/Node.js';
import type { Slot__Output } from '../../proto/generated/prunefront/v1/Slot.js';
import { call } from '../api/gateway.js';
import { usePolled } from '../api/polled.js';
import { mayOperate } from '../api/session.js';
import { fromNow, moment } from '../model/time.js';
import { ask, attempt } from '../parts/ask.js';
import { Badge } from '../parts/badge.js';
import { Bar } from '../parts/bar.js';
import { Missing } from '../parts/notice.js';
import { href } from '../router.js';

const EVERY_MS = 2000;

/** The nodes: what they have and what they do. */
export function NodesPage() {
  const load = () => call<ListNodesResponse__Output>('NodeService', 'ListNodes', { pageSize: 1000 });
  const { value, refusal, reload } = usePolled(load, EVERY_MS, 'nodes');
  const nodes = value?.nodes ?? [];
  const slots = nodes.flatMap((node) => node.slots);
  const busy = slots.filter(({ state }) => state === 'busy').length;
  const speed = nodes.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0);
  return (
    <>
      <header class="title">
        <div>
          <h1>Nodes</h1>
          {value !== null && refusal === null && (
            <p class="meta">
              <span>{nodes.length === 1 ? '1 node' : `${nodes.length} nodes`}</span>
              <span>
                {busy} of {slots.length} slots busy
              </span>
              <span>{formatQuantity(speed, 'count')} images/s</span>
            </p>
          )}
        </div>
      </header>
      {refusal !== null && <Missing refusal={refusal} what="nodes" />}
      {refusal === null && value !== null && nodes.length === 0 && (
        <p class="empty">
          No node has been seen in the last day. Start one with <code>prunefront worker</code>.
        </p>
      )}
      {refusal === null && nodes.map((node) => <NodeCard key={node.name} node={node} reload={reload} />)}
    </>
  );
}

function NodeCard({ node, reload }: { readonly node: Node__Output; readonly reload: () => void }) {
  const { name, state, version, taskQueues, startedAt, seenAt } = node;
  return (
    <section aria-label={`Node ${name}`} class="node">
      <div class="title">
        <div>
          <h2>
            {name} <Badge of={state} />
          </h2>
          <p class="meta">
            <span>Prunefront {version}</span>
            <span>{taskQueues.join(', ')}</span>
            <span title={moment(startedAt)}>started {fromNow(startedAt)}</span>
            <span title={moment(seenAt)}>seen {fromNow(seenAt)}</span>
          </p>
        </div>
        {mayOperate.value && <NodeControls node={node} reload={reload} />}
      </div>
      <div class="devices">
        {node.devices.map((device) => (
          <DeviceCard key={device.id} device={device} />
        ))}
      </div>
      <SlotTable slots={node.slots} name={name} />
    </section>
  );
}

function NodeControls({ node: { name, state }, reload }: { readonly node: Node__Output; readonly reload: () => void }) {
  const send = (command: string) => async () => {
    await call('NodeService', command, { node: name });
    reload();
  };
  const drained = state === 'draining' || state === 'drained';
  return (
    <div class="actions">
      {drained ? (
        <button type="button" class="primary" onClick={() => void attempt(send('ResumeNode'))}>
          Resume {name}
        </button>
      ) : (
        <button
          type="button"
          onClick={() =>
            ask({
              title: `Drain ${name}?`,
              text: 'It takes no new stage, and hands over those that run from their checkpoints. It holds until the node is resumed, also over a restart.',
              yes: 'Drain',
              act: send('DrainNode'),
            })
          }
        >
          Drain {name}
        </button>
      )}
    </div>
  );
}

function DeviceCard({ device }: { readonly device: Device__Output }) {
  const { id, kind, name, utilization, memoryUsedBytes, memoryTotalBytes, temperatureCelsius, powerWatts } = device;
  const memory =
    memoryUsedBytes === undefined || memoryTotalBytes === undefined
      ? null
      : Number(memoryUsedBytes) / Number(memoryTotalBytes);
  return (
    <div class="device">
      <h3>
        {name} <span class="soft">{id === kind ? kind : `${id} · ${kind}`}</span>
      </h3>
      {utilization !== undefined && (
        <p>
          <span>Computing {formatQuantity(utilization, 'fraction')}</span>
          <Bar part={utilization} label={`Computing ${Math.round(100 * utilization)} % of the time`} />
        </p>
      )}
      {memory !== null && (
        <p>
          <span>
            Memory {formatQuantity(Number(memoryUsedBytes), 'bytes')} of{' '}
            {formatQuantity(Number(memoryTotalBytes), 'bytes')}
          </span>
          <Bar
            part={memory}
            label={`${Math.round(100 * memory)} % of the memory in use`}
            tone={memory > 0.9 ? 'hot' : ''}
          />
        </p>
      )}
      <p class="meta">
        {temperatureCelsius !== undefined && <span>{Math.round(temperatureCelsius)} °C</span>}
        {powerWatts !== undefined && <span>{Math.round(powerWatts)} W</span>}
      </p>
    </div>
  );
}

function SlotTable({ slots, name }: { readonly slots: readonly Slot__Output[]; readonly name: string }) {
  return (
    <section class="scroll flat" aria-label={`Slots of ${name}`}>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Slot</th>
            <th scope="col">Device</th>
            <th scope="col">State</th>
            <th scope="col">Runs</th>
            <th scope="col">Steps</th>
            <th scope="col" class="number">
              Images/s
            </th>
            <th scope="col" class="number">
              Threads
            </th>
            <th scope="col" class="number">
              Restarts
            </th>
            <th scope="col" class="number">
              Trainer memory
            </th>
          </tr>
        </thead>
        <tbody>
          {slots.map((slot) => (
            <tr key={slot.slot}>
              <th scope="row">{slot.slot}</th>
              <td>{slot.device}</td>
              <td>
                <Badge of={slot.state} />
              </td>
              <td>
                {slot.sweep !== '' && (
                  <>
                    <a href={href(['sweeps', slot.sweep], { candidate: slot.candidate })}>
                      {slot.sweep} {slot.candidate}
                    </a>{' '}
                    <span class="soft">{slot.label}</span>
                  </>
                )}
              </td>
              <td class="progress">
                {slot.sweep !== '' && (
                  <>
                    <Bar
                      part={Number(slot.steps) === 0 ? 0 : Number(slot.step) / Number(slot.steps)}
                      label={`${slot.phase}, ${slot.step} of ${slot.steps} steps`}
                    />
                    <span>
                      {slot.phase} {slot.step}/{slot.steps}
                    </span>
                  </>
                )}
              </td>
              <td class="number">{slot.sweep === '' ? '' : formatQuantity(slot.imagesPerSecond, 'count')}</td>
              <td class="number">{slot.threads ?? '–'}</td>
              <td class="number">{slot.trainerRestarts}</td>
              <td class="number">
                {Number(slot.trainerResidentBytes) === 0
                  ? '–'
                  : formatQuantity(Number(slot.trainerResidentBytes), 'bytes')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
