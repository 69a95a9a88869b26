// The console in an outage, in pictures: two desks with real daemons in a real browser, every view in every phase, wide
// and as narrow as a phone, in every theme. Each is looked at by axe on the way.
//   HOLDLINE_BIN=build/release/bin node tests/demo/pictures.mjs DIRECTORY
import { Browser } from "../browser/browser.mjs";
import { until } from "../browser/centre.mjs";

const [directory] = process.argv.slice(2);
if (!directory) throw new Error("Say where the pictures go: pictures.mjs DIRECTORY");
const themes = ["light", "dark", "contrast"];

const given = "Ada Grace Alan Mary Joan Tom Priya Łukasz Zoë Omar Elif Siobhán".split(" ");
const family = "Lovelace Hopper Turing Shelley Clarke Sawyer Patel Nowak Ziegler Haddad Yılmaz Byrne".split(" ");
const customers = [
  "ref,given,family,street,postcode,city,phone,email",
  ...given.flatMap((name, i) =>
    [0, 5].map((other, k) => {
      const n = 2 * i + k + 1;
      return `K-${n},${name},${family[(i + other) % 12]},${10 + n} Station Road,SW${(i % 9) + 1} 4AA,London,020 7946 00${10 + n},c${n}@mail.example`;
    }),
  ),
].join("\n");

// One page, and what is done at it.
class Desk {
  constructor(browser, page) {
    Object.assign(this, { browser, page });
  }
  shot(name) {
    console.log(name);
    return this.browser.checked(name, this.page);
  }
  async at(place) {
    await this.page.evaluate(`location.hash = "#/${place}"`);
    await this.page.getByRole("heading", { level: 1 }).waitFor();
    await this.page.waitForTimeout(150); // what it asks for is there
  }
  async fill(values) {
    for (const [name, text] of Object.entries(values)) {
      const field = this.page.locator(`#field-${name}`);
      if ((await field.evaluate((node) => node.tagName)) === "SELECT") await field.selectOption(text);
      else await field.fill(text);
    }
  }
  async save() {
    await this.page.keyboard.press("Control+Enter");
    await this.page.getByText("✓ Saved on this PC").waitFor();
  }
  async take(key, values, name) {
    await this.page.keyboard.press(key);
    await this.fill(values);
    if (name) await this.shot(name);
    await this.save();
  }
  says(words) {
    return this.browser.words(words, this.page).waitFor({ timeout: 90_000 }).catch(async (error) => {
      const strip = await this.page.getByRole("region", { name: "State" }).textContent();
      throw new Error(`"${words}" is not in the strip, which says: ${strip}`, { cause: error });
    });
  }
  async edit(label, field, text) {
    await this.page.getByRole("button", { name: `Edit: ${label}` }).click();
    await this.fill({ [field]: text });
    await this.save();
  }
}

async function normal(one) {
  const { page, browser } = one;
  await page.locator("#search").pressSequentially("gra hop");
  await page.getByRole("option").first().waitFor();
  await one.shot("1-normal-search");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Grace Hopper" }).waitFor();
  await one.shot("1-normal-card");
  await page.keyboard.press("Alt+m");
  await one.fill({ note: "Her parcel did not arrive; she asks where it is." });
  await one.shot("1-normal-message");
  await one.save();
  await one.shot("1-normal-saved");
  await page.keyboard.press("Alt+b");
  await one.fill({ phone: "0207", reason: "where the parcel is" });
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("Not saved: please look at this again").waitFor();
  await one.shot("1-normal-errors");
  await one.fill({ phone: "020 7946 0013" });
  await one.save();
  await page.keyboard.press("Alt+c");
  await one.fill({ what_happened: "The third parcel in a row that is late.", legal_kind: "general", severity: "serious" });
  await page.locator("summary", { hasText: "Taking a complaint" }).click();
  await one.shot("1-normal-complaint");
  await one.save();
  await one.at("complaints");
  await one.shot("1-normal-complaints");
  for (const view of ["entries", "callbacks", "conflicts", "outages", "overview", "workstations", "guides", "settings", ""]) {
    await one.at(view);
    await one.shot(`1-normal-${view || "desk"}`);
  }
  await page.getByLabel("Other form").selectOption("fault");
  await page.locator("#field-danger_now").selectOption({ index: 2 });
  await one.shot("1-normal-form-of-the-centre");
  await page.getByRole("button", { name: "Discard" }).click();
  await page.keyboard.press("Alt+n");
  await one.fill({ given: "Grase", family: "Hopper", postcode: "SW2 4AA", city: "London" });
  await page.getByRole("region", { name: "Here already?" }).waitFor();
  await one.shot("1-normal-new-customer");
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  await one.shot("1-normal-keys");
  await page.keyboard.press("Escape");
  await browser.find("grace hop", page);
  await page.getByRole("button", { name: "The same as another" }).click();
  await page.locator("#merge-search").fill("tur");
  await page.getByRole("link", { name: /Alan Turing/ }).waitFor();
  await one.shot("1-normal-merge-with");
  await page.getByRole("link", { name: /Alan Turing/ }).click();
  await page.getByRole("button", { name: "Merge" }).waitFor();
  await one.shot("1-normal-merge");
}

async function hubDead(one, other, centre) {
  const { page, browser } = one;
  await centre.kill("hub");
  for (const desk of [one, other]) await desk.says("Working without the hub");
  await one.at("");
  await one.shot("2-hub-dead-desk");
  await browser.find("grace hop", page);
  await one.take("Alt+m", { note: "Rang again. The parcel is a wheelchair part; she needs it on Friday." }, "2-hub-dead-message");
  await one.edit("Family name", "family", "Murray");
  await one.shot("2-hub-dead-card");
  await page.getByRole("button", { name: "Show who changed what" }).click();
  await page.getByRole("region", { name: "History" }).getByRole("alert").waitFor();
  await one.shot("2-hub-dead-history");
  await one.at("entries");
  await one.shot("2-hub-dead-entries");
  await browser.find("grace hop", other.page);
  await other.edit("Family name", "family", "Brewster");
  await other.take("Alt+m", { note: "Asked for the manager." });
  await other.shot("2-hub-dead-second-desk");
}

async function daemonDead(one, centre) {
  const { page, browser } = one;
  await one.at("");
  await page.keyboard.press("Alt+m");
  await one.fill({ note: "Typed while the service of this PC was dying" });
  await centre.kill("desk");
  await one.says("This PC's service does not answer");
  await one.shot("3-daemon-dead-typing");
  await page.keyboard.press("Control+Enter");
  await page.getByText(/It is saved as soon as it does/).waitFor();
  await one.shot("3-daemon-dead-waiting");
  await page.keyboard.press("Escape");
  await page.locator("#search").fill("turing");
  await page.getByText("Search has to wait for this PC's service", { exact: false }).first().waitFor();
  await one.shot("3-daemon-dead-search");
  await centre.startDesk();
  await page.getByText(/What was typed is kept on this page/).waitFor();
  await one.shot("3-daemon-back-sign-in");
  await browser.signIn("ada", page);
  await page.getByText("✓ Saved on this PC").waitFor();
  const kept = page.waitForResponse((answer) => answer.url().endsWith("/drafts") && answer.request().postData()?.includes("half of"));
  await page.keyboard.press("Alt+b");
  await one.fill({ name: "Tom Sawyer", reason: "half of what he wanted" });
  await kept;
  await page.reload();
  await page.getByRole("region", { name: "Not finished" }).getByText("half of what he wanted").waitFor();
  await one.shot("3-drafts-back");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("alert", { name: "Before you sign out" }).waitFor();
  await one.shot("3-leaving");
  await page.getByRole("button", { name: "Stay" }).click();
  await page.getByRole("button", { name: /^Discard: / }).click();
}

async function back(one, other, centre) {
  const { page } = one;
  await centre.startHub();
  for (const desk of [one, other]) await desk.says(/^(Online|All systems answer again)$/);
  await one.at("conflicts");
  await page.getByRole("link", { name: /Two values of/ }).waitFor({ timeout: 20_000 });
  await one.shot("4-hub-back-conflicts");
  await page.getByRole("link", { name: /Two values of/ }).click();
  await page.getByLabel("Reason").waitFor();
  await one.shot("4-hub-back-conflict");
  await page.getByLabel("Reason").fill("She said so on the telephone");
  await page.getByRole("button", { name: /^Take “/ }).click();
  await page.getByText("No open conflicts").waitFor({ timeout: 30_000 });
  await one.at("entries");
  await one.shot("4-hub-back-entries");
  await one.at("");
  await one.shot("4-hub-back-desk");
  await other.at("entries/all");
  await other.shot("4-hub-back-second-desk");
}

// An outage that is declared, worked through and brought into the central system; and who is called back.
async function outage(one, other) {
  const { page, browser } = one;
  await one.at("outages");
  await page.locator("#declare-title").fill("CRM");
  await page.locator("#declare-reason").fill("It hangs since ten; the provider is at it.");
  if (await page.locator("#declare-word").count()) await page.locator("#declare-word").fill("declare");
  await page.locator("#declare-reason").press("Enter");
  await one.says("Working by hand");
  await one.shot("5-outage-declared");
  await one.at("");
  await one.shot("5-outage-desk");
  await browser.find("ada lov", page);
  await one.take("Alt+m", { note: "Wants to know what her last bill was for." });
  for (const view of ["runbook", "overview", "workstations"]) {
    await one.at(view);
    await one.shot(`5-outage-${view}`);
  }
  await one.at("posting");
  await one.shot("5-posting");
  await page.getByRole("button", { name: /^Take it/ }).first().click();
  await page.getByRole("button", { name: /^Copy/ }).first().waitFor();
  await one.shot("5-posting-taken");
  await one.at("paper");
  await page.locator("#paper-count").fill("3");
  await page.locator("#paper-held-by").fill("The front desk");
  await Promise.all([page.waitForEvent("popup").then((pages) => pages.close()), page.locator("#paper-count").press("Enter")]);
  await page.getByText("The front desk", { exact: true }).waitFor();
  await one.shot("5-paper");
  await one.at("release");
  await one.shot("5-release");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText(/ may be called now, /).waitFor();
  await one.shot("5-release-preview");
  await other.at("outages");
  await other.shot("5-outage-agent");
}

// Something that bob saved while the hub was away, and that it refuses when it is back.
async function refused(other, centre) {
  const { page, browser } = other;
  await centre.kill("hub");
  await other.says(/does not answer/); // in an outage the strip names that first
  await other.take("Alt+m", { note: "Taken while nobody knew that bob may not" });
  centre.signal("second", "SIGSTOP");
  await centre.startHub();
  await centre.hub("person", "role", "bob", "--role", "it");
  centre.signal("second", "SIGCONT");
  const told = page.getByRole("link", { name: "1 entry needs attention" });
  await told.waitFor({ timeout: 90_000 });
  await centre.hub("person", "role", "bob", "--role", "agent");
  await until("bob", async () => {
    if (await page.getByRole("heading", { name: "Sign in" }).count()) await browser.signIn("bob", page).catch(() => {});
    return (await told.count()) && (await page.getByRole("combobox").count());
  });
  await told.click();
  await page.getByText(/role does not allow this/).waitFor();
  await other.shot("6-needs-attention");
  await page.getByRole("button", { name: /^Give up/ }).click();
  await other.shot("6-giving-up");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: /^Correct/ }).click();
  await other.shot("6-correcting");
}

async function otherLanguages(one) {
  for (const [name, choice] of [
    ["german", "Deutsch"],
    ["pseudo", "[Þ"],
  ]) {
    await one.at("settings/languages");
    await one.page.getByRole("radio", { name: choice }).check();
    await one.at("");
    await one.shot(`7-${name}-desk`);
    await one.page.locator("#search").fill("turing");
    await one.page.getByRole("option").first().waitFor();
    await one.page.keyboard.press("Enter");
    await one.page.getByRole("heading", { level: 1, name: "Alan Turing" }).waitFor();
    await one.shot(`7-${name}-card`);
  }
  await one.at("settings");
  await one.page.getByRole("radio", { name: "English" }).check();
}

// Ctrl-C leaves neither daemons nor keys behind.
let running;
let ended = false;
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    if (!running) process.exit(130);
    ended = true;
    void running.chromium.close(); // what is under way fails, and cleans up
  });

async function desks() {
  const browser = await Browser.start({ csv: customers, second: true, station: true, pack: "utilities", pictures: directory, themes });
  running = browser;
  try {
    const { centre, page } = browser;
    const one = new Desk(browser, page);
    await one.shot("1-normal-sign-in");
    await browser.signIn("ada", page);
    const other = new Desk(browser, await browser.open(centre.secondAddress));
    await browser.signIn("bob", other.page);
    await other.says(/^(Online|All systems answer again)$/);
    await normal(one);
    await hubDead(one, other, centre);
    await daemonDead(one, centre);
    await back(one, other, centre);
    await outage(one, other);
    await refused(other, centre);
    await otherLanguages(one);
    await browser.find("grace", page);
    await page.emulateMedia({ media: "print" });
    await browser.picture("8-print-card", page, true);
    browser.assertClean();
    return browser.judged;
  } finally {
    await browser.stop();
  }
}

async function siteNode() {
  const browser = await Browser.start({ csv: customers, network: true, pictures: directory, themes });
  running = browser;
  try {
    const seat = new Desk(browser, browser.page);
    await seat.shot("9-site-node-sign-in");
    await browser.signIn("bob");
    await browser.centre.kill("hub");
    await seat.says("Working without the hub");
    await browser.find("grace hop");
    await seat.shot("9-site-node-card");
    await seat.take("Alt+m", { note: "Taken at a seat without a daemon, with the line cut" });
    await seat.at("");
    await seat.shot("9-site-node-desk");
    return browser.judged;
  } finally {
    await browser.stop();
  }
}

try {
  const judged = [...(await desks()), ...(await siteNode())];
  console.log(`${judged.length / themes.length} views and states in ${themes.length} themes: no violation that axe can see`);
  console.log(`The pictures are in ${directory}`);
} catch (error) {
  if (!ended) throw error;
  process.exitCode = 130;
}
