// The page of a lab, whole: what was found out, the table, the curves, and in each cell of the table the net that it stands for, which the page
// draws by itself: <vexel-flag> is in it.

import { FLAG_NOTE, quartilesText } from '../../train/lab/tables.js'
import type { Comparison } from '../../train/lab/comparison.js'
import type { LabAnswer, LabCell, LabReport, LabRow } from '../../train/lab/report.js'
import { comparisonSentence, decibelText, verdictWord } from '../../train/lab/words.js'
import { base64 } from '../page/base64.js'
import { escaped } from '../page/escaped.js'
import { PAGE_IDS } from '../page/page-ids.js'
import { chartSvg, megapixels } from './chart.js'
import { LAB_STYLE } from './lab-style.js'

export interface LabPageParts {
  /** What defines <vexel-flag>: the text of src/element/page/lab-main.ts, built. */
  readonly script: string
  /** The files of nets, by {@link cellKey}. */
  readonly nets: ReadonlyMap<string, Uint8Array>
}

/** What a cell's net is called. */
export function cellKey(variant: string, flag: string): string {
  return `${variant}/${flag}`
}

const EXPLAINED =
  'Each cell is the median over the seeds, in dB, of how near a net comes to its flag; smaller below it the quartiles. Open one to see the net in the middle, as it is, to zoom and move.'

/** Writes the page. */
export function labHtml(report: LabReport, parts: LabPageParts): string {
  const { title, note, runs, pixels, flags, seeds, width, detail } = report
  const labelOf = (name: string) => report.rows.find(row => row.name === name)?.label ?? name
  const facts = `${runs.finished} of ${runs.total} runs: ${report.rows.length} kinds of training, ${flags.length} flags, ${seeds.length} seeds, ${megapixels(pixels)} seen by each run. Trained on pictures of ${detail} pixels, measured at ${width}, 16 samples a pixel.`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${LAB_STYLE}</style>
<body>
<main>
<h1>${escaped(title)}</h1>
${note ? `<p>${escaped(note)}</p>` : ''}
<p class="quiet">${escaped(facts)}</p>
${report.answers.length > 0 ? `<h2>What was asked</h2>\n${report.answers.map(answer => article(answer, report, labelOf)).join('\n')}` : ''}
<h2>What the nets reach</h2>
<p class="quiet">${EXPLAINED}</p>
${reached(report, parts)}
</main>
<dialog aria-labelledby="net-title"><header><h2 id="net-title"></h2><button type="button" aria-label="Close">×</button></header><div id="net-place"></div><footer><span id="net-facts"></span><a id="net-file">Save the net</a></footer></dialog>
<script type="application/json" id="nets">${netsJson(parts.nets)}</script>
<script id="${PAGE_IDS.script}">${inScript(parts.script)}</script>
<script type="module">${OPEN_NETS}</script>
</body>
</html>
`
}

function article(
  { claim, base, variants, comparisons }: LabAnswer,
  report: LabReport,
  labelOf: (name: string) => string,
): string {
  const compared = comparisons.filter(({ all }) => all.pairs > 0)
  const waiting = comparisons.filter(({ all }) => all.pairs === 0).map(({ variant }) => labelOf(variant))
  const items = compared.map(
    comparison =>
      `<li><span class="verdict ${comparison.all.verdict}">${escaped(verdictWord(comparison.all))}</span> ${escaped(comparisonSentence(comparison, labelOf))}</li>`,
  )
  const shown = [base, ...variants].filter(name => (report.rows.find(row => row.name === name)?.psnr ?? null) !== null)
  return `<article>
<h3>${escaped(claim)}</h3>
<ul>${items.join('\n')}</ul>
${waiting.length > 0 ? `<p class="quiet">Not there yet: ${escaped(waiting.join(', '))}.</p>` : ''}
${compared.length > 0 ? `${byFlag(compared, report, labelOf)}\n<p class="key">${shown.map((name, index) => `<span class="c${index}">${escaped(labelOf(name))}</span>`).join('')}</p>\n<div class="charts">${charts(shown, report, labelOf)}</div>` : ''}
</article>`
}

function charts(names: readonly string[], { flags, rows }: LabReport, labelOf: (name: string) => string): string {
  return flags
    .map(({ code, name }) =>
      chartSvg(
        name,
        names.map(variant => ({
          label: labelOf(variant),
          points: rows.find(row => row.name === variant)?.cells.find(({ flag }) => flag === code)?.curve ?? [],
        })),
      ),
    )
    .join('\n')
}

/** The differences flag by flag: which way it goes where. */
function byFlag(comparisons: readonly Comparison[], { flags }: LabReport, labelOf: (name: string) => string): string {
  const lines = comparisons.map(({ variant, byFlag }) => {
    const cells = byFlag.map(({ statistics }) => {
      const { difference, better, pairs, verdict } = statistics
      if (!difference) return '<td>–</td>'
      return `<td class="${verdict === 'few' ? '' : verdict}">${escaped(decibelText(difference.median))} <small>${better} of ${pairs}</small></td>`
    })
    return `<tr><th scope="row">${escaped(labelOf(variant))}</th>${cells.join('')}</tr>`
  })
  return `<div class="scroll"><table><thead><tr><th>median difference</th>${headOf(flags)}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>
<p class="quiet">${FLAG_NOTE}</p>`
}

function headOf(flags: LabReport['flags']): string {
  return flags.map(({ name }) => `<th scope="col">${escaped(name)}</th>`).join('')
}

function reached({ rows, flags }: LabReport, { nets }: LabPageParts): string {
  const lines = rows.map(row => {
    const { label, parameters, secondsPerMegapixel, psnr, cells } = row
    const facts = [parameters.toLocaleString('en'), secondsPerMegapixel?.toFixed(2) ?? '–', quartilesText(psnr)]
    return `<tr><th scope="row">${escaped(label)}</th>${facts.map(fact => `<td>${escaped(fact)}</td>`).join('')}${cells.map(cell => netCell(row, cell, nets, flags)).join('')}</tr>`
  })
  return `<div class="scroll"><table><thead><tr><th>net and recipe</th><th scope="col">parameters</th><th scope="col">s a Mpx</th><th scope="col">all flags, dB</th>${headOf(flags)}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></div>`
}

function netCell(
  { name, label }: LabRow,
  { flag, psnr, middle }: LabCell,
  nets: LabPageParts['nets'],
  flags: LabReport['flags'],
): string {
  if (!psnr) return '<td>–</td>'
  const median = Number.isFinite(psnr.median) ? psnr.median.toFixed(2) : 'diverged'
  const spread = Number.isFinite(psnr.lower) ? `${psnr.lower.toFixed(1)} to ${psnr.upper.toFixed(1)}` : ''
  const key = cellKey(name, flag)
  if (!middle || !nets.has(key)) return `<td>${median} <small>${spread}</small></td>`
  const title = `${flags.find(({ code }) => code === flag)?.name ?? flag}: ${label}`
  const facts = `${middle.psnr?.toFixed(2)} dB, seed ${middle.seed}, ${middle.parameters.toLocaleString('en')} parameters`
  return `<td class="net"><button type="button" data-net="${escaped(key)}" data-title="${escaped(title)}" data-facts="${escaped(facts)}" aria-label="${escaped(`${title}, ${facts}`)}">${median}<small>${spread}</small></button></td>`
}

function netsJson(nets: ReadonlyMap<string, Uint8Array>): string {
  // A name of a file may be anything; base64 has no less-than sign.
  return JSON.stringify(Object.fromEntries(Array.from(nets, ([key, bytes]) => [key, base64(bytes)]))).replaceAll(
    '<',
    '\\u003c',
  )
}

function inScript(text: string): string {
  return text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
}

/** A click on a cell shows its net, over the page. */
const OPEN_NETS = `
const nets = JSON.parse(document.getElementById('nets').textContent)
const dialog = document.querySelector('dialog')
const part = name => document.getElementById('net-' + name)
for (const button of document.querySelectorAll('button[data-net]')) button.addEventListener('click', () => {
  const { net, title, facts } = button.dataset
  const source = 'data:application/octet-stream;base64,' + nets[net]
  const flag = document.createElement('vexel-flag')
  flag.setAttribute('interactive', 'full')
  flag.setAttribute('alt', title)
  flag.setAttribute('src', source)
  part('title').textContent = title
  part('facts').textContent = facts
  part('place').replaceChildren(flag)
  Object.assign(part('file'), { href: source, download: net.replace('/', '-') + '.safetensors' })
  dialog.showModal()
})
dialog.querySelector('button').addEventListener('click', () => dialog.close())
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close() })
dialog.addEventListener('close', () => part('place').replaceChildren())
`
