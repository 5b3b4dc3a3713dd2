import { rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { loadTensorFlow } from '../../core/network/tensorflow.js';
import { loadPlugins } from '../../core/plugins/load-plugin.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { ChromeTrace, traceFile } from '../../core/training/profile/chrome-trace.js';
import { profileTo } from '../../core/training/profile/profile.js';
import { profiledStore } from '../../core/training/profile/profiled-store.js';
import { required, runProgram, wholeNumber } from '../command-line.js';
import { startTrainer } from './server.js';

/**
 * The trainer process: `--socket PATH --store FOLDER --ran-on NODE/SLOT [--checkpoint-every MS] [--resident-bytes N] [--bfloat16]
 * [--program-memory MB] [--profile FOLDER]
 * [--plugin FILES]`. The socket lies in a folder of its node worker's own. The process ends when its standard
 * input does, so that it never outlives the node worker that started it.
 */
await runProgram('trainer', async () => {
  const { values } = parseArgs({
    options: {
      socket: { type: 'string' },
      store: { type: 'string' },
      'ran-on': { type: 'string', default: 'local/0' },
      'checkpoint-every': { type: 'string', default: '5000' },
      'resident-bytes': { type: 'string' },
      bfloat16: { type: 'boolean', default: false },
      'program-memory': { type: 'string', default: '512' },
      profile: { type: 'string' },
      plugin: { type: 'string' },
    },
  });
  const socket = required('--socket', values.socket);
  const store = required('--store', values.store);
  const checkpointEveryMs = wholeNumber('--checkpoint-every', values['checkpoint-every']);

  const resident = values['resident-bytes'];
  const residentLimit = resident === undefined ? undefined : wholeNumber('--resident-bytes', resident);
  const programBytes = wholeNumber('--program-memory', values['program-memory']) * 1024 * 1024;
  const { profile: profileFolder, 'ran-on': ranOn } = values;
  if (profileFolder !== undefined) startProfile(profileFolder, ranOn);

  const leave = (): void => {
    tidyUp(socket);
    process.exit(0);
  };
  process.stdin.on('end', leave);
  process.stdin.on('error', leave);
  process.stdin.resume();
  // The node worker decides when a trainer ends; Ctrl-C reaches the whole process group.
  process.on('SIGINT', () => undefined);

  await loadPlugins(values.plugin);
  const artifacts = await openFolderStore(store);
  const trainer = await startTrainer({
    tf: loadTensorFlow(),
    store: profileFolder === undefined ? artifacts : profiledStore(artifacts),
    ...{ socket, ranOn, checkpointEveryMs, programBytes, residentLimit, prefersBfloat16: values.bfloat16 },
  });
  process.on('SIGTERM', () => void trainer.close().finally(leave));
});

/** Has what this process does written to a file in the folder. */
function startProfile(folder: string, ranOn: string): void {
  const file = traceFile(folder, ranOn);
  const tell = (why: string): void => {
    process.stderr.write(`trainer: the profile ${file} ends here: ${why}\n`);
  };
  profileTo(new ChromeTrace(file, `trainer ${ranOn}`, tell));
}

/** A node worker that was killed could not do it: its socket goes, and with the last one their folder. */
function tidyUp(socket: string): void {
  rmSync(socket, { force: true });
  try {
    rmdirSync(dirname(socket));
  } catch {
    // Other trainers are still in it, or it is gone.
  }
}
