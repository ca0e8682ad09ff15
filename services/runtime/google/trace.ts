/** Which request of Cloud Run's a line belongs to. */
export interface Trace {
  /** 32 hex digits. */
  id: string;
  /** 16 hex digits. */
  span?: string;
  sampled?: boolean;
}

type Headers = Record<string, string | string[] | undefined>;

/** Reads `traceparent`, else `X-Cloud-Trace-Context`. What is not exactly as it should be gives nothing: anybody may send these. */
export const traceOf = (headers: Headers): Trace | undefined =>
  fromTraceparent(headers['traceparent']) ?? fromCloudTrace(headers['x-cloud-trace-context']);

/** version-id-span-flags; ff is no version, and zeros are no id: https://www.w3.org/TR/trace-context/#traceparent-header */
function fromTraceparent(header: string | string[] | undefined): Trace | undefined {
  const found = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(
    String(header),
  );
  const [, version, id = '', span = '', flags = '', more] = found ?? [];
  if (!found || isZero(id) || isZero(span) || (version === '00' && more !== undefined)) return undefined;
  return { id, span, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/** id/span;o=flag, the span as a decimal number: https://cloud.google.com/trace/docs/trace-context#http-requests */
function fromCloudTrace(header: string | string[] | undefined): Trace | undefined {
  const found = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/i.exec(String(header));
  const [, id = '', decimal = '0', flag] = found ?? [];
  if (!found || isZero(id)) return undefined;
  const span = BigInt(decimal).toString(16).padStart(16, '0');
  return {
    id: id.toLowerCase(),
    ...(!isZero(span) && span.length === 16 && { span }),
    ...(flag !== undefined && { sampled: flag === '1' }),
  };
}

const isZero = (hex: string) => /^0+$/.test(hex);

/** As Cloud Logging reads it: https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields */
export const traceFields = (projectId: string, trace: Trace | undefined) =>
  trace && {
    'logging.googleapis.com/trace': `projects/${projectId}/traces/${trace.id}`,
    ...(trace.span !== undefined && { 'logging.googleapis.com/spanId': trace.span }),
    ...(trace.sampled !== undefined && { 'logging.googleapis.com/trace_sampled': trace.sampled }),
  };
