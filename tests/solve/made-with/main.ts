// node tests/solve/made-with/run.js [NAME...] trains the nets of the test set, or those named;
// node tests/solve/made-with/run.js --random COUNT SEED FOLDER others, drawn at random. Finished nets are not trained again.

import { access, mkdir, writeFile } from 'node:fs/promises'
import { type Convention, CONVENTIONS } from './conventions.js'
import { type Plan, PLANS } from './plan.js'
import { randomPlans } from './random-plans.js'
import { train } from './train.js'

const args = process.argv.slice(2)
if (args[0] === '--random') {
  const [, count, seed, folder] = args
  for (const { plan, convention } of randomPlans(Number(count), Number(seed))) await keep(folder, plan, convention)
} else {
  for (const plan of PLANS) {
    const convention = CONVENTIONS.find(({ name }) => name === plan.convention)
    if (!convention) throw new Error(`${plan.convention}: no such convention`)
    if (args.length === 0 || args.includes(plan.name)) await keep('tests/solve/nets', plan, convention)
  }
}

async function keep(folder: string, plan: Plan, convention: Convention): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = `${folder}/${plan.name}.safetensors`
  if (await exists(path)) return
  const start = performance.now()
  const { bytes, frame, psnr } = await train(plan, convention)
  await writeFile(path, bytes)
  await writeFile(`${folder}/${plan.name}.json`, `${JSON.stringify({ ...plan, frame, psnr })}\n`)
  process.stdout.write(`${plan.name}: ${psnr} dB, ${((performance.now() - start) / 1000).toFixed(0)} s\n`)
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
