// A picture of a few letters or an emoji, in the letters that the machine has, on a clear ground.

/** Pixels of the letters' height: as fine as a training looks. */
const LETTER_PX = 420
const PADDING = 0.16
const MOST_PX = 1280
/** Further letters are left out: they would be a few pixels each. */
const MOST_LETTERS = 24

/** @param text of at least one letter that is seen */
export async function textPicture(text: string): Promise<File> {
  const letters = [...new Intl.Segmenter().segment(text.trim())].slice(0, MOST_LETTERS).map(({ segment }) => segment)
  const shown = letters.join('')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d') as CanvasRenderingContext2D
  const measure = (sizePx: number) => {
    context.font = `bold ${sizePx}px system-ui, sans-serif`
    const box = context.measureText(shown)
    const { actualBoundingBoxLeft: left, actualBoundingBoxAscent: up } = box
    const width = left + box.actualBoundingBoxRight
    return { left, up, width, height: up + box.actualBoundingBoxDescent }
  }
  const whole = measure(LETTER_PX)
  const sizePx = LETTER_PX * Math.min(1, MOST_PX / (whole.width + 2 * PADDING * LETTER_PX))
  const { left, up, width, height } = measure(sizePx)
  const padding = PADDING * sizePx
  canvas.width = Math.max(1, Math.ceil(width + 2 * padding))
  canvas.height = Math.max(1, Math.ceil(height + 2 * padding))
  context.font = `bold ${sizePx}px system-ui, sans-serif`
  context.fillText(shown, padding + left, padding + up)
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve))
  if (!blob) throw new Error('the text could not be drawn')
  return new File([blob], `${fileName(shown)}.png`, { type: 'image/png' })
}

/** What a file of these letters may be called anywhere. */
export function fileName(text: string): string {
  return text.replace(/[\\/:*?"<>|.\p{C}]/gu, '').trim() || 'text'
}
