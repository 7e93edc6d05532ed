// The frame options, the same on every command that draws or compares.

import type { Command } from '@commander-js/extra-typings'
import {
  CHANNELS,
  type Frame,
  ORDERS,
  OUTPUTS,
  parseAspect,
  parseChoice,
  parseFrame,
  parseRange,
} from '../../model/frame.js'
import type { StateDict } from '../../model/state-dict.js'
import { readFrame } from '../../model/summary.js'
import { optionValue } from '../failure.js'
import { ARCHITECTURE_FLAG, ARCHITECTURE_HELP, type ArchitectureText } from './architecture-option.js'
import type { Terminal } from '../terminal.js'

/** Texts of the frame options as commander collects them. */
export type FrameOptionTexts = {
  readonly x?: string
  readonly y?: string
  readonly order?: string
  readonly aspect?: string
  readonly output?: string
  readonly channels?: string
} & ArchitectureText

/** Adds --x --y --order --aspect --output --channels, and --architecture, to a command. */
export function addFrameOptions(command: Command) {
  return command
    .option('--x <left,right>', 'plane x at the left and right edge')
    .option('--y <top,bottom>', 'plane y at the top and bottom edge')
    .option('--order <order>', `which input is first: ${ORDERS.join(', ')}`)
    .option('--aspect <w:h>', 'width : height, or auto')
    .option('--output <output>', `what the outputs are: ${OUTPUTS.join(', ')}`)
    .option('--channels <channels>', `their order: ${CHANNELS.join(', ')}`)
    .option(ARCHITECTURE_FLAG, ARCHITECTURE_HELP)
}

/**
 * The frame to draw with: what the options say, over what the file says, over the default. A broken frame in the file is
 * a note on stderr.
 * @param tell says that note
 * @param path of the file, for that note where there are many files
 * @throws UsageError naming the option
 */
export function resolveFrame(
  stateDict: StateDict,
  texts: FrameOptionTexts,
  tell: Terminal['tell'],
  path?: string,
): Frame {
  const { frame, warnings } = readFrame(stateDict)
  for (const warning of warnings) tell(path === undefined ? warning : `${path}: ${warning}`)
  const fields: { -readonly [K in keyof Frame]?: Frame[K] } = {}
  const { x, y, order, aspect, output, channels } = texts
  if (x !== undefined) fields.x = optionValue('--x', x, text => parseRange(text, 'x'))
  if (y !== undefined) fields.y = optionValue('--y', y, text => parseRange(text, 'y'))
  if (order !== undefined) fields.order = optionValue('--order', order, text => parseChoice(text, ORDERS, 'order'))
  if (aspect !== undefined) fields.aspect = optionValue('--aspect', aspect, parseAspect)
  if (output !== undefined)
    fields.output = optionValue('--output', output, text => parseChoice(text, OUTPUTS, 'output'))
  if (channels !== undefined)
    fields.channels = optionValue('--channels', channels, text => parseChoice(text, CHANNELS, 'channels'))
  return parseFrame({ ...frame, ...fields })
}

/** Says on stderr that an unknown aspect was taken for 3:2, where it decided the picture's size. */
export function noteUnknownAspect(
  frame: Frame,
  { width, height }: { readonly width?: number; readonly height?: number },
  tell: Terminal['tell'],
): void {
  if (frame.aspect === null && (width === undefined || height === undefined))
    tell('the aspect is unknown: drawn as 3:2 (say --aspect, or both --width and --height)')
}
