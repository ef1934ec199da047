// Text of shell scripts in templates.

/** A template in which \${ stands for the ${ of the shell, and every other backslash for itself. */
export function shell(text: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw(text, ...values).replaceAll('\\${', '${')
}

/** One word for bash, zsh and fish alike, of text without backslashes. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
