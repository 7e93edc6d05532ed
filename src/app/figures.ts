// Numbers as people read them.

/** A zoom: 0.42x, 1.00x, 37.5x, 1,204x, 1.25 million x. */
export function zoomText(zoom: number): string {
  if (zoom >= 1e9) return `${significant(zoom / 1e9)} billion×`
  if (zoom >= 1e6) return `${significant(zoom / 1e6)} million×`
  if (zoom >= 1000) return `${Math.round(zoom).toLocaleString('en')}×`
  return `${significant(zoom)}×`
}

/** A coordinate with as many digits as a step of `step` plane units a pixel shows, and no more than float64 has. */
export function coordinateText(value: number, step: number): string {
  const digits = Math.min(15, Math.max(2, Math.ceil(-Math.log10(Math.abs(step)))))
  return withoutMinusZero(value.toFixed(digits))
}

/** A coordinate by itself, short; what rounding left of a zero is zero. */
export function pointText(value: number): string {
  return valueText(Math.abs(value) < 1e-12 ? 0 : value)
}

function withoutMinusZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text
}

/** #rrggbb of three 8-bit levels. */
export function hexText(rgb: readonly number[]): string {
  return `#${rgb.map(level => level.toString(16).padStart(2, '0')).join('')}`
}

/** How near a picture with this PSNR is to another one, in words: 20 dB is rough, 30 good. @param other what it is held against */
export function qualityWords(psnr: number, other = 'the flag'): string {
  if (psnr >= 40) return `hardly to be told from ${other}`
  if (psnr >= 34) return 'very good'
  if (psnr >= 28) return 'good'
  return psnr >= 22 ? 'fair' : 'rough'
}

/** As {@link qualityWords} where there is room for a word or two. */
export function qualityWord(psnr: number): string {
  return Number.isFinite(psnr) ? qualityWords(psnr).replace(/^hardly.*/, 'nearly exact') : ''
}

/** A PSNR by itself: `24.1 dB`. */
export function decibels(psnr: number, digits = 1): string {
  if (Number.isNaN(psnr)) return 'no number'
  return psnr === Number.POSITIVE_INFINITY ? 'exact' : `${psnr.toFixed(digits)} dB`
}

/** A PSNR and what it means: `24.1 dB, fair`. @param other as of {@link qualityWords} */
export function decibelText(psnr: number, other?: string): string {
  return Number.isFinite(psnr) ? `${decibels(psnr)}, ${qualityWords(psnr, other)}` : decibels(psnr)
}

/** `1 network`, `3 networks`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`
}

/** A value of a tensor, short. */
export function valueText(value: number | null): string {
  return value === null ? '–' : Number(value.toPrecision(3)).toString()
}

export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`
}

export function millisecondsText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
