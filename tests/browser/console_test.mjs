// The console in a real browser, with real daemons behind it: what an agent does in a day with the hub dead and the
// daemon killed, and whether everybody can use the page (axe).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";

let browser, centre, page, words, checked;

before(async () => {
  browser = await Browser.start();
  ({ centre, page } = browser);
  words = (name) => browser.words(name);
  checked = (name) => browser.checked(name);
});
after(() => browser?.stop());

const becomes = (expression) => browser.becomes(expression);
const signIn = (name) => browser.signIn(name);
const entries = async () => JSON.parse((await centre.desk("entry", "list", "--json")).stdout).items;

test("one signs in, also after a wrong password", async () => {
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await page
    .getByRole("alert")
    .getByText(/password/i)
    .waitFor();
  await checked("sign-in");
  await signIn();
  assert.equal(await page.evaluate("document.cookie"), "");
  await words("Online").waitFor();
});

test("a customer is found by an accent-blind name and opened by keys alone", async () => {
  await page.keyboard.press("/");
  await page.keyboard.type("lukasz");
  await page
    .getByRole("option", { name: /Łukasz Nowak/ })
    .getByText("by name")
    .waitFor();
  await checked("search");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Łukasz Nowak" }).waitFor();
  await page.getByText(/^\+39 02/).waitFor();
  await page.getByRole("button", { name: "Show who changed what" }).click();
  await page.getByRole("region", { name: "History" }).getByText("import").first().waitFor();
  await checked("customer");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.getByRole("button").filter({ visible: true }).count(), 0, "nothing to press on paper");
  await browser.picture("customer-print");
  await page.emulateMedia({ media: "screen" });
});

test("a message takes six keys beyond its text, and stands at the hub", async () => {
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").focus();
  await page.keyboard.type("Asks for a copy of the contract");
  assert.equal(await page.locator("#field-name").inputValue(), "Łukasz Nowak");
  await checked("message");
  await page.locator("#field-note").focus();
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  await becomes("document.activeElement.id === 'search'");
  await page.getByRole("link", { name: "Entries" }).first().click();
  await page.getByText("New entry: message, Łukasz Nowak").waitFor();
  await page.locator(".step.done", { hasText: "Held at the hub" }).first().waitFor();
  await checked("entries");
});

test("what was saved is opened, corrected with a reason, and found by its reference; what stood there stays in the history", async () => {
  await page.getByRole("link", { name: "New entry: message, Łukasz Nowak" }).click();
  await page.getByRole("heading", { level: 1, name: /^Entry/ }).waitFor();
  const reference = await page.locator("h1 .reference").textContent();
  await page.keyboard.press("Alt+e");
  await becomes("document.activeElement.id === 'field-name'");
  await page.locator("#field-note").fill("Asks for a copy of the bill");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("say why it is corrected").first().waitFor();
  await becomes("document.activeElement.id === 'because'");
  assert.equal(await page.locator("#because").inputValue(), "", "nobody's reason is typed for them");
  await checked("correction");
  await page.locator("#because").focus();
  await page.keyboard.type("misheard");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  const history = page.getByRole("region", { name: "History" });
  await history.getByText("corrected, because: misheard").waitFor();
  await history.getByText("Note: Asks for a copy of the contract → Asks for a copy of the bill").waitFor();
  await checked("entry");
  await page.goto(`${centre.address}#/`);
  await page.locator("#search").fill(reference.toLowerCase());
  await page.getByRole("option", { name: reference }).waitFor();
  await checked("reference");
  await page.locator("#search").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: `Entry ${reference}` }).waitFor();
  await page.getByRole("link", { name: "Łukasz Nowak" }).click();
});

test("with little room the mode stays in sight, and hides nothing that has the focus", async () => {
  await page.setViewportSize({ width: 640, height: 360 }); // 1280 by 720 at 200 %
  await page.getByRole("heading", { level: 1, name: "Łukasz Nowak" }).waitFor();
  for (const key of [...Array(45).fill("Tab"), ...Array(40).fill("Shift+Tab")]) {
    await page.keyboard.press(key);
    const [mode, focus, text] = await page.evaluate(() => {
      const box = (element) => element.getBoundingClientRect();
      return [box(document.querySelector(".mode")), box(document.activeElement), document.activeElement.outerHTML];
    });
    assert.ok(mode.top >= 0 && mode.top <= 1 && mode.height <= 40, `the mode stands at ${mode.top}, ${mode.height} high`);
    assert.ok(focus.bottom > mode.bottom && focus.top < 360, `out of sight: ${text}`);
  }
  await browser.picture("zoomed");
  await page.setViewportSize({ width: 1400, height: 900 });
});

test("what is wrong is told at its field, and a hint is overridden by one key with a reason", async () => {
  await page.keyboard.press("Alt+b");
  await page.locator("#field-name").fill("020 7946 0018");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("Not saved: please look at this again").waitFor();
  await checked("errors");
  await page.getByRole("alert").getByRole("button").first().click();
  await becomes("document.activeElement.id.startsWith('field-')");
  await page.locator("#field-phone").fill("020 7946 0018");
  // Key by key: whoever puts it right stays in the field.
  await page.locator("#field-reason").focus();
  await page.keyboard.type("line down");
  assert.equal(await page.locator("#field-reason").inputValue(), "line down");
  await page.locator("#field-promise_start").fill("2027-06-01T10:00");
  assert.equal(await page.locator("#field-promise_end").inputValue(), "2027-06-01T11:00");
  await page.locator("#field-promise_zone").fill("America/New_York");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("Not saved yet: is it meant so?").waitFor();
  await checked("asked");
  await page.keyboard.press("Control+Enter");
  await becomes("document.activeElement.id === 'because'");
  await page.keyboard.type("she works there");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  await page.getByRole("link", { name: "Callbacks" }).click();
  await page.getByText("line down").waitFor();
  await page.getByText("1 Jun 2027, 10:00 – 11:00 (America/New_York; 1 Jun 2027, 14:00 here)").waitFor();
  await checked("callbacks");
});

test("the hub dies while somebody types, and what they save is kept", async () => {
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("typed while the hub");
  await centre.kill("hub");
  await page.locator("#field-note").press("End");
  await page.keyboard.type(" was dying");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  await words("Working without the hub").waitFor({ timeout: 30_000 });
  await page.getByText(/^Cause: /).waitFor();
  await page.getByText(/1 saved here and not at the hub yet/).waitFor();
  await becomes("document.title.startsWith('(1) Working without the hub')");
  await checked("contingency");
});

test("a change with the hub away stands on the card, marked as not at the hub yet", async () => {
  await page.locator("#search").fill("nowak");
  await page.getByRole("option").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Edit: Family name" }).click();
  await page.locator("#field-family").fill("Kowalski");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { name: "Łukasz Kowalski" }).waitFor();
  await page.getByRole("definition").getByText("not at the hub yet").waitFor();
  await checked("changed");
});

test("who does not want to be called is kept as such, shown on the card, and asked about before a promise", async () => {
  await page.getByRole("button", { name: /^Forbid calls: \+39 02/ }).click();
  await page.locator("#field-purpose").selectOption("marketing");
  await page.locator("#field-note").fill("said so twice");
  await page.keyboard.press("Control+Enter");
  await page.getByText(/Do not contact for Marketing, since/).waitFor();
  await checked("do-not-call");
  await page.keyboard.press("Alt+b");
  await page.locator("#field-phone").fill("+39 02 1234567");
  await page.locator("#field-reason").fill("an offer");
  await page.locator("#field-purpose").selectOption("marketing");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText(/is on the do-not-call list/).waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
});

test("somebody who is here already is found by a mistyped name, and shown beside the form of a new customer", async () => {
  await page.locator("#search").fill("lovelcae");
  await page.getByRole("option", { name: /Ada Lovelace/ }).getByText("by a similar name").waitFor();
  await page.locator("#search").fill("");
  await page.getByRole("button", { name: "New customer" }).click();
  await page.locator("#field-given").fill("Ada");
  await page.locator("#field-family").fill("Lovelaec");
  await page.locator("#field-postcode").fill("SW1Y 4JH");
  await page
    .getByRole("region", { name: "Here already?" })
    .getByRole("link", { name: "Ada Lovelace, London" })
    .waitFor();
  await checked("duplicates");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText(/who is here already/).waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
});

test("what was typed comes back after the browser went down in the middle of it", async () => {
  await page.keyboard.press("Alt+m");
  const kept = page.waitForResponse((answer) => answer.url().endsWith("/drafts") && answer.request().method() === "PUT");
  await page.locator("#field-note").fill("half a sentence");
  await kept;
  await page.reload();
  await page.getByText("Not saved yet:").waitFor();
  await page.locator(".drafts button").click();
  await becomes("document.activeElement.id === 'field-note'");
  await page.keyboard.type(", and the rest");
  assert.equal(await page.locator("#field-note").inputValue(), "half a sentence, and the rest");
  await page.getByRole("button", { name: "Discard" }).click();
});

test("the daemon dies: the page says so within five seconds, keeps the text, and saves it once when it is back", async () => {
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("typed while the daemon was away");
  await centre.kill("desk");
  const began = Date.now();
  await words("This PC's service does not answer").waitFor();
  assert.ok(Date.now() - began < 5_000, `said after ${Date.now() - began} ms`);
  await page.keyboard.press("Control+Enter");
  await page.getByText(/It is saved as soon as it does/).waitFor();
  await checked("silent");
  await centre.startDesk();
  await page.getByText(/What was typed is kept on this page/).waitFor();
  await checked("signed-out");
  await signIn();
  await page.getByText("✓ Saved on this PC").waitFor();
  await centre.signIn();
  const kept = (await entries()).filter((entry) => entry.fields.note === "typed while the daemon was away");
  assert.equal(kept.length, 1);
});

test("another person takes over without seeing what the one before has typed, who finds it again", async () => {
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("not finished");
  await page.getByRole("button", { name: "Change person" }).click();
  await signIn("bob");
  assert.equal(await page.getByText("not finished").count(), 0);
  assert.equal(await page.locator("#field-note").count(), 0);
  await page.getByRole("button", { name: "Change person" }).click();
  await signIn("ada");
  assert.equal(await page.locator("#field-note").inputValue(), "not finished");
  await page.getByRole("button", { name: "Discard" }).click();
});

test("a softphone opens the page with the caller's number", async () => {
  await page.goto(`${centre.address}?number=%2B442079460018`);
  await page
    .getByRole("option", { name: /Ada Lovelace/ })
    .getByText("by number")
    .waitFor();
  assert.equal(new URL(page.url()).search, "");
  await page.keyboard.press("Alt+m");
  assert.equal(await page.locator("#field-phone").inputValue(), "+442079460018");
  await page.keyboard.press("Escape");
});

test("settings, conflicts and keys, in every colour and language", async () => {
  await page.keyboard.press("Escape");
  for (const view of ["conflicts", "settings/languages"]) {
    await page.goto(`${centre.address}#/${view}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await checked(view.replace("/", "-"));
  }
  await page.getByRole("radio", { name: "High contrast" }).check();
  await checked("contrast");
  await page.getByRole("radio", { name: "[Þ" }).check();
  await page.getByRole("heading", { name: /^\[Séttíñgš·+\]$/ }).waitFor();
  await checked("pseudo");
  await page.getByRole("radio", { name: "Deutsch" }).check();
  await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
  await page.getByRole("radio", { name: "English" }).check();
  await page.getByRole("heading", { name: "Settings" }).click();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await checked("keys");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).press("Enter");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("after signing out nothing is answered any more", async () => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.evaluate("fetch('/api/v1/outbox').then((answer) => answer.status)"), 401);
  browser.assertClean();
});
