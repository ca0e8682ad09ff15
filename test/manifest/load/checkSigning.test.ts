import { describe, expect, test } from 'vitest';
import { validate } from '../../../services/manifest/load/load.ts';
import { manifestData, problemsOf, type Data } from '../../support/manifest.ts';

const mac = { secret: 'key', at: 'header.x-sig', by: 'hmac-sha256' };
const hash = { ...mac, by: 'md5', of: '{id}{status}{secret}' };
const keys = { keys: 'https://keys.example/list', at: 'header.x-sig', by: 'ed25519' };
const cipher = { secret: 'key', at: 'sealed', by: 'aes-256-cbc', iv: 'iv', unsigned: 'all' };
const ed25519 = Buffer.alloc(32, 1).toString('base64');

describe('words that go together load', () => {
  test.each<[string, Data]>([
    ['a plain hash', hash],
    ['its secret in the pair', { ...hash, of: '{params}', pair: '{key}={value}{secret}' }],
    ['sorted parameters', { ...mac, of: '{params}', pair: '{key}={value}&' }],
    ['a signature cut short', { ...mac, length: '8' }],
    ['a key from base64', { ...mac, secretIs: 'base64' }],
    ['public keys from an address', keys],
    ['a public key that is written there', { ...keys, keys: ed25519 }],
    ['several', { ...keys, keys: [ed25519, 'https://keys.example/list'] }],
    ['what comes encrypted', cipher],
    ['fields that are not signed, by name', { ...mac, of: '{id}', unsigned: ['status'] }],
    [
      'a field that is joined to another with nothing between',
      { ...hash, of: '{id}{status}{secret}', unsigned: ['status'] },
    ],
  ])('%s', (_, verify) => {
    expect(problemsOf({ verify })).toEqual([]);
  });
});

describe('words that do not are told', () => {
  test.each<[string, Data, string[]]>([
    [
      'a hash that anyone can make',
      { ...hash, of: '{id}{status}' },
      ['verify.of | verify: anyone can make a md5 of what they sent: say where {secret} stands in it'],
    ],
    [
      'a hash of the secret alone',
      { ...hash, of: '{secret}' },
      ['verify.of | verify: nothing that they send is signed: whoever saw one signature could use it again'],
    ],
    [
      'a secret inside a MAC',
      { ...mac, of: '{body}{secret}' },
      ['verify.of | verify: {secret} is no word here: it signs the text and is no part of it'],
    ],
    [
      'bytes in a text',
      { ...hash, secretIs: 'base64' },
      ['verify.of | verify: {secret} is a text here: secretIs base64 is for keys'],
    ],
    [
      'parameters without a pair',
      { ...mac, of: '{params}' },
      ['verify.of | verify: {params} needs "pair": how one parameter is written'],
    ],
    [
      'a pair without parameters',
      { ...mac, pair: '{key}{value}' },
      ['verify.of | verify: "pair" writes {params}: name it in "of"'],
    ],
    [
      'a pair without names',
      { ...mac, of: '{params}', pair: '{value}' },
      ['verify.of | verify: a pair writes both {key} and {value}: what it leaves out is not signed'],
    ],
    [
      'another word in a pair',
      { ...mac, of: '{params}', pair: '{key}{value}{id}' },
      ['verify.of | verify: {id} is no word here: a pair has {key}, {value} and, for a plain hash, {secret}'],
    ],
    [
      'keys for a MAC',
      { ...mac, keys: ed25519 },
      ['verify.keys | verify: "keys" are for ed25519, ecdsa-sha256, rsa-sha256'],
    ],
    [
      'a secret beside keys',
      { ...keys, secret: 'key' },
      ['verify.secret | verify: "secret" is not needed: their public "keys" check what they sign'],
    ],
    ['no keys', { ...keys, keys: undefined }, ['verify | verify: "keys" is missing (or say "none" and why)']],
    [
      'keys that are none',
      { ...keys, keys: 'abc' },
      ['verify.keys | verify: is no public key for ed25519: paste its PEM or base64, or its https address'],
    ],
    [
      'keys of another kind',
      { ...keys, by: 'rsa-sha256', keys: [ed25519] },
      [
        'verify.keys.0 | verify: is no public key for rsa-sha256: paste its PEM or base64, or its https address',
      ],
    ],
    [
      'keys that anyone on the way can change',
      { ...keys, keys: 'http://keys.example/list' },
      ['verify.keys | verify: keys are fetched by https only'],
    ],
    [
      'a private key',
      { ...keys, keys: '-----BEGIN PRIVATE KEY-----' },
      ['verify.keys | verify: a private key is theirs alone: delete it, and tell them'],
    ],
    [
      'a length of what is not made again',
      { ...keys, length: '16' },
      ['verify.length | verify: "length" is for a signature that both sides can make, hmac-sha256 or sha256'],
    ],
    [
      'a vector of what is not encrypted',
      { ...mac, iv: 'iv' },
      ['verify.iv | verify: "iv" is for what comes encrypted, by aes-256-cbc'],
    ],
    [
      'what is encrypted without a vector',
      { ...cipher, iv: undefined },
      ['verify | verify: "iv" is missing (or say "none" and why)'],
    ],
    [
      'a form of a secret that is sent',
      { secret: 'key', at: 'token', secretIs: 'sha1' },
      ['verify.secretIs | verify: "secretIs" says how a secret becomes a key; "by" must say for what'],
    ],
    [
      'a list beside a secret that is sent',
      { secret: 'key', at: 'token', unsigned: ['status'] },
      ['verify.unsigned | verify: "unsigned" has no meaning here: a secret signs nothing at all'],
    ],
    [
      'what is encrypted as if it were signed',
      { ...cipher, unsigned: undefined },
      ['verify.by | verify: aes-256-cbc hides what is sent and does not sign it: say so by "unsigned: all"'],
    ],
    [
      'all, of what is signed',
      { ...mac, unsigned: 'all' },
      ['verify.unsigned | verify: all of it is unsigned only where it comes encrypted: name the fields'],
    ],
    [
      'a field that nothing covers',
      { ...mac, of: '{id}' },
      [
        'verify | verify: the signature does not cover status (status): name it in "of", or say so by "unsigned: [status]"',
      ],
    ],
    [
      'a field that is covered',
      { ...mac, unsigned: ['status'] },
      ['verify.unsigned.0 | verify: "status" is signed: leave it out'],
    ],
    [
      'a field that is not there',
      { ...mac, unsigned: ['orderId'] },
      ['verify.unsigned.0 | verify: "orderId" is mapped nowhere: leave it out'],
    ],
    [
      'an id that nothing covers',
      { ...mac, of: '{status}' },
      [
        'verify.of | verify: the signature does not cover conversionId (id): one signature would do for every sale',
      ],
    ],
  ])('%s', (_, verify, problems) => {
    expect(problemsOf({ verify })).toEqual(problems);
  });

  test.each(['7', '0', '65', '-8', '8.5', 'eight'])('a length of %s', (length) => {
    expect(problemsOf({ verify: { ...mac, length } })).toEqual([
      expect.stringContaining('write how many bytes they send: from 8'),
    ]);
  });
});

describe('what decides about a sale is covered, or said not to be', () => {
  const uncovered = (changes: Data, fields: Data = {}) =>
    problemsOf({ verify: { ...mac, of: '{id}{status}' }, fields, ...changes });

  test.each<[string, Data, Data]>([
    ['an amount', {}, { commission: 'payout currency' }],
    ['its currency', {}, { commission: 'id currency' }],
    ['another place', {}, { publisherRef: 'id or sub' }],
    ['the query, where the body is signed', {}, { clickId: 'query.id' }],
    ['a header', {}, { orderId: 'header.x-order' }],
    ['sub ids', {}, { subIds: ['id', 'sub'] }],
    ['what is only kept', {}, { extra: ['note'] }],
    ['the mark of a test', {}, { test: { from: 'mode', yes: 'x' } }],
    ['a variant’s field', { variants: [{ fields: { orderId: 'order' } }] }, {}],
    ['the choice of a variant', { variants: [{ when: 'new', fields: { orderId: 'id' } }] }, {}],
  ])('%s', (_, changes, fields) => {
    expect(uncovered(changes, fields)).toEqual([
      expect.stringMatching(/^verify \| verify: the signature does not cover \w+ \([\w., -]+\): name it/),
    ]);
  });

  test('the whole body covers what is in it', () => {
    const fields = { commission: 'payout currency', orderId: 'data.order', clickId: 'body.click' };
    expect(problemsOf({ verify: mac, fields })).toEqual([]);
    expect(problemsOf({ verify: mac, fields: { ...fields, offerId: 'query.offer' } })).toHaveLength(1);
  });

  test('a signed query covers what a body could hide only where no body may come', () => {
    const query = { ...mac, at: 'sig', of: '{query}' };
    expect(problemsOf({ verify: query })).toEqual([]);
    expect(problemsOf({ verify: { ...query, of: '{query}{id}' } })).toEqual([
      expect.stringContaining('does not cover status (status)'),
    ]);
  });

  test('a document in one parameter is covered as that parameter is', () => {
    const verify = { ...mac, of: '{Payload}' };
    const fields = { commission: 'payout currency' };
    expect(problemsOf({ verify, fields, open: 'Payload' })).toEqual([]);
    expect(problemsOf({ verify: { ...mac, of: '{id}' }, fields, open: 'Payload' })).toEqual([
      expect.stringContaining('does not cover conversionId (id)'),
      expect.stringContaining('does not cover'),
    ]);
  });
});

describe('settings of ours', () => {
  const of = (text: string) => ({ verify: { ...mac, of: text } });

  test('are written where they are named', () => {
    const result = validate(manifestData({ ours: { 'app-key': 'k7' }, ...of('{ours.app-key}{body}') }));
    expect(result).toMatchObject({ manifest: { verify: { of: 'k7{body}' } } });
  });

  test.each<[string, Data, string[]]>([
    ['with a slip', { ours: { 'app-key': 'k7' }, ...of('{ours.app-kye}{body}') }, ['verify.of | verify: {ours.app-kye} stands nowhere under "ours": did you mean {ours.app-key}?']],
    ['that are not there', of('{ours.host}{body}'), ['verify.of | verify: {ours.host} stands nowhere under "ours": write ours: { host: .. }']],
    ['with a place in them', { ours: { host: '{x}' }, ...of('{body}') }, ['ours.host | ours.host: write the text itself, without braces']],
  ])('%s', (_, changes, problems) => {
    expect(problemsOf(changes)).toEqual(problems);
  }); // prettier-ignore
});
