// A list of callbacks released by a supervisor and called by an agent, at two desks in a browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { until } from "./centre.mjs";

let browser, centre, sue, bob;

// A zone in which it is early in the afternoon now.
const east = 14 - new Date().getUTCHours();
const zone = `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
const evening = `${new Date(Date.now() + east * 3_600_000).toISOString().slice(0, 10)}T20:00`; // by the clock there
const promise = (desk, name, phone, reason, context) =>
  centre.at(desk, "callback", "add", `name=${name}`, `phone=${phone}`, `reason=${reason}`, `context=${context}`, `promise_zone=${zone}`, `promise_end=${evening}`);

before(async () => {
  browser = await Browser.start({ second: true });
  ({ centre, page: sue } = browser);
  await browser.signIn();
  const context = await browser.chromium.newContext({ viewport: { width: 1400, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
  const own = browser.context;
  browser.context = context;
  bob = await browser.open(centre.secondAddress);
  browser.context = own;
  await browser.signIn("bob", bob);
});
after(() => browser?.stop());

test("five promises are one call: previewed, released, held, called in two keys", async (t) => {
  for (const [i, context] of ["The parcel has not come.", "Asked again, was told 5 pm.", "Is at home until six.", "Wants the driver's number.", "Very annoyed."].entries())
    await promise(i % 2 ? "second" : "desk", "Grace Hopper", "+12125550123", i === 4 ? "complaint" : "delivery", context);
  await promise("desk", "Alan Turing", "+12125550124", "invoice", "The amount is wrong.");
  await bob.getByRole("link", { name: "Callbacks" }).click();
  await bob.getByText("No list is released. A supervisor releases it.").waitFor();
  await browser.checked("callbacks-none", bob);

  await sue.getByRole("link", { name: "Release" }).click();
  await sue.getByText("2 cases to call, of 6 promises").waitFor({ timeout: 40_000 });
  await sue.getByLabel("A minute at most").fill("1000"); // the pace is tried elsewhere
  await sue.getByRole("button", { name: "Preview" }).press("Enter");
  await sue.getByText("2 cases of 6 promises.").waitFor();
  await browser.checked("release-preview", sue);
  const reason = sue.getByLabel(/^Why before it is complete$|^Reason$/).last();
  await reason.fill("everybody who was at work is here");
  await reason.press("Enter");
  await sue.getByRole("button", { name: "Hold" }).waitFor();

  await bob.getByRole("button", { name: "Next callback" }).click();
  await bob.getByRole("heading", { name: "Grace Hopper" }).waitFor();
  await bob.getByText("What was promised (5)").waitFor();
  await bob.getByText("Very annoyed.").first().waitFor();
  await browser.checked("callback-claimed", bob);
  assert.equal(await bob.locator("#call-number").count(), 0, "no number before the hub has it that it is dialled");
  await browser.becomes("document.activeElement.id === 'call-dial'", bob);
  await bob.keyboard.press("Enter");
  await bob.locator("#call-number").waitFor();
  assert.equal(await bob.locator("#call-number").getAttribute("href"), "tel:+12125550123");
  await browser.checked("callback-dialled", bob);

  await sue.getByRole("button", { name: "Hold" }).click();
  await sue.getByText("Held", { exact: true }).waitFor();
  let keys = 0;
  const press = async (key) => {
    keys += 1;
    await bob.keyboard.press(key);
  };
  await press("1");
  await browser.becomes("document.activeElement.id === 'outcome-resolved'", bob);
  await press("Enter");
  t.diagnostic(`an outcome and the next case: ${keys} keys`);
  await bob.getByText(/ada holds the list/).waitFor();
  await sue.getByRole("button", { name: "Go on" }).click();
  await sue.getByText("1 case to call", { exact: false }).waitFor({ timeout: 40_000 });
  await browser.checked("release-running", sue);
});

test("with the hub away nobody is dialled, and the outcome of a call is saved all the same", async () => {
  await until("the pace", async () => {
    const next = bob.getByRole("button", { name: "Next callback" });
    if (await next.isEnabled().catch(() => false)) await next.click({ timeout: 2_000 }).catch(() => {}); // the pace may close it meanwhile
    return bob.getByRole("heading", { name: "Alan Turing" }).count();
  }, 60);
  await bob.locator("#call-dial").click();
  await bob.locator("#call-number").waitFor();
  await centre.kill("hub");
  await bob.getByText(/nobody is dialled out of the list until it is back/).waitFor({ timeout: 40_000 });
  await browser.checked("callback-hub-away", bob);
  await bob.keyboard.press("2");
  await bob.getByRole("button", { name: "Save", exact: true }).click();
  await bob.getByRole("heading", { name: "Alan Turing" }).waitFor({ state: "detached" });
  await centre.startHub();
  await centre.at("second", "sync"); // by itself it would look again within a minute
  await until("the outcome at the hub", async () => {
    const list = JSON.parse((await centre.hub("callbacks", "list", "--json")).stdout);
    return list.items.length === 1 && list.items[0].calls === 1 && list.items[0].claim === null;
  }, 60);
});

test("promises that would break are promised for another time at once", async () => {
  const soon = new Date(Date.now() + 4 * 60_000).toISOString();
  for (const [name, phone] of [["Mary Clarke", "+12125550125"], ["Tom Sawyer", "+12125550126"], ["Zoe Patel", "+12125550127"]])
    await centre.at("desk", "callback", "add", `name=${name}`, `phone=${phone}`, "reason=delivery", `promise_zone=${zone}`, `promise_end=${soon}`);
  for (const name of ["Mary Clarke", "Tom Sawyer", "Zoe Patel"]) await sue.locator(".entry", { hasText: name }).waitFor({ timeout: 40_000 });
  await sue.getByLabel("People who call").fill("1");
  await sue.getByRole("button", { name: "Preview" }).press("Enter");
  await sue.getByText("Promise those another time").click();
  await sue.locator("#anew-reason").fill("too many at once");
  await browser.checked("release-breaking", sue);
  await sue.locator("#anew-reason").press("Enter");
  await sue.getByText(/promised for another time, 0 more break/).waitFor();
  await sue.getByRole("listitem").getByText("Zoe Patel").first().waitFor();
});

test("the form offers the hours with room by one key, and warns of the night while it is typed", async () => {
  await centre.at("desk", "callbacks", "set-capacity", "--scope", "acme/london", "--zone", zone, "--opens", "09:00", "--closes", "19:00", "--calls", "4", "--at-once");
  await bob.keyboard.press("Alt+b");
  await bob.getByRole("group", { name: /^Room to promise/ }).getByRole("button").first().waitFor({ timeout: 40_000 });
  await bob.locator("#field-promise_zone").fill(zone);
  await bob.keyboard.press("Alt+w");
  const start = await bob.locator("#field-promise_start").inputValue();
  await bob.keyboard.press("Alt+w");
  assert.ok((await bob.locator("#field-promise_start").inputValue()) > start, "the next one");
  await bob.locator("#field-name").fill("Wei Zhang");
  await bob.locator("#field-phone").fill("+1 212 555 0128");
  await bob.locator("#field-reason").fill("invoice");
  assert.equal(await bob.locator(".finding").count(), 0);
  await browser.checked("callback-windows", bob);
  await bob.locator("#field-promise_start").fill(`${start.slice(0, 10)}T23:30`);
  await bob.locator("#note-promise_start").waitFor();
  await browser.checked("callback-night", bob);
  await bob.keyboard.press("Alt+w");
  await bob.locator("#note-promise_start").waitFor({ state: "detached" });
  await bob.keyboard.press("Control+Enter");
  await bob.getByText("✓ Saved on this PC").waitFor();
  browser.assertClean();
});
