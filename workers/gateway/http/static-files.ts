import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { projectRoot } from '../../../tools/paths.mjs';

/** Where the build puts the page. */
export const PAGE_FOLDER = join(projectRoot(), 'dist', 'web');

const YEAR = 365 * 24 * 3600;

/** The page. Its assets carry hashes in their names and are kept by browsers; `index.html`, which names them, is asked for anew. */
export async function staticFiles(app: FastifyInstance): Promise<void> {
  // A checkout that was only compiled serves the API all the same.
  if (!existsSync(PAGE_FOLDER)) return;
  await app.register(fastifyStatic, {
    root: PAGE_FOLDER,
    cacheControl: false,
    setHeaders: (response, path) => {
      const hashed = path.startsWith(join(PAGE_FOLDER, 'assets'));
      response.setHeader('cache-control', hashed ? `public, max-age=${YEAR}, immutable` : 'no-cache');
    },
  });
}
