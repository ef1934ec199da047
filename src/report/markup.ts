// HTML as text. `html` escapes whatever stands in a `${}` unless it is markup already, so that a name or a path that
// somebody else has chosen can never become an element, an attribute or a script.

export type Markup = { readonly markup: string }

type Piece = Markup | string | number | null | false | readonly Piece[]

/** `null` and `false` are nothing, a list is its pieces one after the other. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return {
    markup: strings
      .map((text, i) => withoutIndent(text) + (i < pieces.length ? textOf(pieces[i]!) : ''))
      .join(''),
  }
}

/** Of the template, not of what is put into it: a page has thousands of cells. */
function withoutIndent(text: string): string {
  return text.replaceAll(/\n\s*/g, '\n')
}

function textOf(piece: Piece): string {
  if (piece === null || piece === false) return ''
  if (typeof piece === 'string' || typeof piece === 'number') return escapeHtml(String(piece))
  if ('markup' in piece) return piece.markup
  return piece.map(textOf).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const UNSEEN = /[\p{Cc}\p{Bidi_Control}]/gu

/** Control and bidirectional characters are shown, not obeyed; lines and tabs stay. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
    .replaceAll(UNSEEN, (character) =>
      character === '\n' || character === '\t'
        ? character
        : `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
    )
}

/** JSON for a `<script type="application/json">`: no text in it can end the element or begin a comment. */
export function scriptJson(value: unknown): Markup {
  return { markup: JSON.stringify(value).replaceAll('<', String.raw`\u003c`) }
}
