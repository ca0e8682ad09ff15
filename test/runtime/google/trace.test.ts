import { describe, expect, it } from 'vitest';
import { traceFields, traceOf } from '../../../services/runtime/google/trace.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

describe('the trace of a request', () => {
  it.each([
    ['nothing', {}],
    ['an empty header', { traceparent: '', 'x-cloud-trace-context': '' }],
    ['an id of zeros', { traceparent: `00-${'0'.repeat(32)}-${span}-01` }],
    ['a span of zeros', { traceparent: `00-${id}-${'0'.repeat(16)}-01` }],
    ['an id that is too short', { traceparent: `00-${id.slice(1)}-${span}-01` }],
    ['capital letters, which traceparent has not', { traceparent: `00-${id.toUpperCase()}-${span}-01` }],
    ['the version that is none', { traceparent: `ff-${id}-${span}-01` }],
    ['more than version 00 has', { traceparent: `00-${id}-${span}-01-more` }],
    ['something that would leave its field', { traceparent: `00-${id}-${span}-01"\n,"severity":"ERROR` }],
    ['a header twice', { traceparent: [`00-${id}-${span}-01`, `00-${id}-${span}-00`] }],
    ["another's project", { 'x-cloud-trace-context': `../${id}/1;o=1` }],
    ['a Cloud Trace id of zeros', { 'x-cloud-trace-context': `${'0'.repeat(32)}/1;o=1` }],
  ])('is none: %s', (_what, headers) => {
    expect(traceOf(headers)).toBeUndefined();
  });

  it.each([
    ['traceparent, sampled', { traceparent: `00-${id}-${span}-01` }, { id, span, sampled: true }],
    ['traceparent, not sampled', { traceparent: `00-${id}-${span}-00` }, { id, span, sampled: false }],
    [
      'a later version of traceparent',
      { traceparent: `01-${id}-${span}-03-new` },
      { id, span, sampled: true },
    ],
    [
      "Cloud Trace's, its span as hex",
      { 'x-cloud-trace-context': `${id}/67667974448284343;o=1` },
      { id, span, sampled: true },
    ],
    ["Cloud Trace's without a span", { 'x-cloud-trace-context': id }, { id }],
    ["Cloud Trace's with a span of 0", { 'x-cloud-trace-context': `${id}/0;o=0` }, { id, sampled: false }],
    [
      'a span of more than 64 bits is left out',
      { 'x-cloud-trace-context': `${id}/99999999999999999999` },
      { id },
    ],
    [
      'traceparent before the other',
      { traceparent: `00-${id}-${span}-01`, 'x-cloud-trace-context': `${'1'.repeat(32)}/1;o=0` },
      { id, span, sampled: true },
    ],
    [
      'the other where traceparent is wrong',
      { traceparent: 'x', 'x-cloud-trace-context': `${id}/1` },
      { id, span: '0000000000000001' },
    ],
  ])('%s', (_what, headers, expected) => {
    expect(traceOf(headers)).toEqual(expected);
  });

  it('is written as Cloud Logging reads it', () => {
    expect(traceFields('p', undefined)).toBeUndefined();
    expect(traceFields('p', { id })).toEqual({ 'logging.googleapis.com/trace': `projects/p/traces/${id}` });
    expect(traceFields('p', { id, span, sampled: false })).toEqual({
      'logging.googleapis.com/trace': `projects/p/traces/${id}`,
      'logging.googleapis.com/spanId': span,
      'logging.googleapis.com/trace_sampled': false,
    });
  });
});
