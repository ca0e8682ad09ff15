import fc from 'fast-check';
import { expect, it } from 'vitest';
import { record } from '../../../services/ledger/record.ts';
import { anyEvent } from '../../support/events.ts';
import { describeDeliveries } from './given.ts';

describeDeliveries('what publishers are told', (given) => {
  const { at, db, publisher, queries, send, statuses, url } = given;

  it('tell the publisher whose sale it is what they are owed, once', async () => {
    await at.tell(
      at.sale('1'),
      at.sale('2', { publisherRef: 'CARY-1' }),
      at.sale('3', { publisherRef: 'nobody' }),
    );
    await send();
    await send();
    const [told, ...rest] = await at.told();
    expect(rest).toEqual([]);
    expect(publisher().received).toMatchObject([{ method: 'GET', headers: { 'webhook-id': told!.id } }]);
    expect(Object.fromEntries(queries()[0]!)).toEqual({
      c: 'click-1',
      s: 'approved',
      p: '9USD',
      id: told!.id,
    });
    expect(told).toMatchObject({
      state: 'delivered',
      log: [{ number: 1, status: 200, error: null, answer: 'OK' }],
    });
  });

  it('are not sent, nor written, where the change itself is rolled back', async () => {
    const fails = record(
      db(),
      [at.sale('1')],
      { repeatWindow: () => 0, paysUnverified: () => false },
      async (trx, changes) => {
        await at.onChange(trx, changes);
        throw new Error('no room');
      },
    );
    await expect(fails).rejects.toThrow('no room');
    await send();
    expect([publisher().received, await at.told()]).toEqual([[], []]);
  });

  it('tell nothing of what the publisher could not see, or knows', async () => {
    await at.tell(at.sale('1'));
    await at.tell(at.sale('1', { orderId: 'o1' }));
    await send();
    await at.tell(at.sale('1', { orderId: 'o2', saleAmount: { amount: '1', currency: 'USD' } }));
    await at.tell(at.sale('1', { status: 'on_hold' }));
    await at.tell(at.sale('1', { status: 'approved', updatedAt: '2026-11-25T00:00:00.000Z' }));
    await send();
    expect(statuses()).toEqual(['approved']);
    await at.tell(at.sale('1', { status: 'reversed', updatedAt: '2026-11-26T00:00:00.000Z' }));
    await send();
    expect(statuses()).toEqual(['approved', 'rejected']);
    expect(queries()[1]!.get('p')).toBe('0');
  });

  it('tell of no sale from before the postback was set, until it changes', async () => {
    await at.tell(at.sale('1', { publisherRef: 'CARY-1' }));
    await at.ask('postback-set', { publisher: 'cary', url: url() });
    await at.tell(at.sale('1', { publisherRef: 'CARY-1', orderId: 'o1' }));
    expect(await at.told()).toEqual([]);
    await at.tell(at.sale('1', { publisherRef: 'CARY-1', orderId: 'o1', status: 'rejected' }));
    expect(await at.told()).toMatchObject([{ publisher: 'cary' }]);
  });

  it('use the words of the publisher, and leave out what has none', async () => {
    await at.ask('postback-set', {
      publisher: 'mkk',
      statuses: { approved: 'confirmed & due', paid: 'confirmed & due' },
    });
    await at.tell(at.sale('1', { status: 'pending' }), at.sale('2', { status: 'rejected' }));
    await at.tell(at.sale('1'));
    await send();
    await at.tell(at.sale('1', { status: 'paid' }));
    await send();
    expect(statuses()).toEqual(['confirmed & due']);
  });

  it('are of test conversions, and of what nothing proves, only where they are asked for', async () => {
    const [test, hint] = [at.sale('1', { test: true }), at.sale('2', { verified: false })];
    await at.tell(test, hint);
    expect(await at.told()).toEqual([]);
    await at.tell(at.sale('2', { via: 'report' }));
    expect(await at.told()).toMatchObject([{ says: { conversionId: '2', test: 'false' } }]);
    await at.ask('postback-set', { publisher: 'mkk', tests: true, unverified: true });
    await at.tell(at.sale('3', { test: true }), at.sale('4', { verified: false }));
    expect((await at.told()).map(({ says }) => [says.conversionId, says.test, says.payout])).toEqual([
      ['2', 'false', '9'],
      ['3', 'true', '0'],
      ['4', 'false', '9'],
    ]);
  });

  it('tell who loses a sale to another that it is gone, and the other that it is there', async () => {
    await at.ask('postback-set', { publisher: 'cary', url: url() });
    await at.tell(at.sale('1'));
    await send();
    await at.ask('rule-add', { rule: { publisher: 'cary', kind: 'exact', value: 'MKK-home' }, plan: true });
    expect(await at.told()).toHaveLength(1);
    await at.ask('rule-add', { rule: { publisher: 'cary', kind: 'exact', value: 'MKK-home' } });
    const told = (await at.told()).map(({ publisher, says }) => [publisher, says.status, says.payout]);
    expect(told.sort()).toEqual([['cary', 'approved', '9'], ['mkk', 'approved', '9'], ['mkk', 'rejected', '0']]); // prettier-ignore
  });

  it('are made of whatever the contract lets through', async () => {
    await at.ask('postback-set', { publisher: 'mkk', method: 'POST', tests: true, unverified: true });
    const odd = fc.array(anyEvent, { minLength: 30, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(odd, async (events) => {
        await at.tell(
          ...events.map((event) => ({ ...event, publisherRef: `MKK${event.publisherRef ?? ''}` })),
        );
      }),
      { numRuns: 5 },
    );
    expect((await at.told({ limit: 500 })).length).toBeGreaterThan(10);
  });
});
