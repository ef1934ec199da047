// The part of the WebAssembly interface that we use; TypeScript declares it only for browsers.

declare namespace WebAssembly {
  interface Memory {
    readonly buffer: SharedArrayBuffer
    grow(pages: number): number
  }
  const Memory: new (limits: { initial: number; maximum: number; shared: true }) => Memory
  const Module: {
    new (bytes: Uint8Array): Module
    customSections(module: Module, name: string): ArrayBuffer[]
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>
  }
  const Instance: new (
    module: Module,
    imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>,
  ) => Instance
}
