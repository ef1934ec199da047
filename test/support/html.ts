// A strict reader of HTML for tests: every element must be closed by its own end tag, in order; no page of ours needs
// the forgiveness of a browser.

export type Element = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: (Element | string)[]
}

const VOID = new Set(['meta', 'link', 'input', 'br', 'hr', 'img'])
const RAW = new Set(['script', 'style'])
const TAG = /^<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*(\/?)>/
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

/** @throws for a tag that is not closed, an end without a beginning, and a `<` or `&` that is not escaped */
export function parseHtml(page: string): Element {
  let rest = page.replace(/^<!doctype html>\s*/, '')
  const root: Element = { name: '#root', attributes: {}, children: [] }
  const open = [root]
  while (rest.length > 0) {
    const current = open.at(-1)!
    if (RAW.has(current.name)) {
      const end = rest.search(new RegExp(`</${current.name}[\\s>/]`, 'i'))
      if (end === -1) throw new Error(`<${current.name}> is not closed`)
      current.children.push(rest.slice(0, end))
      rest = rest.slice(end)
    }
    const tag = TAG.exec(rest)
    if (!tag) {
      const next = rest.indexOf('<', rest.startsWith('<') ? 1 : 0)
      const text = next === -1 ? rest : rest.slice(0, next)
      if (text.startsWith('<')) throw new Error(`a "<" is not escaped: ${text.slice(0, 60)}`)
      open.at(-1)!.children.push(unescaped(text))
      rest = rest.slice(text.length)
      continue
    }
    const [whole, slash, name, attributes, selfClosing] = tag
    rest = rest.slice(whole.length)
    if (slash) {
      const closed = open.pop()!
      if (closed.name !== name) throw new Error(`</${name}> closes <${closed.name}>`)
      continue
    }
    const element: Element = { name: name!, attributes: attributesIn(attributes!), children: [] }
    open.at(-1)!.children.push(element)
    const isVoid =
      VOID.has(name!) || (selfClosing === '/' && open.some((one) => one.name === 'svg'))
    if (!isVoid) open.push(element)
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)!.name}> is not closed`)
  return root
}

function attributesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [
      name!,
      unescaped(value ?? ''),
    ]),
  )
}

function unescaped(text: string): string {
  return text.replaceAll(/&[^;\s]*;?/g, (entity) => {
    const character = ENTITIES[entity]
    if (character === undefined) throw new Error(`"${entity}" is not an entity that we write`)
    return character
  })
}

/** All elements below one, itself included, in document order. */
export function elementsOf(element: Element): Element[] {
  return [
    element,
    ...element.children.flatMap((child) => (typeof child === 'string' ? [] : elementsOf(child))),
  ]
}

export function byId(root: Element, id: string): Element {
  const found = elementsOf(root).filter(({ attributes }) => attributes['id'] === id)
  if (found.length !== 1) throw new Error(`${found.length} elements have the id ${id}`)
  return found[0]!
}

export function named(root: Element, name: string): Element[] {
  return elementsOf(root).filter((element) => element.name === name)
}

/** Its text, spaces as one. */
export function textOf(element: Element): string {
  const raw = (one: Element): string =>
    one.children.map((child) => (typeof child === 'string' ? child : ` ${raw(child)} `)).join('')
  return raw(element).replaceAll(/\s+/g, ' ').trim()
}
