/** The page's whole style; its hash stands in the Content-Security-Policy. */
export const style = `
:root { color-scheme: light dark; --line: #8883; --quiet: #777; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1400px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { color: var(--quiet); margin: .2rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { font-weight: 600; font-size: .85rem; color: var(--quiet); }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 7rem; }
.chip { border-radius: 1rem; padding: .1rem .6rem; font-size: .85rem; background: #8882; }
.approved, .paid { background: #2a92; } .pending, .on_hold { background: #d902; } .rejected, .reversed { background: #d442; }
.hint { color: var(--quiet); } code { font-size: .9em; overflow-wrap: anywhere; } a { color: inherit; }
details ul { margin: .3rem 0; padding-left: 1rem; } summary { cursor: pointer; }
@media (max-width: 1000px) {
  table, tbody, tr, td { display: block; } thead { display: none; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { border: 0; padding: .05rem 0; } td, td.long { white-space: normal; overflow-wrap: anywhere; }
  td[data-head] { position: relative; padding-left: 7rem; }
  td[data-head]::before { content: attr(data-head); position: absolute; left: 0; color: var(--quiet); }
}
`;
