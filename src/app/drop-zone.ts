// A file may be dropped anywhere on the page; nothing dropped may navigate away from it.

/** @param sign what is shown while files are over the page */
export function takeDrops(sign: HTMLElement, onFiles: (files: readonly File[]) => void): void {
  let depth = 0
  const showSign = (isShown: boolean) => sign.classList.toggle('shown', isShown)
  window.addEventListener('dragenter', event => {
    event.preventDefault()
    depth++
    showSign(true)
  })
  window.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1)
    if (depth === 0) showSign(false)
  })
  window.addEventListener('dragover', event => event.preventDefault())
  window.addEventListener('drop', event => {
    event.preventDefault()
    depth = 0
    showSign(false)
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length > 0) onFiles(files)
  })
}
