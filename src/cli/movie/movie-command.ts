// `vexel movie` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { addFrameOptions } from '../options/frame-options.js'
import { DEFAULT_MAX_THREADS, FAST_DESCRIPTION } from '../drawing/drawing-team.js'
import { DEFAULT_FPS, DEFAULT_SECONDS } from './movie-defaults.js'
import type { Terminal } from '../terminal.js'

export const movieCommand = (terminal: Terminal) =>
  addFrameOptions(new Command('movie'))
    .description('draw the film of a training: a GIF, a WebM or MP4, numbered PNGs, or one PNG of all its pictures')
    .argument('<film>', 'a .film.safetensors file, as train --frames writes it')
    .requiredOption('-o, --out <file>', 'what to write: .gif, .webm, .mp4, or .png for OUT-0001.png, OUT-0002.png, ...')
    .option('--size <WxH>', 'in pixels')
    .option('--width <pixels>', 'default 640, or what the height and the aspect give; of a strip, of each picture: 160')
    .option('--height <pixels>', 'default: what the width and the aspect give')
    .option('--seconds <seconds>', 'length', String(DEFAULT_SECONDS))
    .option('--fps <rate>', 'frames a second', String(DEFAULT_FPS))
    .option('--hold <seconds>', 'how long of that the last snapshot stays, default: a fifth, at most one second')
    .option('--bounce', 'run to and fro, so that it repeats without a jump')
    .option('--loop <times>', 'how often a GIF is played, 0: without end (default)')
    .option('--strip [count]', 'one PNG of so many pictures side by side, default: one a snapshot')
    .option('--columns <count>', 'pictures in a row of the strip, default: rows of at most 12')
    .option('--center <X,Y>', 'plane point in the middle of the picture, default the middle of the frame')
    .option('--zoom <factor>', '1 is the whole frame', '1')
    .option('--samples <count>', 'samples a pixel: 1, 4, 8, 16', '4')
    .option('--fast', FAST_DESCRIPTION)
    .option('--threads <count>', `how many draw, default: the cores there are, at most ${DEFAULT_MAX_THREADS}`)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Time runs evenly in log(1 + step); between two snapshots the weights go in a straight line. A movie has round(seconds * fps)
frames. Video is encoded by the browser that parity uses too (VEXEL_BROWSER), at even sizes: MP4 as H.264 where that browser
can, else as VP9 or AV1.`,
    )
    .action(async (film, options, command) => {
      const { runMovie } = await import('./movie.js')
      // What was not said does not contradict a strip.
      const said = (name: 'seconds' | 'fps') =>
        command.getOptionValueSource(name) === 'default' ? undefined : options[name]
      await runMovie(film, { ...options, seconds: said('seconds'), fps: said('fps') }, terminal)
    })
