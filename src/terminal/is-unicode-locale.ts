/** Whether the terminal draws more than ASCII. */
export function isUnicodeLocale(): boolean {
  return /utf-?8/i.test(
    process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '',
  )
}
