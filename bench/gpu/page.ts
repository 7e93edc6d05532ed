// bench.html: the GPU part of the bench, for any browser. ?report=URL posts the report there as JSON; ?only=WORD runs
// the variants whose name has the word, or the one variant of exactly that name; ?coherent times
// coherent pictures of the net and the views behind the # beside those of every pixel.

import { createContext, rendererName } from '../../src/gpu/context.js'
import { createNetwork } from '../../src/model/network.js'
import { foldNetwork } from '../../src/model/fold.js'
import { StateDict } from '../../src/model/state-dict.js'
import { readFrame } from '../../src/model/summary.js'
import type { View } from '../../src/model/view.js'
import { measureCoherentPictures } from './coherent-pictures.js'
import { type GpuBenchReport, measureVariants } from './measure.js'
import { DEFAULT_VARIANT, VARIANTS } from './variants.js'

const query = new URLSearchParams(location.search)
const output = document.querySelector('pre') as HTMLPreElement
const button = document.querySelector('button') as HTMLButtonElement

async function run(): Promise<GpuBenchReport> {
  const gl = createContext(document.createElement('canvas'))
  output.textContent = rendererName(gl)
  const response = await fetch(new URL('flags/my.safetensors', document.baseURI))
  const stateDict = StateDict.parse(new Uint8Array(await response.arrayBuffer()))
  const only = query.get('only') ?? ''
  const isName = VARIANTS.some(({ name }) => name === only)
  return await measureVariants(
    gl,
    foldNetwork(createNetwork(stateDict)),
    readFrame(stateDict).frame,
    name => (isName ? name === only : name.includes(only)),
    line => {
      output.textContent = `${rendererName(gl)}\n${line}`
    },
  )
}

function table({ renderer, userAgent, variants }: GpuBenchReport): string {
  const base = variants.find(variant => variant.name === DEFAULT_VARIANT)?.megapixelsPerSecond
  const rows = variants.map(({ name, compileMs, megapixelsPerSecond: rate, failure }) =>
    rate === null
      ? `| ${name} | – | – | ${failure ?? ''} |`
      : `| ${name}${name === DEFAULT_VARIANT ? ' (default)' : ''} | ${rate.toPrecision(3)} | ${base ? (rate / base).toFixed(2) : '–'} | ${Math.round(compileMs ?? 0)} |`,
  )
  return [
    `GL renderer: ${renderer}`,
    `Browser: ${userAgent}`,
    '',
    '| variant | Mpx/s | ratio to the default | compile ms |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

async function report(): Promise<void> {
  const url = query.get('report')
  const isCoherent = query.has('coherent')
  let body: string
  try {
    if (isCoherent) {
      const gl = createContext(document.createElement('canvas'))
      // The net, base64, and where to look, behind the # as it is long.
      const { net, views } = JSON.parse(decodeURIComponent(location.hash.slice(1))) as { net: string; views: View[] }
      const stateDict = StateDict.parse(Uint8Array.from(atob(net), c => c.charCodeAt(0)))
      body = JSON.stringify(await measureCoherentPictures(gl, stateDict, views))
      output.textContent = body
      if (url) await fetch(url, { method: 'POST', body })
      return
    }
    const result = await run()
    output.textContent = table(result)
    button.hidden = false
    button.onclick = () => void navigator.clipboard.writeText(table(result))
    body = JSON.stringify({ ...result, table: table(result) })
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    output.textContent = failure
    body = JSON.stringify({ failure })
  }
  if (url) await fetch(url, { method: 'POST', body })
}

void report()
