// What `--data` takes: a file or directory, alone or with the symbol that it is of.

export type DataArgument = { readonly path: string; readonly symbol: string | null }

export function parseDataArgument(text: string): DataArgument {
  const [, symbol, path] = /^([A-Za-z0-9_.-]{1,64})=(.+)$/.exec(text) ?? []
  return path === undefined ? { path: text, symbol: null } : { path, symbol: symbol! }
}
