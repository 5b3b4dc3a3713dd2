// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SetupFailure } from '../setup/failure.mjs';
import { filesBelow, hashFiles } from '../setup/hash.mjs';
import { lastLines, runProgram } from '../setup/processes.mjs';
import { publish, withScratchIn } from '../setup/scratch.mjs';
import { GENERATED } from './inputs.mjs';

/** The types hold for services loaded with these same options: keepCase false, longs Number, enums String, and so on. */
const OPTIONS = [
  '--longs=Number',
  '--enums=String',
  '--bytes=Buffer',
  '--defaults',
  '--arrays',
  '--oneofs',
  '--includeComments',
  '--grpcLib=@grpc/grpc-js',
  '--importFileExtension=.js',
];

/**
 * Writes the TypeScript types of the gRPC services, unless they are there already.
 * @param {string} root
 */
export async function generateProtoTypes(root) {
  const folder = join(root, 'proto');
  const output = join(root, GENERATED);
  const stamp = join(output, '.stamp');
  // Google's own messages are read and written by their names.
  const ours = join(folder, 'prunefront');
  const protos = filesBelow(ours).filter((file) => file.endsWith('.proto'));
  if (protos.length === 0) return;
  const wanted = `${hashFiles(folder, protos)} ${OPTIONS.join(' ')}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await withScratchIn(join(root, '.prunefront'), async (scratch) => {
    const whole = join(scratch, 'generated');
    const generator = join(root, 'node_modules', '@grpc', 'proto-loader', 'build', 'bin', 'proto-loader-gen-types.js');
    const { code, output: said } = await runProgram(
      process.execPath,
      [
        generator,
        ...OPTIONS,
        `--includeDirs=${folder}`,
        `--outDir=${whole}`,
        ...protos.map((file) => relative(folder, file)),
      ],
      { cwd: folder },
    );
    // The generator exits with 0 after a syntax error, too.
    if (code !== 0 || !existsSync(whole))
      throw new SetupFailure(`the gRPC types could not be made:\n${lastLines(said)}`, 'mend proto/');
    writeFileSync(join(whole, '.stamp'), wanted);
    publish(whole, output);
  });
}
