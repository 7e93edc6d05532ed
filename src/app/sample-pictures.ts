// Pictures that the page has with it, to be trained by whoever has none at hand.

export const SAMPLE_PICTURES = [
  { url: 'samples/sunset.svg', name: 'A sunset' },
  { url: 'samples/leaf.svg', name: 'A leaf' },
  { url: 'samples/letter.svg', name: 'A letter' },
] as const

/** The file of one of them. @throws what fetching it throws */
export async function samplePicture(url: string): Promise<File> {
  const name = url.split('/').at(-1) as string
  const response = await fetch(new URL(url, document.baseURI))
  if (!response.ok) throw new Error(`${name}: the server answers ${response.status}`)
  return new File([await response.blob()], name)
}
