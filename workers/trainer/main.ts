import { parseArgs } from 'node:util';
import { openFolderStore } from '../../core/store/folder-store.js';
import { loadTensorFlow } from '../../core/training/tensorflow.js';
import { startTrainer } from './server.js';

/**
 * The trainer process: `--socket PATH --store FOLDER --ran-on NODE/SLOT [--checkpoint-every MS]`.
 * It ends when its standard input does, so that it never outlives the node worker that started it.
 */
const { values } = parseArgs({
  options: {
    socket: { type: 'string' },
    store: { type: 'string' },
    'ran-on': { type: 'string', default: 'local/0' },
    'checkpoint-every': { type: 'string', default: '5000' },
  },
});
if (values.socket === undefined || values.store === undefined) {
  process.stderr.write('usage: trainer --socket PATH --store FOLDER [--ran-on NODE/SLOT] [--checkpoint-every MS]\n');
  process.exit(2);
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
// The node worker decides when a trainer ends; Ctrl-C reaches the whole process group.
process.on('SIGINT', () => {});

const trainer = await startTrainer({
  tf: loadTensorFlow(),
  store: await openFolderStore(values.store),
  socket: values.socket,
  ranOn: values['ran-on'],
  checkpointEveryMs: Number(values['checkpoint-every']),
});
process.on('SIGTERM', () => {
  void trainer.close().finally(() => process.exit(0));
});
