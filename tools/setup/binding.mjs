// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, pins, projectRoot, tensorflowDir, tensorflowVariant } from '../paths.mjs';
import { SetupFailure } from './failure.mjs';
import { filesBelow, hashFiles } from './hash.mjs';
import { lastLines, runProgram } from './processes.mjs';
import { publish, publishLink, withScratch } from './scratch.mjs';

const NAPI_VERSION = 8;
const OPTIONS = [
  '-std=c++17',
  '-O2',
  `-DNAPI_VERSION=${NAPI_VERSION}`,
  '-DBUILDING_NODE_EXTENSION',
  '-shared',
  '-fPIC',
];
/** Included ahead of the sources. */
const PRELUDE = fileURLToPath(new URL('copied-tensor.h', import.meta.url));
const PROBE_LIMIT_MS = 120_000;

/** Linked by name so that they are loaded before TensorFlow looks for them, wherever its own search path points. */
const CUDA_LIBRARIES = [
  'libcudart.so.12',
  'libcublasLt.so.12',
  'libcublas.so.12',
  'libcufft.so.11',
  'libcurand.so.10',
  'libnvJitLink.so.12',
  'libcusparse.so.12',
  'libcusolver.so.11',
  'libcudnn.so.9',
  'libnccl.so.2',
  'libcupti.so.12',
  'libnvrtc.so.12',
];

/** @returns {import('./steps.mjs').Step} */
export function bindingStep(root = projectRoot()) {
  const modules = join(root, 'node_modules');
  const source = join(modules, '@tensorflow', 'tfjs-node-gpu');
  const link = join(source, 'lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node');
  return {
    name: 'binding',
    doing: 'compiling the Node binding of TensorFlow and trying a matrix product',
    lock: `binding-${tensorflowVariant()}`,
    isDone: () => {
      const folder = bindingDir(source);
      return existsSync(join(folder, 'verified.json')) && isLinkedTo(link, join(folder, 'tfjs_binding.node'));
    },
    run: (note) =>
      withScratch(async (scratch) => {
        const folder = bindingDir(source);
        const library = join(folder, 'tfjs_binding.node');
        if (!existsSync(library)) {
          const whole = join(scratch, 'whole');
          mkdirSync(whole);
          await compile(source, join(modules, 'node-api-headers', 'include'), join(whole, 'tfjs_binding.node'));
          publish(whole, folder);
        }
        publishLink(library, link);
        if (existsSync(join(folder, 'verified.json'))) return;
        const report = await probeTensorflow(root);
        writeFileSync(join(folder, 'verified.json'), `${JSON.stringify(report)}\n`);
        note(`TensorFlow ${report.tensorflow} works on ${report.devices.join(', ')}`);
      }),
  };
}

/**
 * Where the binding of these sources, this TensorFlow and these options belongs.
 * @param {string} source
 */
function bindingDir(source) {
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const sources = hashFiles(source, filesBelow(join(source, 'binding')));
  // The folder of TensorFlow is part of it, for the library holds that path.
  const key = createHash('sha256')
    .update(JSON.stringify([sources, readFileSync(PRELUDE, 'utf8'), OPTIONS, CUDA_LIBRARIES, tensorflowDir()]))
    .digest('hex');
  return join(
    cacheDir(),
    'binding',
    `${pins.tensorflow.version}-${tensorflowVariant()}-${process.arch}-tfjs-${version}-${key.slice(0, 12)}`,
  );
}

/**
 * @param {string} link
 * @param {string} target
 */
function isLinkedTo(link, target) {
  try {
    return realpathSync(link) === realpathSync(target);
  } catch {
    return false;
  }
}

/**
 * @param {string} source the npm package
 * @param {string} headers Node-API's
 * @param {string} result
 */
async function compile(source, headers, result) {
  const tensorflow = join(tensorflowDir(), 'tensorflow');
  const nvidia = join(tensorflowDir(), 'nvidia');
  const cudaFolders = existsSync(nvidia)
    ? readdirSync(nvidia)
        .map((name) => join(nvidia, name, 'lib'))
        .filter((folder) => existsSync(folder))
    : [];
  const cuda = CUDA_LIBRARIES.filter((name) => cudaFolders.some((folder) => existsSync(join(folder, name))));
  const folders = [tensorflow, ...cudaFolders];
  const args = [
    ...OPTIONS,
    ...[join(tensorflow, 'include'), headers, source].map((folder) => `-I${folder}`),
    ...['-include', PRELUDE],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(source, 'binding', file)),
    '-o',
    result,
    ...folders.flatMap((folder) => [`-L${folder}`, `-Wl,-rpath,${folder}`]),
    // The old kind of search path also serves the libraries that these libraries load; the undefined rest is in Node.
    '-Wl,--disable-new-dtags',
    '-Wl,--no-as-needed',
    '-Wl,--allow-shlib-undefined',
    ...cuda.map((name) => `-l:${name}`),
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
  ];
  const compiler = process.env['CXX'] || 'g++';
  const { code, output } = await runProgram(compiler, args);
  if (code !== 0) {
    throw new SetupFailure(
      `${compiler} could not compile the TensorFlow binding:\n${lastLines(output)}`,
      'a C++17 compiler is needed: `apt-get install g++`, or let CXX name another one',
    );
  }
}

/** What the probe found; throws where TensorFlow does not load or computes wrong. */
async function probeTensorflow(root = projectRoot()) {
  const { code, stdout, output } = await runProgram(process.execPath, [join(root, 'tools', 'probe-tensorflow.cjs')], {
    cwd: root,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    timeoutMs: PROBE_LIMIT_MS,
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  const report = code === 0 && line.startsWith('{') ? JSON.parse(line) : undefined;
  if (!report?.correct) {
    throw new SetupFailure(
      `TensorFlow does not work in Node:\n${lastLines(output)}`,
      `remove ${join(cacheDir(), 'binding')} and ${tensorflowDir()}, then run \`node tools/setup.mjs\``,
    );
  }
  return /** @type {{ tensorflow: string, tfjs: string, backend: string, devices: string[], milliseconds: number }} */ (
    report
  );
}
