// The mystery solver: over which inputs a network was trained, what its outputs mean, and which flag it is. Batch norm's
// statistics give the ranges (search.ts); the picture over them, matched against the flags that are known, gives the
// outputs' convention, the order and the flips (match.ts). Metadata is not looked at.

import { FormatError } from '../model/errors.js'
import { foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import type { Catalogue } from './catalogue.js'
import { divergenceOf, rememberedStatistics } from './divergence.js'
import { isNoise, likenessOf } from './likeness.js'
import { isSamePicture, type Match, matchFlags, psnrOf, typicalDifference } from './match.js'
import { likelyOutputs, outputRange, plausibleOutputs } from './outputs.js'
import {
  aspectOfBox,
  certaintyOf,
  type Explain,
  type ExplainedBox,
  explanation,
  flagReadings,
  rounded,
  settledBox,
} from './readings.js'
import { isFitting, meanSquareOver, register, spreadOf } from './register.js'
import { searchBoxes } from './search.js'
import type { Reading, Solution } from './solution.js'
import {
  COMPARED_SAMPLES,
  createSquareDrawer,
  frameOf,
  type Orientation,
  ORIENTATIONS,
  type RawSquare,
} from './square.js'
import { type Box, type Effort, effortFor, StatisticsProbe } from './statistics.js'

// Beyond this no frame explains the statistics: right ones have 1e-5 to 1e-3 on nets whose training came to rest and 1e-2 where it
// did not; the best of the wrong ones seen had 0.13.
const MOST_DIVERGENCE = 0.03
/** A flag is named from here on. */
const NAMED = 0.5
const MATCHES = 64
/** Points along an edge of the square by which a picture is told from noise. */
const SQUARE_SIZE = 96

/** Frames that are tried where statistics say nothing. */
const USUAL_BOXES: readonly Box[] = [
  [-1, 1, -1, 1],
  [0, 1, 0, 1],
  [-0.5, 0.5, -0.5, 0.5],
]

/**
 * Solves a network: some seconds of one core.
 * @param catalogue of known flags; null when it is not at hand: then no flag is named
 */
export function solve(network: Network, catalogue: Catalogue | null): Solution {
  try {
    foldNetwork(network)
  } catch (error) {
    if (error instanceof FormatError) return refusal(`it draws nothing: ${error.message}`)
    throw error
  }
  if (isUntouched(network))
    return refusal(
      'no training to speak of has touched it: every batch norm still multiplies by 1 and adds 0, or as good as that',
    )
  const effort = effortFor(network)
  if (!effort) return refusal('it is too large to be solved here: over forty times the work of a MysteryNet')
  const explain = explainer(network, effort)
  const boxes: ExplainedBox[] = searchBoxes(network)
  const explained = boxes.filter(({ divergence }) => (divergence ?? 0) <= MOST_DIVERGENCE)
  const isBlind = explained.length === 0
  const tried = isBlind ? USUAL_BOXES.map((box): ExplainedBox => ({ box, divergence: null })) : explained
  const readings = catalogue ? tried.flatMap(found => recognise(network, found, explain, catalogue)) : []
  if (readings.length > 0) return solutionOf(readings)
  if (isBlind) {
    return refusal(whyBlind(network, boxes))
  }
  return readUnknown(network, explained[0], explain, catalogue !== null)
}

/** Why neither statistics nor the usual frames say anything. */
function whyBlind({ layers }: Network, [best]: readonly ExplainedBox[]): string {
  if (!layers.some(({ kind }) => kind === 'batchNorm'))
    return 'there is no batch norm that remembers anything, and over the usual frames it draws no flag that is known'
  if (!best) return 'over no range of inputs do its layers give finite numbers that could be compared'
  return `over no range of inputs do the batch norms get what they remember (the least divergence is ${best.divergence?.toPrecision(2)}; a right frame has less than ${MOST_DIVERGENCE})`
}

// Adam moves every number by its rate a step, 0.001 to 0.005 as a rule; the least that any short training did to the one that moved most was 0.06.
const UNTOUCHED = 0.02

/** Whether all batch norms are as they were made, or as good as that: an optimizer moves them with its first step. */
function isUntouched({ layers }: Network): boolean {
  const norms = layers.flatMap(layer => (layer.kind === 'batchNorm' ? [layer] : []))
  return (
    norms.length > 0 &&
    norms.every(
      ({ weight, bias }) =>
        weight.every(gamma => Math.abs(gamma - 1) <= UNTOUCHED) && bias.every(beta => Math.abs(beta) <= UNTOUCHED),
    )
  )
}

function explainer(network: Network, { final }: Effort): Explain {
  const remembered = rememberedStatistics(network)
  if (remembered.length === 0) return () => null
  const probe = new StatisticsProbe(network, remembered.length)
  return box => divergenceOf(probe.measure(box, final), remembered)
}

/** Readings of a box that shows a flag that is known; none where it does not. */
function recognise(network: Network, found: ExplainedBox, explain: Explain, catalogue: Catalogue): Reading[] {
  const box = registeredBox(network, found, catalogue)
  const { raw, matches } = matchesOver(network, box, catalogue)
  const [best] = matches
  if (!best) return []
  const certainty = certaintyOf(best, typicalDifference(raw, best))
  if (!(certainty >= NAMED) || likenessOf(raw, best.output).contrast < LEAST_NAMED_CONTRAST) return []
  const fits = (other: Box) => isFitting(meanSquareOver(network, other, best, catalogue.size), best.meanSquare)
  return flagReadings({ ...found, box }, { explain, fits }, matches, certainty)
}

/** A measured box, moved to where the flag that it shows fits. A box that was not measured but guessed stays as people write it. */
function registeredBox(network: Network, { box, divergence }: ExplainedBox, catalogue: Catalogue): Box {
  if (divergence === null) return box
  const { matches } = matchesOver(network, box, catalogue)
  return contenders(matches)
    .map(match => register(network, box, match, catalogue.size, spreadOf(divergence)))
    .reduce((a, b) => (b.meanSquare < a.meanSquare ? b : a), { box, meanSquare: Number.POSITIVE_INFINITY }).box
}

function matchesOver(network: Network, box: Box, catalogue: Catalogue): { raw: RawSquare; matches: Match[] } {
  const raw = createSquareDrawer(network, catalogue.size, COMPARED_SAMPLES)(box)
  if (!raw.values.every(Number.isFinite)) return { raw, matches: [] }
  return { raw, matches: matchFlags(raw, plausibleOutputs(outputRange(raw)), catalogue, MATCHES) }
}

const CONTENDERS = 3
/** Registering brings a match this much, dB, at most as a rule: what is farther behind stays behind. */
const CONTENDING = 5

/** The best matches that are of different pictures. */
function contenders(matches: readonly Match[]): Match[] {
  const kept: Match[] = []
  for (const match of matches) {
    if (kept.length === CONTENDERS || psnrOf(match) < psnrOf(matches[0]) - CONTENDING) break
    if (kept.every(other => !isSamePicture(match, other))) kept.push(match)
  }
  return kept
}

/** Below this everything is one colour, and resembles what is pale. */
const LEAST_NAMED_CONTRAST = 0.06

/** Candidates for a picture that is not known: the ranges are, the orientation is not, and what the outputs mean is likely at best. */
function readUnknown(network: Network, found: ExplainedBox, explain: Explain, hasCatalogue: boolean): Solution {
  const raw = createSquareDrawer(network, SQUARE_SIZE, 1)(found.box)
  const outputs = likelyOutputs(raw)
  if (isNoise(raw, outputs[0]))
    return refusal(
      'the batch norms remember a range of inputs, but what is drawn there is no picture: it is as restless as noise',
    )
  const box = settledBox(found, { explain, fits: () => true }, [])
  // Pictures are wide more often than high: a box that keeps proportions says which input is x.
  const isFirstLonger = box[1] - box[0] > box[3] - box[2]
  const proportions = aspectOfBox(box, { orientation: ORIENTATIONS[0] })
  const likelyOrder = proportions === null || isFirstLonger ? 'xy' : 'yx'
  const orientations = ORIENTATIONS.filter(({ channels }) => channels === 'rgb').sort(
    (a, b) => Number(b.order === likelyOrder) - Number(a.order === likelyOrder),
  )
  const why = hasCatalogue ? 'it is no flag that is known' : 'the flags that are known are not at hand'
  const reading = (orientation: Orientation, output: Frame['output'], confidence: number, unsaid: string): Reading => ({
    frame: frameOf(box, orientation, output, aspectOfBox(box, { orientation })),
    flag: null,
    confidence: rounded(confidence),
    reason: `${explanation(found.divergence)}${why}: ${unsaid}`,
  })
  return solutionOf([
    ...orientations.map((orientation, i) =>
      reading(
        orientation,
        outputs[0],
        i === 0 ? 0.3 : i < 4 ? 0.1 : 0.05,
        'which way it is turned, and whether blue comes first, nothing tells',
      ),
    ),
    ...outputs.slice(1).map(output => reading(orientations[0], output, 0.04, 'the outputs may mean something else')),
  ])
}

function solutionOf(candidates: readonly Reading[]): Solution {
  const ranked = candidates.toSorted((a, b) => b.confidence - a.confidence)
  return { ...ranked[0], candidates: ranked }
}

function refusal(reason: string): Solution {
  return { frame: null, flag: null, confidence: 0, reason, candidates: [] }
}
