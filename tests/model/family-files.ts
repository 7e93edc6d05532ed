// Nine kinds of coordinate networks as PyTorch saved them, without a word of what they are, with what they draw: see
// tests/oracle/families. What stands between their layers is in their classes, and written down here as vexel is told it.

import { decode } from 'fast-png'
import { readFileSync } from 'node:fs'
import type { Frame } from '../../src/model/frame.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { parseWiringText } from '../../src/model/wiring.js'

/** How each family is called, and what `--architecture` says of it. */
export const FAMILIES = {
  siren: 'siren',
  'sequential-gelu': 'gelu',
  'gelu-tanh': 'gelu-tanh',
  'positional-relu': 'positional-relu',
  'fourier-relu': '{"encoding": {"kind": "fourier", "scale": "2pi"}, "activation": "relu", "output": "sigmoid"}',
  'tanh-radius': 'tanh-radius',
  'norm-before-relu': 'relu',
  'sum-of-subnets': '{"activation": "gelu", "join": "sum"}',
  'grey-silu': 'silu',
} as const
export type FamilyName = keyof typeof FAMILIES
export const FAMILY_NAMES = Object.keys(FAMILIES) as FamilyName[]

export interface FamilyExpected {
  readonly width: number
  readonly height: number
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  /** What its own training reached. */
  readonly psnr_db: number
  /** How far PyTorch's own float32 is from its float64. */
  readonly float32_vs_float64_max_abs: number
  /** [96, 2] */
  readonly points: readonly (readonly [number, number])[]
  /** [96, 1 or 3] */
  readonly outputs_float64: readonly (readonly number[])[]
}

export function familyPath(file: string): URL {
  return new URL(`../oracle/families/${file}`, import.meta.url)
}

export function familyBytes(name: FamilyName): Uint8Array {
  return new Uint8Array(readFileSync(familyPath(`${name}.safetensors`)))
}

export function familyExpected(name: FamilyName): FamilyExpected {
  return JSON.parse(readFileSync(familyPath(`${name}.expected.json`), 'utf8')) as FamilyExpected
}

export function familyNetwork(name: FamilyName): Network {
  return createNetwork(StateDict.parse(familyBytes(name)), parseWiringText(FAMILIES[name]))
}

/** The frame of a family's picture. */
export function familyFrame(name: FamilyName): Frame {
  const { x, y, width, height } = familyExpected(name)
  return { x, y, order: 'xy', aspect: width / height, output: 'rgb01', channels: 'rgb' }
}

/** What PyTorch drew: [height * width, 3] levels; of a grey one each value thrice. */
export function familyPicture(name: FamilyName): { width: number; height: number; levels: Uint8Array } {
  const { width, height, channels, data } = decode(readFileSync(familyPath(`${name}.expected.png`)))
  const levels = new Uint8Array(width * height * 3)
  for (let i = 0; i < levels.length; i++)
    levels[i] = data[channels * Math.floor(i / 3) + Math.min(i % 3, channels < 3 ? 0 : 2)]
  return { width, height, levels }
}
