/** The look of the status page, in light and dark. Rows keep their height, so that nothing jumps as figures change. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #55606f; --line: #d7dde5; --ground: #fbfcfd; --raised: #fff; --accent: #0b6bcb; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6eaf0; --soft: #a3adba; --line: #343c47; --ground: #14181d; --raised: #1b2027; --accent: #6db3ff; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.25rem; background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; }
h1 { margin: 0; font-size: 1.35rem; }
h2 { margin: 0 0 .4rem; font-size: 1rem; }
header p { margin: 0; }
dl { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; margin: 0; }
dl div { display: flex; gap: .5rem; }
dt { color: var(--soft); }
dd { margin: 0; font-variant-numeric: tabular-nums; }
section { margin: 1rem 0 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
.body { overflow-x: auto; min-height: 1.6rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .18rem .9rem .18rem 0; text-align: left; vertical-align: top; height: 1.75rem; white-space: nowrap; }
td.long, th.long { white-space: normal; overflow-wrap: anywhere; width: 45%; }
th { color: var(--soft); font-weight: 500; font-size: .87rem; }
tbody tr { border-top: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.none, #health { color: var(--soft); }
.bad { color: var(--bad); }
progress { width: 9rem; height: .7rem; accent-color: var(--accent); vertical-align: middle; margin-right: .5rem; }
summary { cursor: pointer; }
details ul { margin: .2rem 0 .4rem; padding-left: 1.2rem; max-height: 16rem; overflow: auto; }
button { font: inherit; padding: .1rem .8rem; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); color: inherit; cursor: pointer; }
button:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
`;
