interface Series {
  filter: string;
  groupBy: string[];
  align?: string;
  reduce?: string;
  legend?: string;
}

/** A chart of https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards */
export const chart = (title: string, series: Series[], plotType = 'STACKED_BAR') => ({
  title,
  xyChart: {
    dataSets: series.map(({ filter, groupBy, align = 'ALIGN_SUM', reduce = 'REDUCE_SUM', legend }) => ({
      plotType,
      ...(legend !== undefined && { legendTemplate: legend }),
      timeSeriesQuery: {
        timeSeriesFilter: {
          filter,
          aggregation: {
            alignmentPeriod: '300s',
            perSeriesAligner: align,
            crossSeriesReducer: reduce,
            groupByFields: groupBy,
          },
        },
      },
    })),
  },
});
