// The question what becomes of a training when another image comes: nobody loses minutes by a drop.

import { html, render } from 'lit-html'
import { printableName } from '../../model/printable.js'
import { decibels, qualityWord } from '../figures.js'
import type { Training } from './training.js'
import './ask.css'

/** `next`: the other image waits; `keep`: the net is kept as it is now, and `discard`: is not, and the other image takes its place. */
export type Answer = 'next' | 'keep' | 'discard' | 'cancel'

/** Asks, and resolves with the answer. Escape cancels. @param name of the image that came */
export async function askWhatBecomes(training: Training, name: string): Promise<Answer> {
  const dialog = document.createElement('dialog')
  dialog.className = 'ask'
  dialog.setAttribute('aria-labelledby', 'ask-title')
  const { progress, psnr, image, status } = training
  const share = progress ? Math.floor((100 * progress.done) / Math.max(1, progress.total)) : 0
  const how = [`${share} %`, ...(psnr === null ? [] : [`${decibels(psnr, 0)}, ${qualityWord(psnr)}`])].join(', ')
  const mine = printableName(image.baseName)
  const isRunning = status.kind === 'running' || status.kind === 'preparing'
  const choice = (answer: Answer, text: string, why: string) =>
    html`<button type="submit" value=${answer}><b>${text}</b><span>${why}</span></button>`
  render(
    html`<form method="dialog">
      <h2 id="ask-title">${mine} is still ${isRunning ? 'being trained' : 'unfinished'} (${how})</h2>
      <p>What becomes of it, now that ${printableName(name)} is to be trained?</p>
      ${isRunning ? choice('next', 'Train the new one next', `${mine} goes on until it is finished`) : ''}
      ${choice('keep', `Keep ${mine} as it is`, 'it hangs on the wall; the new one is trained now')}
      ${choice('discard', `Discard ${mine}`, 'what it has learned is lost')}
      ${choice('cancel', 'Cancel', 'all stays as it is')}
    </form>`,
    dialog,
  )
  document.body.append(dialog)
  dialog.showModal()
  await new Promise(resolve => dialog.addEventListener('close', resolve, { once: true }))
  dialog.remove()
  return (dialog.returnValue || 'cancel') as Answer
}
