// What a training is called: by its image's file.

/** A file's name without its ending. */
export function nameOfImage(file: string): string {
  return file.replace(/\.[a-z]+$/i, '') || 'flag'
}
