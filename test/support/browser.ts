// Pages in a real browser. It is no part of the project: Debian's will do (apt-get install chromium).

import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'

export const BROWSER = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))
if (BROWSER === undefined)
  process.stderr.write('!! No Chromium: the pages of reports are not opened in a browser.\n')

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER!, args: ['--no-sandbox'] })
}

/** The page of a file, and all that it has told or asked for: errors, messages, requests. */
export async function openPage(
  browser: Browser,
  path: string,
  colorScheme: 'light' | 'dark',
  width = 1200,
): Promise<{ page: Page; told: string[] }> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
  const told: string[] = []
  const url = pathToFileURL(path).href
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  page.on('request', (request) => {
    if (request.url() !== url && !/^(data|blob):/.test(request.url())) told.push(request.url())
  })
  await page.goto(url)
  return { page, told }
}

/** Whether anything is painted on each canvas. */
export function painted(page: Page): Promise<boolean[]> {
  return page.$$eval('canvas', (canvases: any[]) =>
    canvases.map((canvas) =>
      canvas
        .getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value: number) => value > 0),
    ),
  )
}
