// How the page of a lab looks: a document, light or dark as the person has it.

export const LAB_STYLE = `
:root { color-scheme: light dark; --ground: #f3f4f6; --raised: #fff; --line: #c9ced6; --text: #1b1e24; --quiet: #555d69; --accent: #9a5200; --bad: #b3261e; --good: #14702e; --c0: #1b1e24; --c1: #0b6cb3; --c2: #c2410c; --c3: #0f7a5a; --c4: #9d2f8f; --c5: #8a6d00; --c6: #5b5bd6; --c7: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --raised: #1d2026; --line: #343942; --text: #e9ecf1; --quiet: #a3abb8; --accent: #ffb454; --bad: #ff8f80; --good: #86d99a; --c0: #e9ecf1; --c1: #6db8f2; --c2: #ff9d5c; --c3: #5fd0ac; --c4: #e58ad9; --c5: #e3c64d; --c6: #a5a5ff; --c7: #ff8f80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem 1rem 4rem; max-width: 76rem; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 0.4rem; font-size: 1.6rem; line-height: 1.2; }
h2 { margin: 2.4rem 0 0.6rem; font-size: 1.2rem; }
h3 { margin: 0 0 0.3rem; font-size: 1rem; }
p { margin: 0.4rem 0; max-width: 70ch; }
.quiet, small { color: var(--quiet); }
article { margin: 1rem 0; padding: 0.9rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
article ul { margin: 0.3rem 0; padding: 0; list-style: none; }
article li { margin: 0.35rem 0; max-width: 90ch; }
.verdict { font-weight: 600; }
.better { color: var(--good); }
.worse { color: var(--bad); }
.open, .few { color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; background: var(--raised); font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.5rem; border: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { position: sticky; left: 0; background: var(--raised); text-align: left; white-space: normal; min-width: 8rem; max-width: 16rem; }
td.net { padding: 0; }
td button { display: block; width: 100%; min-height: 2.75rem; padding: 0.2rem 0.5rem; border: 0; background: none; color: inherit; font: inherit; text-align: right; cursor: pointer; }
td button:hover { background: var(--ground); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
td button small { display: block; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0.6rem; margin-top: 0.6rem; }
svg { width: 100%; height: auto; }
.grid { fill: none; stroke: var(--line); stroke-width: 1; }
.line { fill: none; stroke-width: 1.6; }
.mark, .title { fill: var(--quiet); font-size: 10px; }
.title { fill: var(--text); font-size: 12px; }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; font-size: 0.9rem; }
.key span::before { content: ''; display: inline-block; width: 1.2em; margin-right: 0.4em; border-top: 3px solid var(--c); vertical-align: middle; }
${Array.from({ length: 8 }, (_, index) => `.c${index} { stroke: var(--c${index}); --c: var(--c${index}); }`).join('\n')}
dialog { width: min(60rem, 94vw); padding: 0; border: 1px solid var(--line); border-radius: 10px; background: var(--raised); color: inherit; }
dialog::backdrop { background: rgb(0 0 0 / 60%); }
dialog vexel-flag { display: block; width: 100%; height: min(36rem, 60vh); background: var(--ground); }
dialog header { display: flex; gap: 1rem; align-items: center; justify-content: space-between; padding: 0.5rem 0.5rem 0.5rem 1rem; }
dialog h2 { margin: 0; font-size: 1rem; }
dialog footer { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; padding: 0.6rem 1rem; }
dialog header button { min-width: 2.75rem; min-height: 2.75rem; border: 0; background: none; color: inherit; font-size: 1.2rem; cursor: pointer; }
a { color: var(--accent); }
`
