// What five everyday jobs cost in keys, without a mouse: every key counts but those that write what the caller says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { until } from "./centre.mjs";

let browser, centre, page;
let keys = 0;

before(async () => {
  browser = await Browser.start();
  ({ centre, page } = browser);
  await browser.signIn();
});
after(() => browser?.stop());

async function press(...names) {
  for (const name of names) {
    keys += 1;
    await page.keyboard.press(name);
  }
}
const focusIs = (id) => browser.becomes(`document.activeElement.id === '${id}'`);
// What the caller says is not counted.
const say = (text) => page.keyboard.type(text);

async function open(letters, name) {
  await focusIs("search");
  await press(...letters);
  await page.getByRole("option", { name }).waitFor();
  await press("Enter");
  await page.getByRole("heading", { level: 1, name }).waitFor();
}
async function saved() {
  await press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
}
function costs(job, most, t) {
  t.diagnostic(`${job}: ${keys} keys`);
  assert.ok(keys <= most, `${job} takes ${keys} keys`);
}
const job = (name, most, work) =>
  test(`${name} takes at most ${most} keys beyond what is said`, async (t) => {
    keys = 0;
    await work();
    costs(name, most, t);
  });

job("a message", 12, async () => {
  await open("nowak", "Łukasz Nowak");
  await press("Alt+m");
  await focusIs("field-note");
  await say("Where is my parcel?");
  await saved();
});

job("a promise to call back", 12, async () => {
  await open("nowak", "Łukasz Nowak");
  await press("Alt+b");
  await focusIs("field-reason");
  await say("parcel is missing");
  await saved();
});

job("an order", 12, async () => {
  await open("nowak", "Łukasz Nowak");
  await press("Alt+o");
  await focusIs("field-note");
  await say("two of the blue ones");
  await saved();
});

job("a changed name", 14, async () => {
  await open("nowak", "Łukasz Nowak");
  await press("Alt+e");
  await focusIs("field-title");
  await press("Tab", "Tab");
  await focusIs("field-family");
  await press("Control+a");
  await say("Kowalski");
  await saved();
  await page.getByRole("heading", { level: 1, name: "Łukasz Kowalski" }).waitFor();
});

job("a complaint", 12, async () => {
  await open("kowal", "Łukasz Kowalski");
  await press("Alt+c");
  await focusIs("field-what_happened");
  await say("third parcel that is late");
  await saved();
  await page.goto(`${centre.address}#/complaints`);
  await page.getByText("third parcel that is late").waitFor();
  const in_three_days = new Date(Date.now() + 3 * 86_400_000).getDate();
  await page.getByText(new RegExp(`^Acknowledge by ${in_three_days}\\b`)).waitFor();
  await browser.checked("complaints");
});

test("a guide stands beside the form it is for, and a step of a complaint is written down with its time", async () => {
  await page.getByRole("button", { name: /^Listened/ }).click();
  assert.equal(await page.locator("#field-listened_by").inputValue(), "ada");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  await page.locator(".step.done", { hasText: "Listened" }).waitFor();
  await page.keyboard.press("Alt+c");
  await page.getByText("Taking a complaint").click();
  await page.getByText("Read it back to them.").waitFor();
  await browser.checked("guide");
  await page.getByRole("button", { name: "Discard" }).click();
  await page.goto(`${centre.address}#/guides`);
  await page.getByLabel("Find in the guides").fill("PASSWORD ask");
  await page.getByText("Never ask for a password").waitFor();
  await page.getByText("Read it back to them.").waitFor({ state: "detached" });
  await page.getByText("1 found").waitFor();
  await browser.checked("guides");
});

test("what else belongs to a customer stands on the card, whatever the schema calls it", async () => {
  await browser.find("kowal");
  const id = new URL(page.url()).hash.split("/").at(-1);
  const status = await page.evaluate(
    ([customer, key]) =>
      fetch("/api/v1/records/holding", {
        method: "POST",
        headers: { "X-Holdline": "test", "X-Holdline-Key": localStorage["holdline.key"], "Idempotency-Key": key },
        body: JSON.stringify({ fields: { customer, product: "Fibre 500" } }),
      }).then((answer) => answer.status),
    [id, crypto.randomUUID()],
  );
  assert.equal(status, 201);
  await page.getByRole("region", { name: "Holding" }).getByText("Fibre 500").waitFor();
  await page.getByRole("region", { name: "Complaints" }).getByText("third parcel that is late").waitFor();
  await browser.checked("belongings");
});

test("two customers who are one are put side by side, merged, shown as one, and parted again", async () => {
  await browser.find("lovelace");
  await page.getByRole("button", { name: "The same as another" }).click();
  await page.locator("#merge-search").fill("kowalski");
  await browser.checked("merge-with");
  await page.getByRole("link", { name: /^Łukasz Kowalski/ }).click();
  await page.getByText(/“Łukasz Kowalski” becomes an alias of “Ada Lovelace”/).waitFor();
  await page.getByRole("row", { name: /Family name/ }).getByText("(the other can be read at the alias)").waitFor();
  await browser.checked("merge");
  await page.getByLabel("Reason").fill("said so on the telephone");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Ada Lovelace" }).waitFor();
  await page.getByRole("link", { name: /^Łukasz Kowalski/ }).waitFor();
  await page.getByRole("region", { name: "Complaints" }).getByText("third parcel that is late").waitFor();
  await page.getByRole("region", { name: "Entries about" }).getByText("Where is my parcel?").waitFor();
  await page.getByRole("region", { name: "Callbacks of" }).getByText("parcel is missing").waitFor();
  await page.getByRole("region", { name: "Phone numbers" }).getByText(/^\+39 02/).waitFor();
  await browser.checked("merged");
  await page.getByRole("button", { name: /^Part again: / }).click();
  await page.getByLabel("Reason").fill("two people after all");
  await page.keyboard.press("Enter");
  await until("the two being apart", async () => (await page.getByRole("link", { name: /^Łukasz Kowalski/ }).count()) === 0);
});

test("one goes by the desk when something is unfinished, and finds it there", async () => {
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("half of a message");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Sign out" }).click();
  const before_leaving = page.getByRole("alert", { name: "Before you sign out" });
  await before_leaving.waitFor();
  await page.getByRole("region", { name: "Not finished" }).getByText("half of a message").waitFor();
  await browser.checked("leaving");
  await page.getByRole("button", { name: /^Go on: / }).click();
  assert.equal(await page.locator("#field-note").inputValue(), "half of a message");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Discard: / }).click();
  await page.getByRole("button", { name: "Sign out now" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  browser.assertClean();
});
