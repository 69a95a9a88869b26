// An outage from the first word to the last, in the page of one desk and at the command line of another.
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

const standing = async (name) => (await centre.status(name)).contingency;
const outages = () => page.goto(`${centre.address}#/outages`);
const open = (name) => page.getByRole("button", { name, exact: true }).first().click();
async function sign(label, reason) {
  const form = page.getByRole("form", { name: label, exact: true });
  await form.getByLabel("Reason").fill(reason);
  return form;
}

test("a supervisor declares it, and every desk shows it at once", async () => {
  await outages();
  await page.getByText("Nothing is declared here.").waitFor();
  await page.getByRole("form", { name: "Declare an outage" }).getByLabel("Name").fill("CRM");
  const form = await sign("Declare an outage", "it hangs since ten");
  await browser.checked("outages-none");
  if (await form.getByLabel(/Type “declare”/).count()) await form.getByLabel(/Type “declare”/).fill("declare");
  await form.getByRole("button", { name: "Declare an outage" }).click();
  await browser.words("Working by hand").waitFor();
  await page.getByText("it hangs since ten").first().waitFor();
  await until("the other desk", async () => (await standing("second")).incident?.title === "CRM");
  await browser.checked("outages-in-force");
});

test("the desk begins with the forms, and what is taken says in which outage", async () => {
  await page.goto(centre.address);
  const forms = page.getByRole("region", { name: "Working by hand" });
  await browser.checked("desk-by-hand");
  await forms.getByRole("button", { name: "Message" }).click();
  await page.locator("#field-note").fill("the parcel is missing");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  await page.goto(`${centre.address}#/entries/mine`);
  await page.getByText(/taken in outage [A-Z]{6}/).first().waitFor();
});

test("what the other desk says of it stands in the strip", async () => {
  await centre.at("second", "contingency", "expect", "2031-01-01T10:00:00Z", "--reason", "says the provider");
  await page.getByRole("region", { name: "State" }).getByText(/expected back 1 Jan/).waitFor();
});

test("what everybody takes is listed as it comes, by kind and by person", async () => {
  await page.goto(`${centre.address}#/entries/everywhere`);
  const rows = page.locator("main .list > li.entry");
  await rows.filter({ hasText: /ada · desk · taken in outage [A-Z]{6}/ }).waitFor();
  await centre.at("second", "entry", "add", "kind=fault", "name=Nora Barn", "note=no light");
  await rows.first().filter({ hasText: /Fault Nora Barn.*ada · second/ }).waitFor();
  await browser.checked("taken");
  await page.getByLabel("Kind").selectOption({ label: "Complaint" });
  await page.getByText("Nothing was taken down.").waitFor();
  await page.getByLabel("Kind").selectOption({ label: "Message" });
  await rows.first().filter({ hasText: "Message" }).waitFor();
  assert.equal(await rows.count(), 1);
  await page.getByLabel("Taken by").selectOption("ada");
  await rows.first().filter({ hasText: "Message" }).waitFor();
  await page.getByRole("link", { name: "Everybody at this PC" }).waitFor();
});

test("the wallboard has six numbers, says of which outage, and is read from afar at full screen", async () => {
  await page.goto(`${centre.address}#/overview`);
  await page.locator(".about", { hasText: /[A-Z]{6} CRM, acme\/london, in force since/ }).waitFor();
  await page.locator(".chart", { hasText: /2 in all, the most/ }).waitFor();
  await page.getByText("Workstations ready").waitFor();
  assert.equal(await page.locator(".tile").count(), 6);
  await page.getByText("In numbers").click();
  await browser.checked("wallboard");
  await page.getByRole("button", { name: "Full screen" }).click();
  await browser.becomes("document.fullscreenElement?.className === 'wall'");
  const share = await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.tile strong')).fontSize) / innerHeight");
  assert.ok(share >= 0.12, `a number takes ${share} of the height`);
  const wider = await page.evaluate("document.fullscreenElement.scrollHeight - innerHeight");
  assert.ok(wider <= 0, `it is ${wider} px higher than the screen`);
  await browser.picture("wallboard-full-screen");
  await page.getByRole("button", { name: "Leave full screen" }).click();
});

test("an agent sees it and decides nothing", async () => {
  await page.getByRole("button", { name: "Change person" }).click();
  await browser.signIn("bob");
  await outages();
  await page.getByRole("heading", { name: "Left to do" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Systems are back" }).count(), 0);
  assert.equal(await page.getByText("Declare an outage").count(), 0);
  await page.getByLabel(/Ten characters/).fill("K7M3F-9QXT0");
  await open("Type a code");
  await page.getByRole("alert").getByText("'0' is in no code").waitFor();
  await page.getByRole("button", { name: "Change person" }).click();
  await browser.signIn("ada");
});

test("it is over when every point is done or somebody has signed for it", async () => {
  await outages();
  await open("Systems are back");
  let form = await sign("Systems are back", "IT said so");
  await form.getByRole("button", { name: "Systems are back" }).click();
  if (await page.getByLabel(/have not been well for ten minutes/).count()) {
    await page.getByLabel(/have not been well for ten minutes/).check();
    await form.getByRole("button", { name: "Systems are back" }).click();
  }
  await browser.words("Systems are back").waitFor();
  await until("nothing waiting", async () => (await centre.status()).outbox.waiting === "0");
  // What was taken was brought nowhere, and no station performed the plan.
  for (const left of [/^Sign for it: .*of the plan/, /^Sign for it: .*not posted/]) {
    const button = page.getByRole("button", { name: left });
    if ((await button.count()) === 0) continue;
    await button.click();
    form = await sign(left, "asked at every desk");
    await form.getByRole("button", { name: "Sign for it" }).click();
    await button.waitFor({ state: "detached" });
  }
  await open("Close it");
  form = await sign("Close it", "nothing is left");
  await form.getByRole("button", { name: "Close it" }).click();
  await browser.words(/^(Online|All systems answer again)$/).waitFor({ timeout: 60_000 });
  await until("the other desk", async () => (await standing("second")).service === "normal");
});

test("two people at one page are two who say that the CRM does not work", async () => {
  for (const name of ["bob", "ada"]) {
    await page.getByRole("button", { name: "Change person" }).click();
    await browser.signIn(name);
    await open("CRM not working?");
    await open("Tell them");
    await page.getByText("The supervisors are told.").waitFor();
  }
});

test("of several outages each pair is asked about once, and the plan of each is there", async () => {
  const declare = (name, title) =>
    centre.at(name, "contingency", "declare", "--reason", "late", "--title", title, "--another", "--word", "declare");
  for (const [name, title] of [["desk", "Tills"], ["second", "Mail"], ["desk", "Sites"]]) await declare(name, title);
  await until("all three", async () => (await standing("desk")).in_force === 3);
  await outages();
  const questions = page.getByRole("region", { name: /overlap, and nobody has said/ });
  await page.getByText("Tills").first().waitFor();
  assert.equal(await questions.count(), 3);
  await browser.checked("outages-to-link");
  const answer = async (label) => {
    await page.getByRole("button", { name: label }).click();
    const form = page.getByRole("form", { name: label });
    await form.getByLabel("Reason").fill("asked IT");
    await form.getByRole("button").first().click();
  };
  await answer(/two outages: .*Tills.*Mail/);
  await until("an answer kept", async () => (await questions.count()) === 2);
  const choice = await centre.at("desk", "contingency", "link", "--reason", "x").catch(({ stderr }) => stderr);
  assert.match(choice, /name one:(\n +holdline contingency link [A-Z]{6} [A-Z]{6}){2}/);
  await answer(/one outage: .*Tills.*Sites/);
  await until("no question that follows from the answers", async () => (await questions.count()) === 0);
  await page.getByRole("link", { name: "Runbook" }).click();
  const which = page.getByLabel("Of which outage?");
  await page.locator("strong", { hasText: "Sites" }).waitFor();
  await browser.checked("runbook-of-several");
  await which.selectOption({ label: await which.locator("option", { hasText: "Tills" }).textContent() });
  await page.locator("strong", { hasText: "Tills" }).waitFor();
  const { incidents } = JSON.parse((await centre.desk("contingency", "status", "--json")).stdout);
  for (const { id } of incidents.filter(({ ended }) => !ended)) await centre.desk("contingency", "cancel", "--reason", "over", "--incident", id);
});

test("in a drill what is practised is there and marked, and a real caller is asked about", async () => {
  await page.goto(centre.address);
  await until("the end of the outages", async () => (await standing()).in_force === 0);
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("the boiler smokes");
  await centre.at("second", "drill", "start", "--reason", "spring");
  await page.getByText("A drill began meanwhile").waitFor();
  await page.keyboard.press("Control+Enter");
  await browser.checked("drill-began");
  await page.getByLabel("This caller is real").check();
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  assert.equal(await page.getByText("Practice: it is marked").count(), 0);
  await page.keyboard.press("Alt+n");
  await page.locator("#field-family").fill("Practiceman");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Practice: it is marked, and counts nowhere.").waitFor();
  await page.keyboard.press("Alt+b");
  await page.locator("#field-name").fill("Practiceman");
  await page.locator("#field-reason").fill("wants a call");
  await page.locator("#field-phone").fill("020 7946 0103");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  await page.goto(`${centre.address}#/entries/mine`);
  await page.locator("li.entry", { hasText: "Practiceman" }).getByText("Practice", { exact: true }).nth(1).waitFor();
  await browser.checked("entries-in-drill");
  await page.locator("#search").fill("Practicem");
  await page.getByRole("option", { name: /Practiceman.*Practice/ }).waitFor();
  await page.locator("#search").fill("");
  await page.goto(`${centre.address}#/callbacks`);
  await page.locator("li.entry", { hasText: "wants a call" }).getByText("Practice", { exact: true }).waitFor();
  await browser.checked("callbacks-in-drill");
  await page.goto(`${centre.address}#/paper`);
  await centre.desk("forms", "print", "--form", "manual_entry", "--count", "2", "--held-by", "row 3", "--out", "/dev/null");
  await page.getByText("Void or missing").click();
  for (const sheet of await page.locator(".choices input").all()) await sheet.check();
  await browser.checked("paper-in-drill");
  await page.locator(".choices + form").getByLabel("Reason").fill("not used");
  await page.getByRole("button", { name: "Void: spoiled or not used" }).click();
  await page.getByText("0 entered, 2 void, 0 missing").waitFor();
  await centre.desk("contingency", "cancel", "--reason", "seen");
  await page.goto(`${centre.address}#/callbacks`);
  await page.locator("li.entry", { hasText: "wants a call" }).waitFor({ state: "detached" });
  browser.assertClean();
});
