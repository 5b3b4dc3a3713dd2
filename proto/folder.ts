import { fileURLToPath } from 'node:url';

/** Where the .proto files are. */
export const PROTO_FOLDER = fileURLToPath(new URL('.', import.meta.url));
