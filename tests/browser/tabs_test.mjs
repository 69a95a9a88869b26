// Several pages of one browser: one of them hears the daemon for all, drafts are shared, and neither a clock that is set
// nor the way back nor a reload changes what is shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { until } from "./centre.mjs";

let browser, first, second;
const streams = new Map();

function count(page) {
  streams.set(page, 0);
  page.on("request", (request) => request.url().endsWith("/events") && streams.set(page, streams.get(page) + 1));
  return page;
}

before(async () => {
  browser = await Browser.start();
  first = count(browser.page);
  await browser.signIn();
  second = count(await browser.context.newPage());
  await second.goto(browser.centre.address);
});
after(() => browser?.stop());

test("one page holds the stream of events, and the other hears the same", async () => {
  await second.getByRole("combobox", { name: "Find a customer" }).waitFor();
  for (const page of [first, second]) await browser.words("Online", page).waitFor();
  assert.equal(streams.get(second), 0);
  await first.bringToFront();
  await first.keyboard.press("Alt+m");
  await first.locator("#field-note").fill("seen in both");
  await first.keyboard.press("Control+Enter");
  await first.getByText("✓ Saved on this PC").waitFor();
  await second.getByText("New entry: message").first().waitFor();
});

test("a draft is seen on the other page, and gone there when it is discarded", async () => {
  const kept = first.waitForResponse((answer) => answer.url().endsWith("/drafts") && answer.request().method() === "PUT");
  await first.keyboard.press("Alt+m");
  await first.locator("#field-note").fill("typed on the first page");
  await kept;
  await second.reload();
  const there = second.getByRole("region", { name: "Not finished" });
  await there.getByText("typed on the first page").waitFor();
  await first.getByRole("button", { name: "Discard" }).click();
  await until("the draft being gone", async () => (await there.count()) === 0);
});

test("two pages with a form open each keep what the other one types", async () => {
  const written = (page, words) =>
    page.waitForResponse((answer) => answer.url().endsWith("/drafts") && answer.ok() && answer.request().postData()?.includes(words));
  const write = async (page, words) => {
    const kept = written(page, words);
    await page.locator("#field-note").pressSequentially(words);
    await kept;
  };
  await first.keyboard.press("Alt+m");
  await write(first, "the first caller");
  await browser.find("lovelace", second);
  await second.keyboard.press("Alt+m");
  await write(second, "the second caller");
  await write(first, " has more to say");
  await write(second, " as well");
  await write(first, ", and more");
  await second.reload();
  await second.goto(`${browser.centre.address}#/`);
  const there = second.getByRole("region", { name: "Not finished" });
  for (const words of ["the first caller has more to say, and more", "the second caller as well"]) {
    await there.getByText(words).waitFor();
    second.once("dialog", (dialog) => dialog.accept());
    await there.getByRole("listitem").filter({ hasText: words }).getByRole("button", { name: /^Discard/ }).click();
  }
  await until("the drafts being gone", async () => (await first.locator("#field-note").count()) === 0);
});

test("the way back and a reload lead where one was", async () => {
  await browser.find("lovelace", first);
  await first.goto(`${browser.centre.address}#/callbacks`);
  await first.getByRole("heading", { level: 1, name: "Callbacks" }).waitFor();
  await first.goBack();
  await first.getByRole("heading", { level: 1, name: "Ada Lovelace" }).waitFor();
  await first.reload();
  await first.getByRole("heading", { level: 1, name: "Ada Lovelace" }).waitFor();
});

test("the daemon hangs: both pages say so within five seconds, and come back by themselves", async () => {
  browser.centre.signal("desk", "SIGSTOP");
  const began = Date.now();
  for (const page of [first, second]) await browser.words("This PC's service does not answer", page).waitFor();
  const took = Date.now() - began;
  browser.centre.signal("desk", "SIGCONT");
  assert.ok(took < 5_000, `said after ${took} ms`);
  for (const page of [first, second]) await browser.words("Online", page).waitFor();
});

test("a clock that is set back by an hour keeps nobody from signing out and in", async () => {
  for (const page of [first, second])
    await page.evaluate("const real = Date.now.bind(Date); Date.now = () => real() - 3_600_000;");
  await first.getByRole("button", { name: "Sign out" }).click();
  for (const page of [first, second]) await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await browser.signIn("bob", second);
  await first.getByText("bob", { exact: true }).waitFor();
  await first.keyboard.press("Alt+m");
  await first.locator("#field-note").fill("an hour ago by the clock of the page");
  await first.keyboard.press("Control+Enter");
  await second.getByText("New entry: message").first().waitFor();
});

test("when the page that held the stream is closed the other one takes it", async () => {
  await first.close();
  await until("a stream of its own", () => streams.get(second) > 0);
  await browser.centre.kill("hub");
  await browser.words("Working without the hub", second).waitFor({ timeout: 90_000 });
  browser.assertClean();
});
