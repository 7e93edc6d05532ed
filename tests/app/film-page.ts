// Films in the page: a small one of a few steps, served beside flags as a gallery serves them, and what pages must show of it.

import type { Page } from 'puppeteer'
import { serveSite, type Site } from '../../src/cli/site/site.js'
import { Film } from '../../src/film/film.js'
import { parameterSpecs } from '../../src/model/architecture.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import type { Network } from '../../src/model/network.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { StateDict } from '../../src/model/state-dict.js'
import { smallFilm, withTensors } from '../film/film-fixture.js'
import { oracleFile } from '../browser/pages.js'

/** What the tests of films are served. */
export interface FilmSite {
  readonly site: Site
  readonly film: Film
  readonly filmBytes: Uint8Array
  /** The flag whose film it is; not the film's last snapshot. */
  readonly flag: Uint8Array
  /** Files that were asked for, without folder. */
  readonly asked: string[]
}

/** Flags beside the good one, whose films are nothing to play: what the page says of each. */
export const HOSTILE: readonly { code: string; says: RegExp }[] = [
  { code: 'missing', says: /404/ },
  { code: 'html', says: /HTML/ },
  { code: 'network', says: /not a film/ },
  { code: 'other', says: /another network/ },
  { code: 'nan', says: /finite/ },
  { code: 'huge', says: /beyond float32|1e\+300/ },
]

export async function serveFilm(): Promise<FilmSite> {
  const filmBytes = await smallFilm({ steps: 200, frames: 7 })
  const film = Film.parse(filmBytes)
  const last = film.network(film.steps.length - 1)
  const flag = fileOf({
    ...last,
    layers: last.layers.map((layer, i) =>
      i === last.layers.length - 1 && layer.kind === 'linear'
        ? { ...layer, bias: layer.bias.map((value, c) => value + 0.1 * (c + 1)) }
        : layer,
    ),
  })
  // All ones is no number in every format of floats.
  const nan = withTensors(filmBytes, tensor =>
    tensor.name === 'dense1.weight' ? { ...tensor, bytes: tensor.bytes.slice().fill(255, 0, 16) } : tensor,
  )
  const files: Record<string, Uint8Array | string> = {
    'my.film.safetensors': filmBytes,
    'html.film.safetensors': '<!doctype html><title>404</title>',
    'network.film.safetensors': flag,
    'nan.film.safetensors': nan,
    'huge.film.safetensors': withTensors(filmBytes, tensor => {
      if (tensor.name !== 'dense1.weight') return tensor
      const count = tensor.shape.reduce((product, dim) => product * dim, 1)
      return { ...tensor, dtype: 'F64', bytes: new Uint8Array(new Float64Array(count).fill(1e300).buffer) }
    }),
  }
  const codes = ['my', ...HOSTILE.map(({ code }) => code)]
  const flags = codes.map(code => {
    const size = { width: 24, height: 16 }
    return { code, name: `Flag ${code}`, file: `${code}.safetensors`, ...size, film: `${code}.film.safetensors` }
  })
  files['flags.json'] = JSON.stringify({ flags: [...flags, { code: 'np', name: 'Nepal', file: 'np.safetensors' }] })
  for (const code of codes) files[`${code}.safetensors`] = code === 'other' ? oracleFile('japan') : flag
  files['other.film.safetensors'] = filmBytes
  files['np.safetensors'] = oracleFile('nepal')
  const asked: string[] = []
  const site = await serveSite('dist', '/film/', true, (request, response) => {
    const file = /^\/flags\/([^?]+)/.exec(request.url ?? '')?.[1]
    if (file === undefined) return false
    asked.push(file)
    const answer = files[file]
    response.writeHead(answer === undefined ? 404 : 200).end(answer ?? '')
    return true
  })
  return { site, film, filmBytes, flag, asked }
}

/** A network as a file, in float64: the same values. */
export function fileOf(network: Network): Uint8Array {
  const tensors = network.layers.flatMap(layer => {
    const [weight, bias, ...running] =
      layer.kind === 'linear'
        ? [layer.weight, layer.bias]
        : layer.kind === 'batchNorm'
          ? [layer.weight, layer.bias, layer.runningMean, layer.runningVar]
          : []
    const values = [weight, bias, ...running]
    return parameterSpecs(layer).map(({ name, shape }, i): NewTensor => {
      const bytes = new Uint8Array(Float64Array.from(values[i] as Float64Array).buffer)
      return { name, dtype: 'F64', shape, bytes }
    })
  })
  const metadata = new Map([['vexel.frame', JSON.stringify({ ...DEFAULT_FRAME, aspect: 1.5 })]])
  return StateDict.create(tensors, metadata).serialize()
}

/** Waits until a film is open and stands beyond a position. */
export async function untilPosition(page: Page, position: number): Promise<void> {
  await page.waitForFunction(
    position => window.vexel.film.isOpen && window.vexel.film.position > position,
    { polling: 20 },
    position,
  )
}
