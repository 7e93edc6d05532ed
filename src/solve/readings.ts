// From matches to readings: which flag, over which frame, how sure, and why.

import type { Frame } from '../model/frame.js'
import type { CataloguePicture } from './catalogue.js'
import { isSamePicture, type Match, psnrOf } from './match.js'
import { likelyBoxes, toleranceOf } from './snap.js'
import type { Reading } from './solution.js'
import { frameOf, ORIENTATIONS } from './square.js'
import type { Box } from './statistics.js'

/** A box, and how badly it explains what the batch norms remember; null where there are none. */
export interface ExplainedBox {
  readonly box: Box
  readonly divergence: number | null
}

/** Measures how badly a box explains what the batch norms remember; null where there are none. */
export type Explain = (box: Box) => number | null

/** What a box has to satisfy that is to stand for the measured one. */
export interface Evidence {
  readonly explain: Explain
  /** Whether the flag fits as well. */
  readonly fits: (box: Box) => boolean
}

// Flags of territories that are their country's own: of equals the country is named first.
const TERRITORIES = new Set('bl bv cp gf gp hm mf mq pm re sj um wf yt gb-nir gg je'.split(' '))

// A match of this PSNR, dB, is as likely as not; nets of 24 dB are told from all others, which reach 20 dB at most, or 26 dB where
// flags differ in a shade only.
const EVEN_PSNR = 20.5
const PSNR_SLOPE = 0.8
/** A fifth of an even match is farther off than this, levels. */
const EVEN_DIFFERENCE = 22
const DIFFERENCE_SLOPE = 3
/** Spread of measured proportions, logarithmic. */
const ASPECT_SPREAD = 0.02

/** How sure a match is on its own. @param difference typical difference in levels, see typicalDifference */
export function certaintyOf(match: Match, difference: number): number {
  const byPsnr = 1 / (1 + Math.exp((EVEN_PSNR - psnrOf(match)) / PSNR_SLOPE))
  const byColour = 1 / (1 + Math.exp((difference - EVEN_DIFFERENCE) / DIFFERENCE_SLOPE))
  return Math.min(0.99, byPsnr * byColour)
}

/**
 * Readings of a box that shows a flag: the flag that is matched best, in the commonest orientation that draws the same
 * picture, then the others that do, then what else comes near.
 * @param matches the best first
 * @param certainty of the first match
 */
export function flagReadings(
  found: ExplainedBox,
  evidence: Evidence,
  matches: readonly Match[],
  certainty: number,
): Reading[] {
  const [best] = matches
  const same = matches.filter(match => match.meanSquare <= 2 * best.meanSquare + 1e-4 && isSamePicture(match, best))
  const rank = (match: Match) => ORIENTATIONS.indexOf(match.orientation)
  const simplest = Math.min(...same.map(rank))
  const upright = same.filter(match => rank(match) === simplest)
  const proportions = aspectOfBox(found.box, upright[0])
  const weights = upright.map(({ picture }) => weightOf(picture, proportions))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const named = upright.map((match, i) => ({ match, share: weights[i] / total })).sort((a, b) => b.share - a.share)
  const others = distinctOthers(matches, same)
  const reasonOf = (match: Match) =>
    `${explanation(found.divergence)}what it draws there is the flag of ${match.picture.name} at ${psnrOf(match).toFixed(1)} dB` +
    (others.length > 0
      ? `; the next other picture is ${others[0].picture.name} at ${psnrOf(others[0]).toFixed(1)} dB`
      : '')
  const reading = (match: Match, confidence: number, flagConfidence: number, reason: string): Reading => ({
    frame: frameOfMatch(found, evidence, match, proportions),
    flag: { code: match.picture.code, name: match.picture.name, confidence: rounded(flagConfidence) },
    confidence: rounded(confidence),
    reason,
  })
  const names = named.map(({ match }) => match.picture.name)
  return [
    ...named.map(({ match, share }, i) =>
      reading(
        match,
        certainty,
        certainty * share,
        reasonOf(match) + (names.length > 1 && i === 0 ? `; the same picture: ${names.slice(1, 6).join(', ')}` : ''),
      ),
    ),
    ...same
      .filter(match => !upright.includes(match))
      .slice(0, 3)
      .map(match => reading(match, certainty, certainty / same.length, 'the same picture in another orientation')),
    ...others.slice(0, 4).map(match => reading(match, 0.01, 0.01, `at ${psnrOf(match).toFixed(1)} dB another picture`)),
  ]
}

/** One of each flag that is not the picture found. */
function distinctOthers(matches: readonly Match[], same: readonly Match[]): Match[] {
  const codes = new Set(same.map(({ picture }) => picture.code))
  const others: Match[] = []
  for (const match of matches) {
    if (codes.has(match.picture.code)) continue
    codes.add(match.picture.code)
    others.push(match)
  }
  return others
}

/** How likely a flag is among equal ones. */
function weightOf({ code, aspect }: CataloguePicture, proportions: number | null): number {
  const byAspect =
    proportions === null ? 1 : Math.exp(-0.5 * (Math.log(aspect / proportions) / ASPECT_SPREAD) ** 2) + 1e-3
  return byAspect * (TERRITORIES.has(code) ? 0.05 : 1)
}

/** The proportions that a box keeps; null for a square, which keeps none. */
export function aspectOfBox(box: Box, match: Pick<Match, 'orientation'>): number | null {
  const [first, second] = [box[1] - box[0], box[3] - box[2]]
  const ratio = match.orientation.order === 'xy' ? first / second : second / first
  return Math.abs(Math.log(ratio)) > 0.025 && ratio > 0.2 && ratio < 5 ? ratio : null
}

// Beyond this ranges and flag contradict each other: the ranges mean something else, or the flag was stretched.
const ASPECT_AGREES = 0.03
const PIXELS = 24

function frameOfMatch(found: ExplainedBox, evidence: Evidence, match: Match, proportions: number | null): Frame {
  const { aspect } = match.picture
  const box = settledBox(found, evidence, [aspect])
  const settled = aspectOfBox(box, match)
  const isAgreeing = settled !== null && Math.abs(Math.log(settled / aspect)) < ASPECT_AGREES
  const isCounting = box[1] - box[0] > PIXELS && box[3] - box[2] > PIXELS
  // Pixels, or one side of 1 or 2 and another that is not: the ranges keep the raster's proportions.
  const sides = [box[1] - box[0], box[3] - box[2]]
  const isScaled = sides.filter(side => Math.abs(side - 1) < 1e-6 || Math.abs(side - 2) < 1e-6).length === 1
  const isKept = proportions !== null && settled !== null && (isAgreeing || isCounting || isScaled)
  return frameOf(box, match.orientation, match.output, isKept ? settled : aspect)
}

// A likely range may explain what is remembered somewhat worse than the measured one, which was fitted to its noise.
const WORSE = 4
const WORSE_BY = 2e-4

/** The likeliest of the ranges that explain the statistics as well as the measured ones. */
export function settledBox(
  { box, divergence }: ExplainedBox,
  { explain, fits }: Evidence,
  aspects: readonly number[],
): Box {
  if (divergence === null) return box
  const likely = likelyBoxes(box, aspects, toleranceOf(divergence))
  const isExplaining = (candidate: Box) => (explain(candidate) ?? 0) <= WORSE * divergence + WORSE_BY && fits(candidate)
  return likely.find(isExplaining) ?? box
}

/** Beginning of a reason. */
export function explanation(divergence: number | null): string {
  return divergence === null
    ? ''
    : `the batch norms remember what they are fed with over these ranges (divergence ${divergence.toExponential(1)}), and `
}

export function rounded(confidence: number): number {
  return Math.round(confidence * 1000) / 1000
}
