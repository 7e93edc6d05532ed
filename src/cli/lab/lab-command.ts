// `vexel lab` as commander knows it; what it does is loaded when it is called.

import { Command } from '@commander-js/extra-typings'
import { LEAST_PAIRS, LEAST_SEEDS } from '../../train/lab/comparison.js'
import { TOLERANCE } from '../../train/lab/fit-widths.js'
import type { Terminal } from '../terminal.js'

export const labCommand = (terminal: Terminal) =>
  new Command('lab')
    .description('train several kinds of nets on the same flags, and say which is better')
    .argument('<plan>', 'a JSON file; see below')
    .requiredOption('-o, --out <folder>', 'where the nets, the tables lab.json and lab.csv and the page lab.html go')
    .option('--list', 'only tell which nets are trained, how large they are, and how many runs there are')
    .option('--merge', 'only make the tables and the page of what lies in OUT')
    .option('--shard <i/n>', 'only the I-th of N parts of the work, I from 1')
    .option('--threads <count>', 'runs at once, default: the cores there are')
    .option('--checkpoint-every <seconds>', 'how often a run under way is kept', '10')
    .option('--json', 'print a JSON line a run, and one at the end')
    .addHelpText(
      'after',
      `
A plan: {"images": "flags", "flags": ["my", "us"], "seeds": [1, 2, 3, 4, 5], "pixels": 12000000, "parameters": 6675,
"recipes": {"blurred": {"stages": [{"share": 0.25, "blur": 3}, {"share": 0.75}]}}, "variants": [{"name": "clean", "recipe": "direct"},
{"name": "blur", "recipe": "blurred"}, {"name": "relu", "architecture": {"activation": "relu", "widths": [1, 2, 1]}}], "questions": [{"claim":
"blur helps", "variants": ["blur"], "base": "clean"}]}. Paths are relative to the plan; "names" is a file of what flags are called, an
architecture what vexel train --architecture takes. With "parameters" the widths of every architecture are proportions:
they are made larger or smaller until it has as many learnable numbers, within ${TOLERANCE * 100} %.
Every variant is trained on every flag with every seed: all of them with the first seed, then with the next. A claim is judged by a two-sided
sign test over the pairs of equal flag and seed, from ${LEAST_PAIRS} pairs on; on one flag from ${LEAST_SEEDS} seeds on. Equal parameters: at the end
of the runs. Equal time: when the faster of two has seen all its pixels, by both curves; times less than a tenth apart are equal.
Stop it whenever you like, by Ctrl-C or by pulling the plug: the same call goes on. Parts that were made elsewhere are joined by copying their
folders into one, and --merge.`,
    )
    .action(async (plan, options) => await (await import('./lab.js')).runLab(plan, options, terminal))
