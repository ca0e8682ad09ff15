import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLocal } from '../../../services/local.ts';
import { readConfig } from '../../../services/runtime/config.ts';
import { createLog } from '../../../services/runtime/log.ts';
import { ending, shop, shopSale, withPartners } from '../../support/cli.ts';
import { emptyFolder } from '../../support/folder.ts';

const files = {
  'shop/manifest.yaml': shop,
  'shop/examples/200-sale.yaml': shopSale,
  'shop/examples/200-ping.yaml': 'request: { query: "token={secret.postback-token}" }\nexpect: { status: 200, outcome: probe }\n',
  'shop/examples/202-status.yaml': shopSale.replace('=ok', '=huh').replace('200', '202').replace('kept', 'quarantined'),
  'shop/examples/401-token.yaml': shopSale.replace('{secret.postback-token}', 'x').replace('200', '401').replace('kept', 'refused'),
}; // prettier-ignore
const send = (env: NodeJS.ProcessEnv, ...args: string[]) => ending(env, ['partner', 'send', ...args]);

/** A running gateway for these partners, and the environment in which commands find it. */
async function running(partners = files) {
  const env = withPartners(partners);
  const log = createLog({
    pretty: false,
    stream: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  const server = await startLocal(readConfig({ ...env, PORT: '0' }), log);
  onTestFinished(() => server.stop());
  return { ...env, PORT: new URL(server.url).port };
}

describe('what cannot be sent', () => {
  it.each([
    [['shpo'], 2, 'there is no partner "shpo"'],
    [['shop', '200-slae'], 2, 'shop has no example "200-slae"; its examples: 200-ping, 200-sale'],
    [['shop', '--to', 'go.example.com'], 2, 'It is like https://go.example.com.'],
    [['shop', '200-ping', '--fresh'], 1, 'there is no id to renew'],
    [
      ['shop', '--to', 'http://127.0.0.1:9'],
      1,
      'nothing listens at http://127.0.0.1:9: start it with npm start',
    ],
    [['shop', '--to', 'http://nowhere.invalid'], 1, 'http://nowhere.invalid cannot be reached'],
  ])('%j ends with %i: %s', async (args, code, why) => {
    const ended = await send(withPartners(files), ...args);
    expect(ended).toMatchObject({ code, failed: expect.stringContaining(why) });
  });

  it('a partner without an example of a kept request', async () => {
    expect(await send(withPartners(), 'shop')).toMatchObject({ code: 2, failed: 'shop has no example of a kept request' }); // prettier-ignore
  });
});

describe('to the gateway on this machine', () => {
  it('is kept, then a repeat, and with --fresh kept again', async () => {
    const env = await running();
    const lines = async (...args: string[]) => (await send(env, 'shop', ...args)).out;
    const first = await lines();
    expect(first).toEqual([
      `shop 200-sale → http://127.0.0.1:${env.PORT}`,
      expect.stringMatching(/^200 OK \(\d+ ms\)$/),
      expect.stringMatching(/^kept [0-9a-f]{32} \(\d+ ms after it was sent\)$/),
    ]);
    const id = first[2]!.split(' ')[1];
    expect(await lines()).toEqual([first[0], expect.any(String), `repeat ${id}`, expect.stringContaining('--fresh')]); // prettier-ignore
    const fresh = await lines('--fresh');
    expect(fresh[2]).toMatch(/^kept /);
    expect(fresh[2]).not.toContain(id);
  });

  it('is what the example shows: quarantined, refused, a probe', async () => {
    const env = await running();
    const ended = async (name: string) => {
      const { code, out } = await send(env, 'shop', name, '--json');
      return { code, ...JSON.parse(out.join('')) };
    };
    const id = [expect.stringMatching(/^[0-9a-f]{32}$/)];
    expect(await ended('202-status')).toMatchObject({
      code: 0,
      status: 202,
      outcome: 'quarantined',
      ids: id,
    });
    expect(await ended('401-token')).toMatchObject({ code: 0, status: 401, outcome: 'refused', ids: id });
    expect(await ended('200-ping')).toMatchObject({ code: 0, status: 200, body: 'OK', outcome: 'probe' });
  });

  it('says why it is refused, where the gateway has another secret, or not the partner', async () => {
    const env = await running();
    const elsewhere = await send({ ...env, DATA_DIR: emptyFolder() }, 'shop', '--to', `http://127.0.0.1:${env.PORT}`); // prettier-ignore
    expect(elsewhere).toMatchObject({ code: 1, failed: expect.stringContaining('on the same DATA_DIR') });
    const other = withPartners({ 'nova/manifest.yaml': shop.replaceAll('shop', 'nova'), 'nova/examples/200-a.yaml': shopSale }); // prettier-ignore
    const unknown = await send({ ...other, PORT: env.PORT }, 'nova', '--to', `http://127.0.0.1:${env.PORT}`);
    expect(unknown).toMatchObject({ code: 1, failed: expect.stringContaining('was the gateway started before the partner was added?') }); // prettier-ignore
  });
});

it('says so where what was answered as kept is not to be found', async () => {
  const liar = createServer((_request, response) => response.end('OK'));
  await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void liar.close());
  const { port } = liar.address() as AddressInfo;
  const ended = await send({ ...withPartners(files), PORT: String(port) }, 'shop');
  expect(ended).toMatchObject({ code: 1, failed: expect.stringContaining('is not in the data folder') });
}, 20_000);
