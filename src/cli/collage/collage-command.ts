// `vexel collage` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { addFrameOptions } from '../options/frame-options.js'
import { DEFAULT_MAX_THREADS, FAST_DESCRIPTION } from '../drawing/drawing-team.js'
import type { Terminal } from '../terminal.js'

const DEFAULT_WIDTH = '1920'
/** The page's ground: white flags and black ones stand out from it alike. */
const DEFAULT_BACKGROUND = '#14161a'

export const collageCommand = (terminal: Terminal) =>
  addFrameOptions(new Command('collage'))
    .description('draw many flags into one PNG: rows in true proportions, as wide as each other')
    .argument(
      '<files...>',
      '.safetensors files, manifests (flags.json), or folders: of one its flags.json, else all its .safetensors files',
    )
    .requiredOption('-o, --out <png>', 'the PNG to write, - for stdout')
    .option('--width <pixels>', 'of the whole picture; its height follows', DEFAULT_WIDTH)
    .option('--columns <count>', 'a grid of equal cells with so many columns, instead of rows that fill the width')
    .option('--labels', 'names beneath the flags: those of the manifest, else of the files')
    .option('--gap <pixels>', 'between flags and around them all, default: a twelfth of their height')
    .option('--background <colour>', '#rrggbb, #rgb, black, white, grey', DEFAULT_BACKGROUND)
    .option('--center <X,Y>', 'plane point in the middle of every flag, default the middle of its frame')
    .option('--zoom <factor>', 'of every flag; 1 is the whole frame', '1')
    .option('--samples <count>', 'samples a pixel: 1, 4, 8, 16', '4')
    .option('--fast', FAST_DESCRIPTION)
    .option('--threads <count>', `how many draw, default: the cores there are, at most ${DEFAULT_MAX_THREADS}`)
    .option(
      '--skip-broken',
      'leave out files that cannot be read, with a line on stderr; without this the first one ends it',
    )
    .action(async (files, options, command) => {
      const { runCollage } = await import('./collage.js')
      await runCollage(
        files,
        { ...options, areSamplesSaid: command.getOptionValueSource('samples') !== 'default' },
        terminal,
      )
    })
