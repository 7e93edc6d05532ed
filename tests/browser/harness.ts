// The page of the GPU tests: src/gpu without the explorer. Tests call window.harness through the browser's protocol.

import * as twgl from 'twgl.js'
import geluSource from '../../shaders/gelu.glsl?raw'
import { createContext } from '../../src/gpu/context.js'
import { countLiveObjects } from '../../src/gpu/live-objects.js'
import { measureParity, type ParityReport } from '../../src/gpu/parity.js'
import { createScreenProgram } from '../../src/gpu/program.js'
import { readLevels, readRawOutputs, readTapValues } from '../../src/gpu/read-back.js'
import { VERSION_AND_PRECISION } from '../../src/gpu/shader-header.js'
import { SOFTWARE_VARIANT, variantOf } from '../../src/gpu/shader-variant.js'
import { Target } from '../../src/gpu/target.js'
import { TileMaker } from '../../src/gpu/tile-maker.js'
import type { DivergingTone } from '../../src/model/diverging.js'
import { foldNetwork } from '../../src/model/fold.js'
import type { Frame } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import type { SampleCount } from '../../src/model/samples.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { Tap } from '../../src/model/tap.js'
import type { View } from '../../src/model/view.js'
import { type CoherentDifference, coherentLosses, compareCoherent } from './coherent.js'

/** A picture wanted of a file. */
export interface HarnessPicture {
  readonly file: readonly number[]
  readonly frame: Frame
  readonly view: View
  readonly width: number
  readonly height: number
}

/** A unit wanted of a picture's network. */
export interface HarnessUnit {
  readonly tap: Tap
  readonly tone: DivergingTone
  readonly samples: SampleCount
}

export interface HarnessUnits {
  readonly before: number[]
  readonly units: { values: number[]; levels: number[] }[]
  after: number[]
}

const gl = createContext(document.createElement('canvas'))
const liveObjects = countLiveObjects(gl)

let variant = SOFTWARE_VARIANT

const networkOf = (file: readonly number[]) => createNetwork(StateDict.parse(Uint8Array.from(file)))

const harness = {
  /** Draws all that follows as the variant of a key does. */
  use(key: string): void {
    const wanted = variantOf(key)
    if (!wanted) throw new Error(`no variant ${key}`)
    variant = wanted
  },

  /** Raw head outputs by variants of the shader that take over from each other in one maker of tiles, the second net changed in between. */
  async takeovers(
    files: readonly (readonly number[])[],
    picture: Omit<HarnessPicture, 'file'>,
    keys: readonly string[],
  ): Promise<{ key: string; isAsWanted: boolean; raw: number[] }[]> {
    const tileMaker = new TileMaker(gl)
    const networks: number[] = []
    for (const file of files) networks.push(await tileMaker.addNetwork(foldNetwork(networkOf(file))))
    const results: { key: string; isAsWanted: boolean; raw: number[] }[] = []
    for (const key of keys) {
      await tileMaker.useVariant(variantOf(key) ?? SOFTWARE_VARIANT)
      for (const network of networks) {
        const raw = [...(await readRawOutputs(tileMaker, { network, ...picture }))]
        results.push({ key, isAsWanted: tileMaker.isAsWanted(network), raw })
      }
      // There and back: what is uploaded is a part of a block, or of a row.
      const folded = foldNetwork(networkOf(files[1]))
      const { bias } = folded.layers[folded.layers.length - 1]
      bias[0] += 1
      tileMaker.updateNetwork(networks[1], folded)
      const raw = [...(await readRawOutputs(tileMaker, { network: networks[1], ...picture }))]
      results.push({ key: `${key}, red + 1`, isAsWanted: true, raw })
      tileMaker.updateNetwork(networks[1], foldNetwork(networkOf(files[1])))
    }
    tileMaker.dispose()
    return results
  },

  /** shaders/gelu.glsl at float32 arguments, bit-exact. */
  async gelu(arguments32: readonly number[]): Promise<number[]> {
    const source = `${VERSION_AND_PRECISION}
uniform highp sampler2D uArguments;
out highp uvec4 bits;
${geluSource}
void main() {
  bits = floatBitsToUint(gelu(texelFetch(uArguments, ivec2(gl_FragCoord.xy), 0)));
}
`
    const program = await createScreenProgram(gl, source)
    const width = Math.ceil(arguments32.length / 4)
    const values = new Float32Array(width * 4)
    values.set(arguments32)
    const texture = twgl.createTexture(gl, {
      internalFormat: gl.RGBA32F,
      width,
      height: 1,
      src: values,
      minMag: gl.NEAREST,
      auto: false,
    })
    const target = new Target(gl, width, 1, 'rgba32ui')
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
    gl.viewport(0, 0, width, 1)
    gl.useProgram(program.program)
    twgl.setUniforms(program, { uArguments: texture })
    gl.drawArrays(gl.TRIANGLES, 0, 3)
    const words = new Uint32Array(width * 4)
    gl.readPixels(0, 0, width, 1, gl.RGBA_INTEGER, gl.UNSIGNED_INT, words)
    target.dispose()
    gl.deleteTexture(texture)
    gl.deleteProgram(program.program)
    return [...new Float32Array(words.buffer).subarray(0, arguments32.length)]
  },

  /** Raw head outputs of a picture, [height * width, 3]. */
  async rawOutputs({ file, ...picture }: HarnessPicture): Promise<number[]> {
    const tileMaker = new TileMaker(gl, variant)
    const network = await tileMaker.addNetwork(foldNetwork(networkOf(file)))
    const raw = await readRawOutputs(tileMaker, { network, ...picture })
    tileMaker.dispose()
    return [...raw]
  },

  /** Raw head outputs at single points: pictures of one pixel whose centre is the point. */
  async rawAtPoints(file: readonly number[], frame: Frame, points: readonly [number, number][]): Promise<number[][]> {
    const tileMaker = new TileMaker(gl, variant)
    const network = await tileMaker.addNetwork(foldNetwork(networkOf(file)))
    const results: number[][] = []
    for (const [x, y] of points) {
      const picture = { network, frame, view: { x, y, zoom: 1 }, width: 1, height: 1 }
      results.push([...(await readRawOutputs(tileMaker, picture))])
    }
    tileMaker.dispose()
    return results
  },

  /** Displayed levels of a picture, [height * width, 4]. */
  async levels({ file, ...picture }: HarnessPicture, samples: SampleCount): Promise<number[]> {
    const tileMaker = new TileMaker(gl, variant)
    const network = await tileMaker.addNetwork(foldNetwork(networkOf(file)))
    const levels = await readLevels(tileMaker, { network, ...picture }, samples)
    tileMaker.dispose()
    return [...levels]
  },

  /** Raw values [height * width] and levels [height * width, 4] of units of one network, and its head before and after. */
  async units({ file, ...picture }: HarnessPicture, units: readonly HarnessUnit[]): Promise<HarnessUnits> {
    const tileMaker = new TileMaker(gl, variant)
    const network = await tileMaker.addNetwork(foldNetwork(networkOf(file)))
    const head = async () => [...(await readRawOutputs(tileMaker, { network, ...picture }))]
    const results: HarnessUnits = { before: await head(), units: [], after: [] }
    for (const { samples, ...unit } of units) {
      const spec = { network, ...picture, ...unit }
      const values = [...(await readTapValues(tileMaker, spec))]
      results.units.push({ values, levels: [...(await readLevels(tileMaker, spec, samples))] })
    }
    results.after = await head()
    tileMaker.dispose()
    return results
  },

  /** A coherent picture of a network, or of a unit, against the exact one. */
  async coherent(
    { file, ...picture }: HarnessPicture,
    tolerance: number,
    unit?: Omit<HarnessUnit, 'samples'>,
  ): Promise<CoherentDifference> {
    const tileMaker = new TileMaker(gl, variant)
    const network = await tileMaker.addNetwork(foldNetwork(networkOf(file)))
    const difference = await compareCoherent(tileMaker, { network, ...picture, ...unit }, tolerance)
    tileMaker.dispose()
    return difference
  },

  /** What becomes of coherent pictures when the context goes in the middle of them. */
  losses({ file, ...picture }: HarnessPicture, tolerance: number): Promise<{ losses: number; changed: number }> {
    const build = async () => {
      const tileMaker = new TileMaker(gl, variant)
      const network = await tileMaker.addNetwork(foldNetwork(networkOf(file)))
      return { tileMaker, spec: { network, ...picture } }
    }
    return coherentLosses(gl, build, tolerance)
  },

  /** Draws the first of many networks held at once, after others were added and some removed again. */
  async crowd(file: readonly number[], picture: Omit<HarnessPicture, 'file'>, count: number): Promise<number[][]> {
    const tileMaker = new TileMaker(gl, variant)
    const network = networkOf(file)
    // Each net is told from the others by the bias of its head.
    const shifted = (shift: number) => {
      const folded = foldNetwork(network)
      folded.layers.at(-1)?.bias.forEach((value, i, bias) => {
        bias[i] = value + shift
      })
      return folded
    }
    const handles: number[] = []
    for (let i = 0; i < count; i++) handles.push(await tileMaker.addNetwork(shifted(i)))
    for (let i = 1; i < count - 1; i += 2) tileMaker.removeNetwork(handles[i])
    for (let i = 1; i < count - 1; i += 2) handles[i] = await tileMaker.addNetwork(shifted(i))
    const results: number[][] = []
    for (const handle of [handles[0], handles[1], handles[Math.floor(count / 2)], handles[count - 1]])
      results.push([...(await readRawOutputs(tileMaker, { network: handle, ...picture }))])
    tileMaker.dispose()
    return results
  },

  async parity(file: readonly number[], frame: Frame, size: { width: number; height: number }): Promise<ParityReport> {
    const tileMaker = new TileMaker(gl, variant)
    const report = await measureParity(tileMaker, networkOf(file), frame, size)
    tileMaker.dispose()
    tileMaker.dispose()
    return report
  },

  /** As parity, of many nets one after the other through one maker of tiles. */
  async parities(
    nets: readonly { readonly base64: string; readonly frame: Frame }[],
    size: { width: number; height: number },
  ): Promise<ParityReport[]> {
    const tileMaker = new TileMaker(gl, variant)
    const reports: ParityReport[] = []
    for (const { base64, frame } of nets) {
      const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
      reports.push(await measureParity(tileMaker, createNetwork(StateDict.parse(bytes)), frame, size))
    }
    tileMaker.dispose()
    return reports
  },

  /** GPU objects alive, and the GL error since the last call. */
  async leftovers(): Promise<{ liveObjects: number; error: number }> {
    await new Promise(resolve => setTimeout(resolve, 0))
    return { liveObjects: liveObjects(), error: gl.getError() }
  },
}

export type Harness = typeof harness

declare global {
  interface Window {
    harness: Harness
  }
}

window.harness = harness
