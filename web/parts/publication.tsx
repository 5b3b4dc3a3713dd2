import { formatQuantity } from '../../core/report/assets/format.js';
import type { Publication__Output } from '../../proto/generated/prunefront/v1/Publication.js';
import { call, save } from '../api/gateway.js';
import { mayOperate } from '../api/session.js';
import { fromNow, moment } from '../model/time.js';
import { href } from '../router.js';
import { ask, attempt } from './ask.js';

/** What is published under a name, with its versions. */
export function PublicationCard(props: { readonly publication: Publication__Output; readonly reload: () => void }) {
  const { name, current, versions } = props.publication;
  const rollBack = (version: number) => () =>
    ask({
      title: `Make version ${version} of ${name} the current one?`,
      text: `Who reads ${name} gets version ${version} instead of ${current} from then on. Version ${current} stays where it is.`,
      yes: `Back to version ${version}`,
      danger: true,
      act: async () => {
        await call('ScheduleService', 'RollBackPublished', { name, version });
        props.reload();
      },
    });
  return (
    <section aria-label={`Publication ${name}`}>
      <h2>
        {name} <span class="soft">published, version {current}</span>
      </h2>
      <section class="scroll flat" aria-label={`Versions of ${name}`}>
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Published</th>
              <th scope="col">Candidate</th>
              <th scope="col" class="number">
                Score
              </th>
              <th scope="col" class="number">
                Size, gzip
              </th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            {versions.map(({ version, publishedAt, sweepId, candidate, label, metric, score, own, bytesGzip }) => (
              <tr key={version}>
                <th scope="row">
                  {version} {version === current && <span class="badge front">current</span>}
                </th>
                <td title={moment(publishedAt)}>{fromNow(publishedAt)}</td>
                <td>
                  <a href={href(['sweeps', sweepId], { candidate })}>{candidate}</a> <span class="soft">{label}</span>
                </td>
                <td class="number" title={metric}>
                  {formatQuantity(Number(score), metric === 'psnr' ? 'decibels' : 'fraction')}
                  {Object.entries(own).map(([name, value]) => (
                    <span class="soft" key={name}>
                      , {name} {formatQuantity(Number(value), 'number')}
                    </span>
                  ))}
                </td>
                <td class="number">{formatQuantity(Number(bytesGzip), 'bytes')}</td>
                <td>
                  <span class="actions">
                    <button
                      type="button"
                      class="plain"
                      onClick={() => void attempt(() => save(`published/${encodeURIComponent(name)}/${version}.zip`))}
                    >
                      Download<span class="hidden"> version {version}</span>
                    </button>
                    {mayOperate.value && version < current && (
                      <button type="button" class="plain" onClick={rollBack(version)}>
                        Roll back<span class="hidden"> to version {version}</span>
                      </button>
                    )}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
