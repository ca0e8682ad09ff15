/** The manifest, as JSON, of a network that fires postbacks and has a report at `host`. */
export const manifestAt = (host: string) =>
  JSON.stringify({
    id: 'net',
    name: 'Net',
    path: '/net',
    verify: { secret: 'token', at: 'query.token' },
    fields: {
      conversionId: 'id',
      commission: 'pay USD',
      status: { from: 'status', approved: 'approved', pending: 'pending' },
    },
    report: {
      from: 'involve-conversions',
      settings: { currency: 'USD', host },
      each: { row: 'data.data' },
      fields: {
        conversionId: 'row.conversion_id',
        commission: 'row.payout row.currency',
        occurredAt: 'row.datetime_conversion Asia/Kuala_Lumpur',
        status: { from: 'row.conversion_status', approved: 'approved', pending: 'pending' },
      },
    },
  });
