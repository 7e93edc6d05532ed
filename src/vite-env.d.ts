/// <reference types="vite/client" />

/** An AssemblyScript module compiled to WebAssembly, base64 (vite-assemblyscript.ts). */
declare module '*?assemblyscript' {
  const base64: string
  export default base64
}

declare module '*?assemblyscript-relaxed' {
  const base64: string
  export default base64
}
