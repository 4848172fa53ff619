import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CentreProcess } from '../tests/support/centre-process.ts'
import { CHROMIUM, CHROMIUM_ARGS } from '../tests/support/chromium.ts'
import { type NatsServer, startCentral } from '../tests/support/nats-servers.ts'
import { startIssuer } from '../tests/support/oidc-issuer.ts'

/** Signing in at a provider of another site, in a real browser with its own mind about cookies. */

describe.skipIf(!existsSync(CHROMIUM))(
  `signing in at a provider, in Chromium (skipped where ${CHROMIUM} is missing)`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sign-in-'))
    let central: NatsServer
    let issuer: Awaited<ReturnType<typeof startIssuer>>
    let centre: CentreProcess
    let browser: Browser
    let context: BrowserContext
    let page: Page

    beforeAll(async () => {
      // Another site than 127.0.0.1, as a provider is.
      issuer = await startIssuer('localhost')
      central = await startCentral()
      centre = await CentreProcess.start({
        folder,
        nats: central.url,
        regions: [{ region: 'eu', apiUrl: 'http://127.0.0.1:9', apiKey: 'no-region-api-in-this-test' }],
        access: (publicUrl) => ({
          publicUrl,
          oidc: {
            issuer: issuer.url,
            clientId: issuer.clientId,
            clientSecret: issuer.clientSecret,
            label: 'Acme',
            grants: [{ claim: 'groups', value: 'ops', role: 'operator', regions: '*' }],
          },
        }),
      })
      browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS })
    })
    beforeEach(async () => {
      issuer.straighten()
      context = await browser.newContext()
      page = await context.newPage()
    })
    afterEach(() => context.close())
    afterAll(async () => {
      await browser?.close()
      await centre?.stop()
      await issuer?.stop()
      await central?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('one goes to the provider and comes back signed in, with a cookie that no script sees', async () => {
      issuer.twist.claims = { groups: ['ops'] }
      await page.goto(centre.url)
      const link = page.getByRole('link', { name: 'Sign in with Acme' })
      await link.waitFor()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
      await link.click()
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      expect(page.url().startsWith(centre.url)).toBe(true)
      expect(await page.evaluate('document.cookie')).toBe('')
      const cookies = await context.cookies()
      expect(cookies).toMatchObject([{ name: 'plimsoll-session', httpOnly: true, sameSite: 'Strict' }])
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('Key').waitFor()
      expect(await context.cookies()).toEqual([])
    })

    test('who has no role there is told so in words, and nothing of it stays in the address', async () => {
      issuer.twist.claims = { groups: ['strangers'] }
      await page.goto(centre.url)
      await page.getByRole('link', { name: 'Sign in with Acme' }).click()
      await page.getByRole('alert').filter({ hasText: 'have no role at this centre' }).waitFor()
      expect(page.url()).toBe(`${centre.url}/`)
    })

    test('a page of another site acts in nobody’s name', async () => {
      issuer.twist.claims = { groups: ['ops'] }
      await page.goto(`${centre.url}/session/oidc`)
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
      await page.goto(`${issuer.url}/nothing`)
      const act = `fetch(${JSON.stringify(`${centre.url}/session`)}, { method: 'DELETE', mode: 'no-cors', credentials: 'include' }).catch(() => {})`
      await page.evaluate(act)
      await page.setContent(
        `<form method="post" action="${centre.url}/v1/tokens"><button>win</button></form>`,
      )
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().endsWith('/v1/tokens')),
        page.getByRole('button', { name: 'win' }).click(),
      ])
      expect([401, 403]).toContain(answer.status())
      await page.goto(centre.url)
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
    })
  },
)
