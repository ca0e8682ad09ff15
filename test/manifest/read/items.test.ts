import { expect, test } from 'vitest';
import { decide, eventsOf, partner, reasonsOf } from '../../support/manifest.ts';

const status = { from: 'status', approved: 'ok' };

test('an item has its own fields and those of the envelope, its product and how many of it', () => {
  const each = {
    each: { item: 'items' },
    fields: { conversionId: 'id', status, lineId: 'item.sku', productId: 'item.sku', productName: 'item.name', quantity: 'item.qty', saleAmount: 'item.amt currency' },
  }; // prettier-ignore
  const json = '{"id":"A1","status":"ok","currency":"USD","items":[{"sku":"s1","name":"Boots","qty":2,"amt":10.10},{"sku":"s2","qty":1,"amt":"5"}]}';
  expect(eventsOf(decide(partner(each), { json }))).toMatchObject([
    { key: 'acme//A1/s1', product: { id: 's1', name: 'Boots', quantity: '2' }, saleAmount: { amount: '10.1', currency: 'USD' } },
    { key: 'acme//A1/s2', product: { id: 's2', quantity: '1' }, saleAmount: { amount: '5', currency: 'USD' } },
  ]);
}); // prettier-ignore

test('lists in lists are one level each', () => {
  const nested = { each: { batch: 'body', sale: 'batch' }, fields: { conversionId: 'sale.id', status: { ...status, from: 'sale.status' } } }; // prettier-ignore
  const json = [
    [{ id: 1, status: 'ok' }],
    [
      { id: 2, status: 'ok' },
      { id: 3, status: 'ok' },
    ],
  ];
  expect(eventsOf(decide(partner(nested), { json })).map(({ conversionId }) => conversionId)).toEqual(['1', '2', '3']); // prettier-ignore
  expect(reasonsOf(decide(partner(nested), { json: [[], 1] }))[0]?.field).toBe('each.sale');
});

test('a list below `body`, whatever its name', () => {
  const below = { each: { sale: 'body.query.sales' }, fields: { conversionId: 'sale.id', status } };
  const json = { status: 'ok', query: { sales: [{ id: 7 }] } };
  expect(eventsOf(decide(partner(below), { json }))[0]?.conversionId).toBe('7');
});
