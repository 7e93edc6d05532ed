// `vexel gallery` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { SEEN_SAMPLES } from '../../train/target.js'
import { DEFAULT_DETAIL } from '../../train/target-size.js'
import type { Terminal } from '../terminal.js'

export const galleryCommand = (terminal: Terminal) =>
  new Command('gallery')
    .description('train a folder of images into a wall of flag networks')
    .argument('[source]', 'a folder of images: SVG, PNG, JPEG, WebP, AVIF, GIF')
    .requiredOption('-o, --out <folder>', 'where the networks and their manifest flags.json go')
    .option('--width <pixels>', 'at which pictures are measured; the height follows from the proportions', '320')
    .option('--detail <pixels>', 'of the longer edge of what is trained on', String(DEFAULT_DETAIL))
    .option('--background <colour>', 'under transparent parts: #rgb or #rrggbb', '#ffffff')
    .option(
      '--names <file>',
      'what images are called, by code, as JSON: {"MY": "Malaysia"}; default: countries.json beside them',
    )
    .option('--plan <file>', 'the rounds, as JSON; see below')
    .option('--only <codes>', 'no others, with commas between: my,jp (the names of the images without their ending)')
    .option('--first <codes>', 'those before the others')
    .option('--films <codes>', 'keep the snapshots of these trainings, too: CODE.film.safetensors')
    .option('--frames <count>', 'snapshots a film', '32')
    .option('--shard <i/n>', 'only the I-th of N parts of the work, I from 1')
    .option('--threads <count>', 'flags that are trained at once, default: the cores there are')
    .option('--checkpoint-every <seconds>', 'how often a run under way is kept', '10')
    .option('--merge', 'only join the manifests of shards whose files lie in OUT, into flags.json')
    .option('--pictures', 'only draw the images small for `vexel solve`: pictures.png and pictures.json in OUT')
    .option('--json', 'print a JSON line a round, and one at the end')
    .addHelpText(
      'after',
      `
Every flag gets the first round; those below a round's "below" (dB) get it next, with a seed of its own, and the best net is
kept. A plan: {"rounds": [{"steps": 6000}, {"steps": 24000, "below": 42, "recipe": {"batch": 4096}, "seed": 7}]}.
A round may name an "architecture", as vexel train --architecture takes it: a name, or JSON.
"below" and the best are by psnr: in dB, the picture at --width with ${SEEN_SAMPLES} samples a pixel against what the image is there, each
pixel the mean of what it covers. psnrDetail: one sample at the centre of each pixel that was trained on (an SVG has as many
as --detail says, other images at most their own). A net is kept in float16 where that costs at most 0.2 dB of both.
Stop it whenever you like, by Ctrl-C or by pulling the plug: the same call goes on, and the files are the same in the end.`,
    )
    .action(async (source, options) => await (await import('./gallery.js')).runGallery(source, options, terminal))
