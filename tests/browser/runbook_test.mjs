// A supervisor works the plan off at the page, with the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";

let browser;
before(async () => {
  browser = await Browser.start({ station: true });
  await browser.signIn();
});
after(() => browser?.stop());

const press = async (name) => {
  const button = browser.page.getByRole("button", { name, exact: true });
  await button.waitFor();
  await button.focus();
  await browser.page.keyboard.press("Enter");
};
const says = (action, words) =>
  browser.page.locator("li.entry", { hasText: action }).getByText(words).first().waitFor();

test("before an outage the plan is shown, and nothing can be asked", async () => {
  await browser.page.evaluate('location.hash = "#/runbook"');
  await browser.page.getByText("Plan version 1", { exact: false }).waitFor();
  assert.equal(await browser.page.getByRole("button", { name: /^It is done/ }).count(), 0);
});

test("what is ticked, approved and left is seen, and taken back", async () => {
  await browser.centre.desk("contingency", "declare", "--reason", "the CRM hangs", "--word", "declare", "--title", "CRM");
  for (const title of ["Stop outbound dialling", "Stop collections"]) {
    await press(`It is done: ${title}`);
    await says(title, "Done, by ada.");
  }
  await press("Leave it out: Stop automatic letters, e-mails and text messages");
  await browser.page.keyboard.press("Tab");
  await browser.page.getByLabel("Reason").fill("none go out today");
  await browser.page.keyboard.press("Enter");
  await press("Approve: Notice to callers: reduced service");
  await says("Notice to callers", "A person does it and ticks it");
  await says("Notice to callers", "Approved by ada");
  await browser.checked("runbook");
  await press("Take back everything that is left (2)");
  await says("Stop outbound dialling", "A person takes it back and ticks it");
  await press("It is done: Stop outbound dialling");
  await says("Stop outbound dialling", "Taken back, by ada");
  await browser.checked("runbook-undoing");
  browser.assertClean();
});
