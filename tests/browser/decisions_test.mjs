// What comes back to people: a conflict, an entry that the hub refuses, and what is never kept.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { until } from "./centre.mjs";

let browser, centre, page;

before(async () => {
  browser = await Browser.start({ second: true });
  ({ centre, page } = browser);
  await browser.signIn();
});
after(() => browser?.stop());

const json = async (name, ...words) => JSON.parse((await centre.at(name, ...words, "--json")).stdout);

test("two desks change one name: both values stand side by side, and a person decides by keys", async () => {
  const found = await json("second", "customer", "search", "Lovelace");
  await centre.kill("hub");
  await until("the second desk noticing", async () => (await centre.status("second")).mode === "contingency");
  await centre.at("second", "customer", "edit", found.items[0].id, "family=Byron");
  await browser.find("lovelace");
  await page.getByRole("button", { name: "Edit: Family name" }).click();
  await page.locator("#field-family").fill("King");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { level: 1, name: "Ada King" }).waitFor();
  await centre.startHub();
  await page.goto(`${centre.address}#/conflicts`);
  await page.getByRole("link", { name: /Two values of/ }).click();
  for (const value of ["Lovelace", "King", "Byron"]) await page.getByRole("cell", { name: value }).waitFor();
  await browser.checked("conflict");
  await page.goto(`${centre.address}#/customer/${found.items[0].id}`);
  await page.getByRole("definition").getByRole("link", { name: "In conflict" }).waitFor();
  await browser.checked("customer-in-conflict");
  await page.getByRole("link", { name: "In conflict" }).click();
  await page.getByLabel("Reason").fill("said so on the telephone");
  await page.getByRole("button", { name: /^Take “/ }).press("Enter");
  await page.getByText("No open conflicts").waitFor({ timeout: 30_000 });
  const decided = async (name) => (await json(name, "customer", "show", found.items[0].id)).fields.family;
  await until("the same name at both", async () => (await decided("desk")) === (await decided("second")));
  // One of the two arrived second, and its own list says what became of it.
  const lost = async (name) => (await json(name, "outbox", "list")).items.some(({ conflicts }) => conflicts.length > 0);
  const own = await browser.open((await lost("desk")) ? centre.address : centre.secondAddress);
  await own.locator("#search, #sign-in-password").waitFor();
  if (await own.getByLabel("Password").count()) await browser.signIn("ada", own);
  await own.goto(own.url().replace(/#.*/, "#/entries").replace(/\/$/, "/#/entries"));
  await own.locator(".step", { hasText: "Conflict decided" }).waitFor();
  assert.equal(await own.locator(".step.bad").count(), 0, "nobody has to look at it any more");
  await own.close();
});

test("conflicts about one field are decided alike, with one reason", async () => {
  const items = [];
  for (const name of ["Byron", "King", "Nowak"]) items.push(...(await json("second", "customer", "search", name)).items);
  const ids = [...new Set(items.map(({ id }) => id))];
  assert.equal(ids.length, 2);
  await centre.kill("hub");
  for (const desk of ["desk", "second"])
    for (const id of ids) await centre.at(desk, "customer", "edit", id, `city=${desk}`);
  await centre.startHub();
  await page.goto(`${centre.address}#/conflicts`);
  await page.getByText(/^Decide all 2 about Customer, .* alike$/).click({ timeout: 30_000 });
  await browser.checked("conflicts-alike");
  await page.getByLabel("Reason").fill("all moved");
  await page.getByRole("button", { name: "Take all other values" }).click();
  await page.getByText("No open conflicts").waitFor({ timeout: 30_000 });
  const city = async (desk, id) => (await json(desk, "customer", "show", id)).fields.city;
  for (const id of ids) await until("one city", async () => (await city("desk", id)) === (await city("second", id)));
});

test("a supervisor sees which workstations could work without the hub, also when it is away", async () => {
  await page.getByRole("link", { name: "Workstations" }).click();
  await page.getByText("2 of 2 ready").waitFor({ timeout: 90_000 });
  await page.getByRole("button", { name: "Show all 2" }).click();
  await page.getByText("second", { exact: true }).waitFor();
  await browser.checked("workstations");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("2/2").waitFor();
  await browser.checked("overview");
  await page.getByRole("navigation").getByRole("link", { name: "Workstations" }).click();
  await centre.kill("hub");
  await page.getByText(/The hub does not answer: as it told at/).waitFor({ timeout: 90_000 });
  await centre.startHub();
});

test("what the hub refuses says why, and is corrected by keys and sent again from where it stands", async (t) => {
  await page.getByRole("button", { name: "Change person" }).click();
  await browser.signIn("bob");
  await centre.kill("hub");
  await browser.words("Working without the hub").waitFor({ timeout: 90_000 });
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("taken while nobody knew");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  // Before the desk is heard the hub learns that bob looks after machines now.
  centre.signal("desk", "SIGSTOP");
  await centre.startHub();
  await centre.hub("person", "role", "bob", "--role", "it");
  centre.signal("desk", "SIGCONT");
  await page.getByRole("link", { name: "1 entry needs attention" }).waitFor({ timeout: 90_000 });
  await centre.hub("person", "role", "bob", "--role", "agent");
  await until("bob", async () => {
    if (await page.getByRole("heading", { name: "Sign in" }).count()) await browser.signIn("bob").catch(() => {});
    return page.getByRole("link", { name: "1 entry needs attention" }).count();
  });
  let keys = 0;
  const press = async (...names) => {
    keys += names.length;
    for (const name of names) await page.keyboard.press(name);
  };
  await press("Alt+a");
  await page.getByText(/role does not allow this/).waitFor();
  await browser.checked("attention");
  await browser.becomes("document.activeElement.matches('.attention .primary')");
  await press("Enter");
  await browser.becomes("document.activeElement.id.startsWith('field-')");
  while ((await page.evaluate("document.activeElement.id")) !== "field-note" && keys < 12) await press("Tab");
  await press("Control+End");
  await page.keyboard.type(", and corrected");
  await press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  t.diagnostic(`a correction: ${keys} keys`);
  assert.ok(keys <= 12, `a correction takes ${keys} keys`);
  await page.getByText("Nothing needs attention").waitFor({ timeout: 30_000 });
  await page.getByRole("link", { name: "Mine" }).click();
  await page.getByText("Corrected").waitFor();
});

test("a card's number is never kept, and the page says so", async () => {
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("pays with 4111 1111 1111 1111");
  await page.getByText(/may be a payment card's number/).waitFor();
  await browser.checked("card");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("Not saved: please look at this again").waitFor();
  const kept = await page.evaluate(
    "fetch('/api/v1/drafts', { headers: { 'X-Holdline-Key': localStorage['holdline.key'] } }).then((answer) => answer.text())",
  );
  assert.ok(kept.includes("holdline.drafts/1") && !kept.includes("4111"), kept);
  await page.getByRole("button", { name: "Discard" }).click();
});

test("more than can be kept is told, and what fits is kept", async () => {
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("x".repeat(130_000));
  await page.getByText(/more than is kept when the page is closed/).waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await until("the notice being gone", async () => (await page.getByText(/more than is kept/).count()) === 0);
  browser.assertClean();
});
