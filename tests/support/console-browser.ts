import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { CHROMIUM, CHROMIUM_ARGS } from './chromium.ts'

/** Somebody at the console: a browser of their own, and what went wrong in it. */
export type Sitting = {
  readonly context: BrowserContext
  readonly page: Page
  /** What the browser complained of: errors, warnings, and requests to anybody else. */
  readonly troubles: string[]
}

type Show = (url: string, path: string, key: string) => Promise<void>

/** The console in Chromium. */
export class ConsoleBrowser {
  static readonly isHere = existsSync(CHROMIUM)
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async launch(): Promise<ConsoleBrowser> {
    return new ConsoleBrowser(await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS }))
  }

  /** Opens a page as whoever has this key or token. */
  async sit(url: string, path: string, key: string, options: BrowserContextOptions = {}): Promise<Sitting> {
    const { show, ...sitting } = await this.open(options)
    await show(url, path, key)
    return sitting
  }

  /** A browser of one's own before it is shown anything. */
  async open(options: BrowserContextOptions = {}): Promise<Sitting & { readonly show: Show }> {
    const context = await this.#browser.newContext(options)
    const page = await context.newPage()
    const troubles: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text())
    })
    page.on('pageerror', (error) => troubles.push(error.message))
    const show: Show = async (url, path, key) => {
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith('blob:'))
          troubles.push(`it asked ${request.url()}`)
      })
      await page.goto(`${url}${path}#key=${encodeURIComponent(key)}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    return { context, page, troubles, show }
  }

  async close(): Promise<void> {
    await this.#browser.close()
  }
}

/** What axe finds, in the light and in the dark, and whether the page is wider than a phone. */
export async function faultsOf(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        found.push(`${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  }
  const before = page.viewportSize()
  await page.setViewportSize({ width: 360, height: 740 })
  const width = await page.evaluate('document.documentElement.scrollWidth')
  if (width !== 360) found.push(`on a screen of 360 it is ${String(width)} wide`)
  if (before) await page.setViewportSize(before)
  return found
}

/** A picture of what is seen, where one is wanted: `PLIMSOLL_PICTURES=docs/images npm run test:browser`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['PLIMSOLL_PICTURES']
  if (folder === undefined) return
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 860 })
  await page.evaluate('scrollTo(0, 0)')
  await page.screenshot({ path: join(folder, `console-${name}.png`) })
}
