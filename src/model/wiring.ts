// What no tensor says: which functions stand between the linear layers of a network, what happens to the coordinates first and to
// the values last. One JSON everywhere: `__metadata__["vexel.architecture"]`, --architecture, the page's address. Which layers there
// are, and how wide, is read off the tensors (src/model/strangers).

import { FormatError } from './errors.js'
import { parseJson } from './json.js'
import { BATCH_NORM_EPS } from './layers/batch-norm.js'
import { FEATURES } from './layers/inputs.js'
import { type Activation, ACTIVATION_NAMES, activationKindOf, isActivationName } from './layers/kinds.js'
import { OCTAVE_ORDERS } from './layers/octaves.js'
import { WAVE_ORDERS } from './layers/waves.js'
import { printableName } from './printable.js'

/** What happens to the two coordinates before the first linear layer. */
export type Encoding =
  /** Derived inputs. */
  | { readonly kind: 'inputs'; readonly features: readonly (typeof FEATURES)[number][] }
  /** Sines and cosines of octaves; a null is read off the width of the first layer. */
  | {
      readonly kind: 'octaves'
      readonly count: number | null
      readonly scale: number
      readonly keepsInputs: boolean | null
      readonly order: (typeof OCTAVE_ORDERS)[number]
    }
  /** Sines and cosines behind a matrix that the file has. */
  | {
      readonly kind: 'fourier'
      readonly scale: number
      readonly order: (typeof WAVE_ORDERS)[number]
      /** Of the matrix where training draws it: how many frequencies, and their standard deviation; absent where nobody says. */
      readonly count?: number
      readonly deviation?: number
    }

/** What stands between the layers of a file that does not say it itself. */
export interface Wiring {
  readonly encoding: Encoding | null
  /** Behind every linear layer but the last: one for all of them, or one each. */
  readonly activation: Activation | readonly Activation[]
  /** Where batch norm stands where the names do not say: before the activation or after it. */
  readonly norm: 'before' | 'after'
  /** What batch norm adds to the variance. */
  readonly eps: number
  /** Whether what sub-networks give is added up or stands side by side; null for what fits. */
  readonly join: 'sum' | 'concat' | null
  /** Behind the last linear layer. */
  readonly output: Activation | null
}

/** Whether each layer has an activation of its own. */
export function hasOneEach(activation: Wiring['activation']): activation is readonly Activation[] {
  return Array.isArray(activation)
}

/** What only training asks for, of a net that is yet to be made (blueprint.ts): opening reads it off the tensors. */
export const SHAPE_FIELDS = ['widths', 'depth', 'parameters', 'norms', 'nets', 'trunk', 'outputs'] as const

/** Where it lives in a file's metadata. */
export const ARCHITECTURE_KEY = 'vexel.architecture'

const WIRING_FIELDS = ['encoding', 'activation', 'norm', 'eps', 'join', 'output'] as const

const TAU = 2 * Math.PI
const MAX_NUMBER = 1e6
/** Beyond that a frequency is larger than what float64 tells apart in a picture. */
export const MAX_OCTAVES = 32
const MAX_LISTED = 1024

const RELU: Activation = { kind: 'relu' }
const SIGMOID: Activation = { kind: 'sigmoid' }

/** A wiring with one activation and nothing else. */
function plain(activation: Activation): Wiring {
  return { encoding: null, activation, norm: 'before', eps: BATCH_NORM_EPS, join: null, output: null }
}

const PRESETS: Readonly<Record<string, Wiring>> = {
  siren: plain({ kind: 'sine', frequency: 30 }),
  'fourier-relu': {
    ...plain(RELU),
    encoding: { kind: 'fourier', scale: TAU, order: 'sin-cos' },
    output: SIGMOID,
  },
  'positional-relu': {
    ...plain(RELU),
    encoding: { kind: 'octaves', count: null, scale: Math.PI, keepsInputs: null, order: 'octave' },
    output: SIGMOID,
  },
  'tanh-radius': {
    ...plain({ kind: 'tanh' }),
    encoding: { kind: 'inputs', features: ['x', 'y', 'radius'] },
    output: SIGMOID,
  },
}

/** The names that stand for a wiring: some common ones, and every activation's own. */
export const WIRING_NAMES: readonly string[] = [...Object.keys(PRESETS), ...ACTIVATION_NAMES.map(hyphened)]

function hyphened(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/** The wiring of a name; null for a name of none. */
export function wiringNamed(name: string): Wiring | null {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name]
  const kind = ACTIVATION_NAMES.find(kind => kind === name || hyphened(kind) === name)
  return kind ? plain(parseActivation(kind, 'activation')) : null
}

/**
 * Reads a wiring as people write it: a name, or JSON.
 * @throws FormatError saying what was expected
 */
export function parseWiringText(text: string): Wiring {
  const named = wiringNamed(text.trim())
  if (named) return named
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new FormatError(
      `architecture ${printableName(text.trim())}: expected JSON, or one of ${WIRING_NAMES.join(', ')}`,
    )
  }
  return parseWiring(value)
}

/**
 * Reads the wiring that a file's metadata states.
 * @returns null when it states none
 * @throws FormatError when what it states is none
 */
export function wiringFromMetadata(metadata: ReadonlyMap<string, string>): Wiring | null {
  const text = metadata.get(ARCHITECTURE_KEY)
  return text === undefined ? null : parseWiringText(text)
}

/** Checks any value as a wiring. @throws FormatError naming the field */
export function parseWiring(value: unknown): Wiring {
  if (typeof value === 'string') {
    const named = wiringNamed(value)
    if (named) return named
  }
  const fields = fieldsOf(value, '', [...WIRING_FIELDS, ...SHAPE_FIELDS])
  const { encoding, activation, norm, eps, join, output } = fields
  if (activation === undefined) throw new FormatError('architecture: expected an activation')
  return {
    encoding: encoding === undefined || encoding === null ? null : parseEncoding(encoding),
    activation: Array.isArray(activation)
      ? listed(activation, 'activation').map(each => parseActivation(each, 'activation'))
      : parseActivation(activation, 'activation'),
    norm: norm === undefined ? 'before' : oneOf(norm, ['before', 'after'] as const, 'norm'),
    eps: eps === undefined ? BATCH_NORM_EPS : positive(eps, 'eps'),
    join: join === undefined || join === null ? null : oneOf(join, ['sum', 'concat'] as const, 'join'),
    output: output === undefined || output === null ? null : parseActivation(output, 'output'),
  }
}

/** A wiring as JSON, with what says no more than its absence left out; {@link parseWiring} gives it back. */
export function wiringJson({ encoding, activation, norm, eps, join, output }: Wiring): object {
  return {
    ...(encoding ? { encoding } : {}),
    activation,
    ...(norm === 'before' ? {} : { norm }),
    ...(eps === BATCH_NORM_EPS ? {} : { eps }),
    ...(join ? { join } : {}),
    ...(output ? { output } : {}),
  }
}

/** The entry of a file's metadata that states a wiring; none where there is none to state. */
export function wiringMetadata(wiring: Wiring | undefined): [key: string, value: string][] {
  return wiring ? [[ARCHITECTURE_KEY, JSON.stringify(wiringJson(wiring))]] : []
}

function parseActivation(value: unknown, where: string): Activation {
  const isName = typeof value === 'string'
  const named = isName ? value : fieldsOf(value, where, null).kind
  const kind = ACTIVATION_NAMES.find(kind => kind === named || hyphened(kind) === named)
  if (!kind || !isActivationName(kind))
    throw new FormatError(`architecture ${where}: expected one of ${ACTIVATION_NAMES.map(hyphened).join(', ')}`)
  const { options } = activationKindOf({ kind })
  const given = isName ? {} : fieldsOf(value, where, ['kind', ...Object.keys(options)])
  const numbers = Object.entries(options).map(([name, usual]) => [
    name,
    given[name] === undefined ? usual : number(given[name], `${where} ${name}`),
  ])
  return { kind, ...Object.fromEntries(numbers) }
}

function parseEncoding(value: unknown): Encoding {
  const { kind } = fieldsOf(value, 'encoding', null)
  switch (oneOf(kind, ['inputs', 'octaves', 'fourier'] as const, 'encoding kind')) {
    case 'inputs': {
      const { features } = fieldsOf(value, 'encoding', ['kind', 'features'])
      if (!Array.isArray(features) || features.length === 0)
        throw new FormatError(`architecture encoding features: expected a list of ${FEATURES.join(', ')}`)
      const names = listed(features, 'encoding features')
      return { kind: 'inputs', features: names.map(name => oneOf(name, FEATURES, 'encoding features')) }
    }
    case 'octaves': {
      const { count, scale, keepsInputs, order } = fieldsOf(value, 'encoding', [
        'kind',
        'count',
        'scale',
        'keepsInputs',
        'order',
      ])
      return {
        kind: 'octaves',
        count: count === undefined || count === null ? null : octaveCount(count),
        scale: scale === undefined ? Math.PI : scaleOf(scale),
        keepsInputs: keepsInputs === undefined || keepsInputs === null ? null : flag(keepsInputs),
        order: order === undefined ? 'octave' : oneOf(order, OCTAVE_ORDERS, 'encoding order'),
      }
    }
    case 'fourier': {
      const fields = fieldsOf(value, 'encoding', ['kind', 'scale', 'order', 'count', 'deviation'])
      const { scale, order, count, deviation } = fields
      return {
        kind: 'fourier',
        scale: scale === undefined ? TAU : scaleOf(scale),
        order: order === undefined ? 'sin-cos' : oneOf(order, WAVE_ORDERS, 'encoding order'),
        ...(count === undefined ? {} : { count: wholeNumber(count, 'encoding count', 1, MAX_LISTED) }),
        ...(deviation === undefined ? {} : { deviation: positive(deviation, 'encoding deviation') }),
      }
    }
  }
}

function fieldsOf(value: unknown, where: string, allowed: readonly string[] | null): Record<string, unknown> {
  const what = `architecture${where ? ` ${where}` : ''}`
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(`${what}: expected a JSON object`)
  // What is not understood may change the picture.
  const unknown = allowed && Object.keys(value).find(key => !allowed.includes(key))
  if (unknown !== null && unknown !== undefined)
    throw new FormatError(`${what}: ${printableName(unknown)} is not known, expected ${allowed?.join(', ')}`)
  return value as Record<string, unknown>
}

export function listed(values: readonly unknown[], where: string): readonly unknown[] {
  if (values.length > MAX_LISTED) throw new FormatError(`architecture ${where}: expected at most ${MAX_LISTED}`)
  return values
}

function oneOf<T extends string>(value: unknown, choices: readonly T[], where: string): T {
  const found = choices.find(choice => choice === value)
  if (found === undefined) throw new FormatError(`architecture ${where}: expected ${choices.join(', ')}`)
  return found
}

function number(value: unknown, where: string): number {
  if (typeof value !== 'number' || !(Math.abs(value) <= MAX_NUMBER))
    throw new FormatError(`architecture ${where}: expected a number up to ${MAX_NUMBER}`)
  return value
}

function positive(value: unknown, where: string): number {
  if (!(number(value, where) > 0)) throw new FormatError(`architecture ${where}: expected a number above 0`)
  return value as number
}

/** A number, or pi and 2pi by name. */
function scaleOf(value: unknown): number {
  return value === 'pi' ? Math.PI : value === '2pi' ? TAU : positive(value, 'encoding scale')
}

function octaveCount(value: unknown): number {
  return wholeNumber(value, 'encoding count', 1, MAX_OCTAVES)
}

/** @throws FormatError naming the field */
export function wholeNumber(value: unknown, where: string, low: number, high: number): number {
  const isOne = typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
  if (!isOne) throw new FormatError(`architecture ${where}: expected a whole number from ${low} to ${high}`)
  return value
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new FormatError('architecture encoding keepsInputs: expected true or false')
  return value
}

/** A wiring as short as it can be spelled: its name where it has one, else JSON. */
export function wiringLabel(wiring: Wiring): string {
  const text = JSON.stringify(wiringJson(wiring))
  return WIRING_NAMES.find(name => JSON.stringify(wiringJson(wiringNamed(name) as Wiring)) === text) ?? text
}
