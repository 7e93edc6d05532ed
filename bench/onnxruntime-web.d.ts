// The part of onnxruntime-web that the bench uses. Declared here because the package is installed only for the bench:
// `npm run types` must do without it.

declare module 'onnxruntime-web' {
  export const env: { readonly wasm: { numThreads?: number } }

  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[])
    readonly data: Float32Array
  }

  export class InferenceSession {
    static create(model: Uint8Array, options: { executionProviders: readonly string[] }): Promise<InferenceSession>
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>
    release(): Promise<void>
  }
}
