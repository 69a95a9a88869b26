// A centre with a console, and a browser at it. Pictures of the views that are checked are left in a directory where one
// is named: HOLDLINE_PICTURES, or the option `pictures`.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { Centre, password, until } from "./centre.mjs";
import { watch } from "./description.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP desk.test 127.0.0.1",
];
const customers =
  "ref,given,family,street,postcode,city,phone,email\nK-1,Ada,Lovelace,St James Square 12,SW1Y 4JH,London,020 7946 0018,ada@mail.example\nK-2,Łukasz,Nowak,Via Roma 3,20121,Milano,+39 02 1234567,office@mail.example\n";

export class Browser {
  // `options`: of Centre.start; `csv`: other customers than two; `themes`: in which views are checked, of light, dark,
  // contrast.
  static async start(options = {}) {
    const browser = new Browser();
    browser.pictures = options.pictures ?? process.env.HOLDLINE_PICTURES;
    browser.themes = options.themes ?? ["light", "dark"];
    browser.centre = await Centre.start(options.csv ?? customers, options);
    browser.chromium = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: flags,
    });
    browser.context = await browser.chromium.newContext({
      viewport: { width: 1400, height: 900 },
      reducedMotion: "reduce",
      locale: "en-GB",
      ignoreHTTPSErrors: options.network === true,
    });
    browser.page = await browser.open();
    return browser;
  }

  pictures;
  themes;
  judged = []; // each view in each theme that axe has looked at
  #foreign = [];
  #mistakes = [];
  #undescribed = [];

  // Another tab of the same browser.
  async open(address = this.centre.address) {
    const page = await this.context.newPage();
    page.on("request", (request) => {
      const own = request.url().startsWith(address) || request.url().startsWith("data:");
      if (!own) this.#foreign.push(request.url());
    });
    this.#undescribed.push(watch(page));
    page.on("pageerror", (error) => this.#mistakes.push(error.message));
    page.on("dialog", (dialog) => dialog.accept());
    await page.goto(address);
    return page;
  }
  async stop() {
    await this.chromium?.close();
    await this.centre?.stop();
  }

  // Nothing was asked of anybody else, no script has failed, and every answer was as the API is described.
  assertClean() {
    const told = { foreign: this.#foreign, mistakes: this.#mistakes, undescribed: this.#undescribed.flat() };
    assert.deepEqual(told, { foreign: [], mistakes: [], undescribed: [] });
  }

  words(name, page = this.page) {
    return page.getByRole("region", { name: "State" }).getByText(name, { exact: true }).first();
  }
  // Not waitForFunction: it evaluates text in the page again and again, which the page's policy forbids.
  becomes(expression, page = this.page) {
    return until(expression, () => page.evaluate(expression));
  }
  async signIn(name = "ada", page = this.page) {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("combobox", { name: "Find a customer" }).waitFor();
  }
  async find(text, page = this.page) {
    await page.locator("#search").fill(text);
    await page.getByRole("option").first().waitFor();
    await page.locator("#search").press("Enter");
    await page.locator(".facts").waitFor(); // the card is there, and not what was there before
  }

  async picture(name, page = this.page, fullPage = false) {
    if (!this.pictures) return;
    mkdirSync(this.pictures, { recursive: true });
    await page.screenshot({ path: `${this.pictures}/${name}.png`, fullPage });
  }

  // A view in each theme: nothing that axe can see may be wrong, and nothing is wider than a narrow screen.
  async checked(name, page = this.page) {
    const before = await page.evaluate("document.documentElement.dataset.theme");
    for (const colour of this.themes) {
      await page.emulateMedia({ colorScheme: colour === "dark" ? "dark" : "light" });
      if (colour === "contrast") await page.evaluate("document.documentElement.dataset.theme = 'contrast'");
      await page.setViewportSize({ width: 1400, height: 900 });
      if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe);
      const { violations } = await page.evaluate(
        "axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
      );
      const told = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
      assert.deepEqual(told, [], `${name} in ${colour}`);
      this.judged.push(`${name} ${colour}`);
      await this.picture(`${name}-wide-${colour}`, page);
      await page.setViewportSize({ width: 320, height: 800 });
      const wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(wider <= 0, `${name} is ${wider} px wider than a screen of 320`);
      await this.picture(`${name}-320-${colour}`, page, true);
    }
    await page.evaluate(`document.documentElement.dataset.theme = ${JSON.stringify(before)}`);
    await page.setViewportSize({ width: 1400, height: 900 });
    await page.emulateMedia({ colorScheme: "light" });
  }
}
