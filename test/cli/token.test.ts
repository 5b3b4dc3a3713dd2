import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PrunefrontClient } from '../../client/prunefront-client.js';
import { openFolderStore } from '../../core/store/folder-store.js';
import { UNGUARDED } from '../../workers/gateway/access/access-settings.js';
import { Cli } from '../support/cli.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import { TestGateway } from '../support/test-gateway.js';

const temporaryFolder = temporaryFolders(afterAll);

describe('prunefront token', () => {
  it('given a token that is made, listed and revoked by the command, then the gateway takes it and then refuses it', async () => {
    const folder = await temporaryFolder();
    const tokens = join(folder, 'tokens.json');
    const made = await Cli.run('token', 'create', 'ci', '--role', 'viewer', '--expires', '90d', '--tokens', tokens);
    const token = made.stdout.trim();
    expect(token).toMatch(/^prunefront_[\w-]{43}$/);
    expect(made.stderr).toContain('this once');
    expect((await Cli.run('token', 'list', '--tokens', tokens)).stdout).toMatch(/^ci +viewer +counts +until \d{4}-/);

    const store = await openFolderStore(join(folder, 'store'));
    const gateway = await TestGateway.start('127.0.0.1:1', store, 1000, { access: { ...UNGUARDED, tokens } });
    const nodes = (...more: string[]) => Cli.run('nodes', '--gateway', gateway.address, ...more);
    expect((await nodes('--token', token)).stdout).toContain('No node has been seen');
    const refused = await nodes();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('PRUNEFRONT_UNAUTHENTICATED')]);

    expect((await Cli.run('token', 'revoke', 'ci', '--tokens', tokens)).stdout).toBe('ci: revoked\n');
    expect((await nodes('--token', token)).stderr).toContain('was revoked');
    const listed = await Cli.run('token', 'list', '--tokens', tokens, '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'ci', revokedAt: expect.any(String) }]);
    expect(listed.stdout).not.toContain('sha256');
    const client = new PrunefrontClient(gateway.address, { token });
    await expect(client.nodes.list()).rejects.toMatchObject({ code: 'PRUNEFRONT_UNAUTHENTICATED' });
    client.close();
    await gateway.close();
  });

  it.each([
    ['--expires', '90'],
    ['--role', 'god'],
  ])('given %s %s, then it is refused and no file is made', async (option, value) => {
    const tokens = join(await temporaryFolder(), 'tokens.json');
    const right = option === '--role' ? [] : ['--role', 'viewer'];
    const { code, stderr } = await Cli.run('token', 'create', 'ci', ...right, option, value, '--tokens', tokens);
    expect([code, stderr]).toEqual([2, expect.stringContaining('PRUNEFRONT_USAGE')]);
    expect((await Cli.run('token', 'list', '--tokens', tokens)).stdout).toContain('no token');
  });
});
