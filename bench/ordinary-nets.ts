// Nets of ordinary pictures, and of nothing: what bench/ordinary.ts tries the solver on. They are trained shortly, by the trainer of vexel
// and by the loop of the test set (tests/solve/made-with), and kept in node_modules/.cache of this folder: some ten minutes the first time.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MYSTERY_NET } from '../src/model/architecture.js'
import { foldNetwork } from '../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../src/model/frame.js'
import { createNetwork, type Network } from '../src/model/network.js'
import { StateDict } from '../src/model/state-dict.js'
import { loadImage } from '../src/cli/image/image.js'
import { measureQuality } from '../src/train/quality.js'
import { networkFromTensors } from '../src/train/inference.js'
import { networkTensors } from '../src/train/network-tensors.js'
import { DEFAULT_RECIPE, lengthOfSteps } from '../src/train/recipe.js'
import { rememberPicture } from '../src/train/remember.js'
import type { RgbImage } from '../src/train/rgb-image.js'
import { plainTarget } from '../src/train/target.js'
import { LocalTeam } from '../src/train/team.js'
import { Trainer } from '../src/train/trainer.js'
import { CONVENTIONS, type Convention } from '../tests/solve/made-with/conventions.js'
import { draw } from '../tests/solve/made-with/drawings.js'
import { shuffled } from '../tests/solve/shuffled.js'
import { trainOn } from '../tests/solve/made-with/train.js'
import { type OrdinaryPicture, ordinaryPictures } from './ordinary-pictures.js'

/** A net, and what is true of it. */
export interface OrdinaryNet {
  readonly name: string
  /** What is in it: a kind of picture, or why there is none. */
  readonly kind: string
  /** Whether a threshold of the solver may have been chosen on it. */
  readonly isHeldOut: boolean
  readonly isPicture: boolean
  readonly output: Frame['output']
  readonly frame: Frame
  /** How well it draws its picture, dB. */
  readonly psnr: number
  readonly network: Network
}

type Truth = Omit<OrdinaryNet, 'network'>

const CACHE = 'bench/node_modules/.cache/ordinary'
/** Of 512 pixels. A tenth of the nets has five times as many: what is no error goes on wandering. */
const STEPS = 1200
const BATCH = 512
const FOREIGN_STEPS = 900

/** @param photographs a folder of images, each of which is trained, too; held out */
export async function* ordinaryNets(photographs: string | null): AsyncGenerator<OrdinaryNet> {
  mkdirSync(CACHE, { recursive: true })
  const pictures = ordinaryPictures(`${CACHE}/drawings`)
  for (const [i, { name, kind, draw: drawn }] of pictures.entries())
    yield await kept({ name, kind, isHeldOut: i % 2 === 1 }, async () =>
      trainHere(await drawn(), i % 20 < 2 ? 5 * STEPS : STEPS),
    )
  for (const file of photographs === null ? [] : readdirSync(photographs).toSorted())
    if (/\.(png|jpg)$/.test(file))
      yield await kept({ name: `file ${file}`, kind: 'file', isHeldOut: true }, async () =>
        trainHere((await loadImage(join(photographs ?? '', file), { width: 160 })).image, STEPS),
      )
  yield* foreignNets(pictures)
  yield* netsOfNothing(pictures)
}

const OUTPUTS: Readonly<Record<Frame['output'], string>> = {
  rgb01: 'colours, squared errors',
  rgb11: 'colours -1 to 1',
  rgb255: 'colours 0 to 255',
  logit: 'logits',
}

/** Every seventh picture under each convention of the outputs, ranges of inputs in turns; those held out are others. */
async function* foreignNets(pictures: readonly OrdinaryPicture[]): AsyncGenerator<OrdinaryNet> {
  for (const [o, output] of (Object.keys(OUTPUTS) as Frame['output'][]).entries())
    for (let i = 0, index = o; index < pictures.length; i++, index += 7) {
      const style = ['plus-minus-one', 'unit', 'pixel-index'][i % 3]
      const convention = CONVENTIONS.find(({ name }) => name === style) as Convention
      const isHeldOut = i % 2 === 1
      const { name, draw: drawn } = pictures[(index + (isHeldOut ? 3 : 0)) % pictures.length]
      yield await kept({ name: `${name}, ${output}`, kind: OUTPUTS[output], isHeldOut }, async () =>
        trainOn(
          await drawn(),
          {
            steps: FOREIGN_STEPS,
            batch: BATCH,
            seed: 40 + index,
            optimizer: i % 4 === 3 ? 'adam' : 'muon',
            rate: i % 5 === 4 ? 'constant' : 'falling',
            firstLayer: i % 4 === 2 ? 'pytorch' : 3,
          },
          { ...convention, output },
        ),
      )
    }
}

async function* netsOfNothing(pictures: readonly OrdinaryPicture[]): AsyncGenerator<OrdinaryNet> {
  const centred = CONVENTIONS[0]
  for (const [i, width] of [60, 100, 120, 200, 240, 300].entries()) {
    const noise = draw('noise', width, 70 + i) as RgbImage
    const about = { kind: 'noise', isHeldOut: i % 2 === 1 }
    yield await nothing(`noise ${width}`, about, async () => trainHere(noise, STEPS))
    const output = (['rgb01', 'logit', 'rgb11'] as const)[i >> 1]
    yield await nothing(`noise ${width}, ${output}`, about, async () =>
      trainOn(
        noise,
        { steps: FOREIGN_STEPS, batch: BATCH, seed: i, optimizer: 'muon', rate: 'falling', firstLayer: 3 },
        { ...centred, output },
      ),
    )
  }
  // Statistics over the picture, as somebody may have taken them, and no training to speak of.
  for (const [i, steps] of [0, 0, 1, 1, 2, 2, 4, 4].entries()) {
    const about = { kind: 'hardly trained', isHeldOut: i % 2 === 1 }
    yield await nothing(`${steps} steps, ${i}`, about, async () =>
      trainOn(
        await pictures[10 + 7 * i].draw(),
        {
          steps,
          batch: BATCH,
          seed: i,
          optimizer: i % 4 < 2 ? 'muon' : 'adam',
          rate: 'falling',
          firstLayer: i % 3 === 0 ? 'pytorch' : 3,
        },
        centred,
      ),
    )
  }
  for (const [i, { name, draw: drawn }] of pictures.entries())
    if (i % 8 === 3) {
      const role = i % 16 === 3 ? 'weight' : 'runningMean'
      const net = await kept({ name, kind: 'shuffled', isHeldOut: i % 3 === 1 }, async () =>
        trainHere(await drawn(), STEPS),
      )
      yield { ...net, name: `${name}, its ${role} shuffled`, isPicture: false, network: shuffled(net.network, role, i) }
    }
}

async function nothing(
  name: string,
  about: Pick<Truth, 'kind' | 'isHeldOut'>,
  train: () => Promise<Trained>,
): Promise<OrdinaryNet> {
  return { ...(await kept({ name, ...about }, train)), isPicture: false }
}

interface Trained {
  readonly bytes: Uint8Array
  readonly frame: Frame
  readonly psnr: number
}

/** A net from the cache, trained where it is not there. */
async function kept(
  about: Pick<Truth, 'name' | 'kind' | 'isHeldOut'>,
  train: () => Promise<Trained>,
): Promise<OrdinaryNet> {
  const path = join(CACHE, about.name.replaceAll(/\W+/g, '-'))
  if (!existsSync(`${path}.json`)) {
    const startMs = performance.now()
    const { bytes, frame, psnr } = await train()
    writeFileSync(`${path}.safetensors`, bytes)
    writeFileSync(`${path}.json`, JSON.stringify({ frame, psnr }))
    process.stderr.write(
      `${about.name}: ${psnr.toFixed(1)} dB, ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`,
    )
  }
  const { frame, psnr } = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Pick<Truth, 'frame' | 'psnr'>
  const network = createNetwork(StateDict.parse(readFileSync(`${path}.safetensors`)))
  return { ...about, isPicture: true, output: frame.output, frame, psnr, network }
}

/** Trains as `vexel train` does, with one thread. */
async function trainHere(image: RgbImage, steps: number): Promise<Trained> {
  const target = plainTarget(image)
  const recipe = { ...DEFAULT_RECIPE, batch: BATCH }
  const settings = {
    recipe,
    seed: 1,
    threads: 1,
    targetPsnr: null,
    frames: 0,
    ...lengthOfSteps(recipe, steps),
  }
  const startTeam = async (...begun: ConstructorParameters<typeof LocalTeam>) => new LocalTeam(...begun)
  const trainer = await Trainer.start(MYSTERY_NET, settings, target, startTeam)
  while (!trainer.progress.isDone) await trainer.advance(Number.POSITIVE_INFINITY)
  const tensors = rememberPicture(MYSTERY_NET, await trainer.tensors(), image)
  const frame = { ...DEFAULT_FRAME, aspect: image.width / image.height }
  const { psnr } = measureQuality(foldNetwork(networkFromTensors(MYSTERY_NET, tensors)), frame, target)
  const bytes = StateDict.create(networkTensors(MYSTERY_NET, tensors, steps), new Map()).serialize()
  return { bytes, frame, psnr: Number.isFinite(psnr) ? psnr : 99 }
}
