import { noticeDays, type Ending } from '../partners.ts';

/** Days that show how a partner usually sends. */
const usualDays = 28;

/**
 * Which partners have been silent for more than twice their usual longest pause. The usual one is the 90th percentile of each day's
 * longest pause before a postback, over four weeks: nights and weekends belong to it, and one bad day among 28 does not move it. It takes
 * five days with postbacks to have a usual pause at all; whoever has sent nothing for four weeks is forgotten. BigQuery's SQL.
 */
export const silenceQuery = (project: string) => `
DECLARE silent STRING DEFAULT (
  WITH seen AS (
${['conversions', 'quarantine'].map((table) => seen(project, table)).join('    UNION ALL\n')}  ),
  pauses AS (
    SELECT partner, at, TIMESTAMP_DIFF(at, LAG(at) OVER (PARTITION BY partner ORDER BY at), SECOND) AS pause FROM seen
  ),
  days AS (
    SELECT partner, DATE(at) AS day, MAX(pause) AS longest, MAX(at) AS last FROM pauses GROUP BY partner, day
  ),
  usual AS (
    SELECT partner, MAX(last) AS last, APPROX_QUANTILES(longest, 10)[OFFSET(9)] AS pause
    FROM days GROUP BY partner HAVING COUNT(*) >= 5
  )
  SELECT STRING_AGG(FORMAT('%s for %d h, usually at most %d h', partner,
    TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), last, HOUR), DIV(pause, 3600)), '; ' ORDER BY partner)
  FROM usual
  WHERE TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), last, SECOND) > GREATEST(2 * pause, 3600)
);
IF silent IS NOT NULL THEN
  RAISE USING MESSAGE = CONCAT('silent partners: ', silent);
END IF;
`;

const seen = (
  project: string,
  table: string,
) => `    SELECT JSON_VALUE(attributes, '$.partner') AS partner, publish_time AS at
    FROM \`${project}.linkshare.${table}\`
    WHERE publish_time > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${usualDays} DAY)
`;

/** Fails from 14 days before a way of verifying ends, every day, until the manifest says something else. */
export const endingQuery = ({ partner, until }: Ending) => `
IF CURRENT_DATE() >= DATE_SUB(DATE '${until}', INTERVAL ${noticeDays} DAY) THEN
  RAISE USING MESSAGE = '${partner}: a way of verifying ends on ${until}; then what comes that way is quarantined';
END IF;
`;
