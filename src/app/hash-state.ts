// The whole state of the page as its URL hash: readable, so that a link is a bug report and a bookmark.

import { FormatError } from '../model/errors.js'
import { parseJson } from '../model/json.js'
import { DEFAULT_FRAME, type Frame, parseFrame, parseNumber } from '../model/frame.js'
import { parseSampleCount, type SampleCount } from '../model/samples.js'
import { SORT_KEYS, type SortKey } from './wall/order.js'

/** The state of the page. `window.vexel.state()` returns it, the hash spells it. */
export interface PageState {
  /** URL of the open file; null for one from the person's disk, which no link can name. */
  readonly file: string | null
  /** Where no file is open the wall is seen: around the flag of this code, the view being one of it; null: the whole wall. */
  readonly wall: string | null
  /** The order of the wall. */
  readonly sort: SortKey
  /** The view: centre in plane units and zoom; null where it is the whole frame's. */
  readonly x: number | null
  readonly y: number | null
  readonly zoom: number
  /** Samples a pixel of the picture at rest; null: 4 on a GPU that is fast enough, else 1. */
  readonly samples: SampleCount | null
  /** Whether the frame is outlined. */
  readonly outline: boolean
  /** The frame, where it is not the file's own. */
  readonly frame: Frame | null
  /** Where the film of the file stands, from 0 to 1; null where it is not open. */
  readonly film: number | null
  /** Whether the snapshots of the film are seen side by side. */
  readonly strip: boolean
  /** The edits of the file's parameters, as src/edit/codec.ts spells them; null for none. */
  readonly edits: string | null
  /** How the units of the network are seen; null where it is seen as one picture. */
  readonly neurons: NeuronState | null
}

/** How units are coloured. */
export interface NeuronState {
  /** Before GELU, after it, or after batch norm, too. */
  readonly stage: NeuronStage
  /** What the middle of the colours stands for: the unit's own mean, or zero. */
  readonly centre: NeuronCentre
}

export const NEURON_STAGES = ['pre', 'post', 'norm'] as const
export type NeuronStage = (typeof NEURON_STAGES)[number]
export const NEURON_CENTRES = ['mean', 'zero'] as const
export type NeuronCentre = (typeof NEURON_CENTRES)[number]

export const DEFAULT_STATE: PageState = {
  file: null,
  wall: null,
  sort: 'name',
  x: null,
  y: null,
  zoom: 1,
  samples: null,
  outline: true,
  frame: null,
  film: null,
  strip: false,
  edits: null,
  neurons: null,
}

/** Spells a state as a hash, '' for the default. */
export function formatHash(state: PageState): string {
  const parts: string[] = []
  const add = (key: string, value: string) => parts.push(`${key}=${encodeReadably(value)}`)
  if (state.file !== null) add('file', state.file)
  if (state.wall !== null) add('wall', state.wall)
  if (state.sort !== 'name') add('sort', state.sort)
  if (state.x !== null) add('x', String(state.x))
  if (state.y !== null) add('y', String(state.y))
  if (state.zoom !== 1) add('zoom', String(state.zoom))
  if (state.samples !== null) add('samples', String(state.samples))
  if (!state.outline) add('outline', '0')
  if (state.frame) add('frame', JSON.stringify(state.frame))
  if (state.film !== null) add('film', String(state.film))
  if (state.strip) add('strip', '1')
  if (state.edits !== null) add('edits', state.edits)
  if (state.neurons) add('neurons', `${state.neurons.stage},${state.neurons.centre}`)
  return parts.length > 0 ? `#${parts.join('&')}` : ''
}

/**
 * Reads a hash. What is not understood is left at its default and reported, a line each: a mistyped link still opens.
 */
export function parseHash(hash: string): { state: PageState; problems: readonly string[] } {
  const fields = new Map<string, string>()
  for (const part of hash.replace(/^#/, '').split('&')) {
    const cut = part.indexOf('=')
    if (cut > 0) fields.set(decode(part.slice(0, cut)), decode(part.slice(cut + 1)))
  }
  const problems: string[] = []
  const read = <T>(key: keyof PageState, fallback: T, parse: (text: string) => T): T => {
    const text = fields.get(key)
    if (text === undefined) return fallback
    try {
      return parse(text)
    } catch (error) {
      problems.push(`link: ${key}: ${error instanceof FormatError ? error.message : 'not understood'}`)
      return fallback
    }
  }
  const number = (text: string): number => {
    const value = parseNumber(text)
    if (!Number.isFinite(value)) throw new FormatError(`expected a number, got ${text.slice(0, 30)}`)
    return value
  }
  const state: PageState = {
    file: read<string | null>('file', null, text => text || null),
    wall: read<string | null>('wall', null, text => text || null),
    sort: read<SortKey>('sort', 'name', text => {
      const key = SORT_KEYS.find(key => key === text)
      if (!key) throw new FormatError(`expected one of ${SORT_KEYS.join(', ')}`)
      return key
    }),
    x: read<number | null>('x', null, number),
    y: read<number | null>('y', null, number),
    zoom: read('zoom', 1, text => {
      const zoom = number(text)
      if (!(zoom > 0)) throw new FormatError(`expected a zoom above 0, got ${text.slice(0, 30)}`)
      return zoom
    }),
    samples: read<SampleCount | null>('samples', null, text => parseSampleCount(number(text))),
    outline: read('outline', true, text => text !== '0'),
    frame: read<Frame | null>('frame', null, text => parseFrame(parseJson(text), DEFAULT_FRAME)),
    film: read<number | null>('film', null, text => {
      const position = number(text)
      if (!(position >= 0 && position <= 1)) throw new FormatError(`expected 0 to 1, got ${text.slice(0, 30)}`)
      return position
    }),
    strip: read('strip', false, text => text === '1'),
    edits: read<string | null>('edits', null, text => text || null),
    neurons: read<NeuronState | null>('neurons', null, text => {
      const [stageText, centreText = 'mean', ...rest] = text.split(',')
      const stage = NEURON_STAGES.find(stage => stage === stageText)
      const centre = NEURON_CENTRES.find(centre => centre === centreText)
      if (!stage || !centre || rest.length > 0)
        throw new FormatError(`expected ${NEURON_STAGES.join(', ')} and ${NEURON_CENTRES.join(' or ')}`)
      return { stage, centre }
    }),
  }
  return { state, problems }
}

/** Percent-encodes only what would be mistaken in a hash; slashes, commas and braces stay as they are. */
function encodeReadably(value: string): string {
  return encodeURIComponent(value).replace(/%(2F|3A|2C|7B|7D|5B|5D|40|22)/g, escape => decodeURIComponent(escape))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
