import { expect, test } from 'vitest';
import { settingsOf } from '../../services/ledger/embedded.ts';
import { partner } from '../support/manifest.ts';

test('the ledger pays hints only of a partner whose manifest says so', () => {
  const careful = partner();
  const trusting = partner({ id: 'nova', path: '/nova', hints: 'paid', repeat: { window: '2h' } });
  const { paysUnverified, repeatWindow } = settingsOf([careful, trusting]);
  expect(['acme', 'nova', 'gone'].map(paysUnverified)).toEqual([false, true, false]);
  expect(['acme', 'nova', 'gone'].map(repeatWindow)).toEqual([3_600_000, 7_200_000, 3_600_000]);
});
