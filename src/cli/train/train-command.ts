// `vexel train` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { RECIPES } from '../../train/recipe.js'
import { MAX_TARGET_EDGE } from '../../train/rgb-image.js'
import { SEEN_SAMPLES } from '../../train/target.js'
import { DEFAULT_DETAIL } from '../../train/target-size.js'
import { ARCHITECTURE_FLAG } from '../options/architecture-option.js'
import { TRAINED_ARCHITECTURE_HELP } from './train-architecture.js'
import { DEFAULT_SECONDS } from './train-options.js'
import type { Terminal } from '../terminal.js'

export const trainCommand = (terminal: Terminal) =>
  new Command('train')
    .description('train an image into a flag network')
    .argument('<image>', 'a PNG, JPEG, WebP, AVIF, GIF or SVG')
    .requiredOption('-o, --out <file>', 'the .safetensors file to write')
    .option('--width <pixels>', 'at which the picture is measured; the height follows from the proportions', '320')
    .option('--detail <pixels>', 'of the longer edge of what is trained on', String(DEFAULT_DETAIL))
    .option('--background <colour>', 'under transparent parts: #rgb or #rrggbb', '#ffffff')
    .option(ARCHITECTURE_FLAG, TRAINED_ARCHITECTURE_HELP)
    .option(
      '--like <file>',
      "a .safetensors file: names, widths and layers are that one's; --architecture then says what it does not",
    )
    .option('--recipe <name>', `${RECIPES.map(({ name }) => name).join(', ')}, or a JSON file`)
    .option('--optimizer <name>', 'adam, muon')
    .option('--rate <rate>', 'learning rate at the start; it falls linearly to 0')
    .option('--batch <pixels>', 'a step, all threads together')
    .option('--first-layer <length>', "of the first layer's weight vectors when drawn, or default: as PyTorch does")
    .option('--steps <count>', 'length of the run')
    .option(
      '--seconds <count>',
      `length of the run, turned into steps by a first measurement, default ${DEFAULT_SECONDS}`,
    )
    .option('--target-psnr <dB>', 'end early where this is reached')
    .option('--seed <number>', 'default 1')
    .option('--threads <count>', 'default: the cores there are')
    .option(
      '--arithmetic <name>',
      'strict: the same file on every machine; relaxed: faster where Node has relaxed SIMD (22 on), and the file says so; default strict',
    )
    .option('--frames <count>', 'keep so many snapshots, even in log time, in OUT with .film before its ending')
    .option('--checkpoint-every <seconds>', 'how often OUT.checkpoint is written', '10')
    .option('--resume', 'go on from OUT.checkpoint, if there is one')
    .option('--json', 'print a JSON line a second, and one at the end')
    .addHelpText(
      'after',
      `
An SVG is trained on as large as --detail says (1 to ${MAX_TARGET_EDGE}), an image of pixels at its own size up to that, and nothing at less
than --width. psnr: the picture at --width with ${SEEN_SAMPLES} samples a pixel against what the image is there, each pixel the mean of what it
covers; --target-psnr is about it. psnrDetail: one sample at the centre of each pixel that is trained on. Each thread takes some
40 bytes of memory a pixel of the detail.
Equal images, options, --steps and --threads give equal files. Ctrl-C leaves a checkpoint: --resume goes on exactly there.
An architecture's JSON is that of opening, {"encoding", "activation", "norm", "eps", "join", "output"}, and how large the net is to be:
{"widths": [hidden ones], or "depth" (4) and "parameters" (6675), "norms": true or [behind which hidden layers], "nets": sub-networks,
"trunk": [widths behind those that are joined by concat], "outputs": 1, 3 or 4}; an encoding of octaves or Fourier features has a
"count", the latter a "deviation", too. The file says it of itself, and opens as any other.
A recipe's JSON: {"stages": [{"name", "share", "blur", "noise"}], "optimizer", "rate", "adamRate", "batch", "order", "importance",
"whitening", "firstLayer", "starts", "loss"}; what is left out is that of direct.`,
    )
    .action(async (image, options) => await (await import('./train.js')).runTrain(image, options, terminal))
