// Looks at a page of a report in headless Chromium: no console error, no request, filters, cells,
// keys, no secret. Called by tests/pages.rs with: kind (run or matrix), page, folder for screenshots.
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [kind, page, shots] = process.argv.slice(2);
const require = createRequire(path.join(process.env.ACS_BROWSER_MODULES, "x.js"));
const { chromium } = require("playwright-core");
const executablePath = process.env.ACS_CHROMIUM
  ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
assert.ok(executablePath, "no Chromium; set ACS_CHROMIUM");

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const wide = { width: 1360, height: 900 };
const phone = { width: 390, height: 844 };
const secrets = [/Signature=[\w+/%]{20,}/, /accesskey=[\w+/%]{20,}/i, /eyJ[\w-]+\.[\w-]+\.[\w-]+/];

const open = async (viewport, colorScheme) => {
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1 });
  const tab = await context.newPage();
  const noise = [];
  tab.on("console", (message) => { if (message.type() !== "log") noise.push(message.text()); });
  tab.on("pageerror", (error) => noise.push(String(error)));
  const requests = [];
  tab.on("request", (request) => requests.push(request.url()));
  await tab.goto(pathToFileURL(page).href);
  return { tab, noise, requests, close: () => context.close() };
};
// Every packed part of the page, as text.
const unpackAll = () => Promise.all([...document.querySelectorAll("template[id^=z-]")].map((one) => {
  const bytes = Uint8Array.from(atob(one.content.textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}));
const quiet = ({ noise, requests }) => {
  assert.deepEqual(noise, [], "console and errors");
  const outside = requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"));
  assert.deepEqual(outside, [], "requests");
};
const shoot = (tab, name) => tab.screenshot({ path: path.join(shots, `${kind}-${name}.png`), fullPage: true });
const fits = async (tab, what) => {
  const over = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${what}: ${over} pixels wider than the screen`);
};

const run = async ({ tab }) => {
  const visible = () => tab.locator("details.case:not([hidden])").count();
  const all = await visible();
  assert.ok(all >= 3, `${all} cases`);
  await tab.keyboard.press("/");
  await tab.keyboard.type("fails");
  assert.equal(await visible(), 1, "the search narrows");
  await tab.keyboard.press("Escape");
  assert.equal(await visible(), all, "Escape clears the search");
  const chip = tab.locator("[data-filter=pass]");
  await chip.click();
  assert.ok(await visible() < all, "a chip narrows");
  assert.equal(await chip.getAttribute("aria-pressed"), "true");
  await chip.click();
  await tab.locator("#search").fill("no such case");
  assert.ok(await tab.locator("#nothing").isVisible(), "an empty filter says so");
  await tab.locator("#search").fill("");
  await tab.locator("#search").blur();
  const first = tab.locator("details.case").first();
  await tab.locator("#fold").click();
  await tab.keyboard.press("j");
  await tab.keyboard.press("Enter");
  assert.ok(await first.evaluate((one) => one.open), "j and Enter open the first case");
  assert.ok(await first.locator(".waterfall .bar").count() > 0, "a waterfall");
  await first.locator("details.exchange").first().evaluate((one) => {
    one.closest(".step > details").open = true;
    one.open = true;
  });
  assert.match(await first.locator("pre.http").first().innerText(), /POST|GET|PATCH|DELETE/);
};

const matrix = async ({ tab }) => {
  const visible = () => tab.locator("tr.entry:not([hidden])").count();
  const all = await visible();
  await tab.locator("#verdict").selectOption("concern");
  const concerning = await visible();
  assert.ok(concerning > 0 && concerning < all, `${concerning} of ${all} rows`);
  await tab.locator("#verdict").selectOption("");
  const families = await tab.locator("#family option").count();
  assert.ok(families > 2, "families");
  await tab.locator("#family").selectOption({ index: 1 });
  assert.ok(await visible() < all, "a family narrows");
  await tab.locator("#family").selectOption("");
  const profiles = await tab.locator("#profile option").count();
  assert.ok(profiles > 2, "profiles");
  await tab.locator("#profile").selectOption({ index: 1 });
  assert.ok(await visible() < all, "a profile narrows");
  await tab.locator("#profile").selectOption("");
  assert.ok(await tab.locator(".score details").first().isVisible(), "what was not exercised is in sight");

  const cell = tab.locator("td a.mark.fail").first();
  await cell.focus();
  await tab.keyboard.press("Enter");
  const section = tab.locator("#cell section.cell");
  await section.waitFor();
  assert.ok(await tab.locator("#matrix").isHidden(), "a cell has the page for itself");
  assert.match(await section.innerText(), /Findings/);
  await section.locator("details.exchange").first().evaluate((one) => { one.open = true; });
  await section.locator("pre.http").first().waitFor();
  await shoot(tab, "cell");
  await tab.keyboard.press("Escape");
  await tab.locator("#matrix").waitFor();
  assert.ok(await cell.evaluate((one) => one === document.activeElement), "Escape leads back to the cell");
  await tab.keyboard.press("ArrowRight");
  assert.ok(!await cell.evaluate((one) => one === document.activeElement), "arrows move");

  await tab.locator("td a.mark.pass[href^='#s-']").first().click();
  const scenario = tab.locator("#cell section.cell");
  await scenario.waitFor();
  assert.match(await scenario.innerText(), /interface/);
  await scenario.locator("details[data-exchange] summary").first().click();
  await scenario.locator("pre.http").first().waitFor();
  await shoot(tab, "scenario");
  await tab.keyboard.press("Escape");
};

try {
  const light = await open(wide, "light");
  await shoot(light.tab, "light");
  const html = await light.tab.content();
  const packed = await light.tab.evaluate(unpackAll);
  assert.equal(packed.length > 0, kind === "matrix", "the cells of the matrix are packed");
  for (const secret of secrets) {
    for (const text of [html, ...packed]) assert.ok(!secret.test(text), `a secret in the page: ${secret}`);
  }
  await (kind === "run" ? run : matrix)(light);
  quiet(light);
  await light.close();

  const dark = await open(wide, "dark");
  const ground = () => dark.tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  if (kind === "run") {
    await dark.tab.locator("details").evaluateAll((all) => all.slice(0, 24).forEach((one) => { one.open = true; }));
  }
  await shoot(dark.tab, "dark");
  await dark.tab.locator("#theme").click();
  assert.notEqual(await ground(), before, "the switch changes the theme");
  quiet(dark);
  await dark.close();

  const small = await open(phone, "light");
  await fits(small.tab, "phone");
  await shoot(small.tab, "phone");
  if (kind === "matrix") {
    await small.tab.locator("td a.mark.fail").first().click();
    await small.tab.locator("#cell section.cell").waitFor();
    await fits(small.tab, "phone, cell");
    await shoot(small.tab, "phone-cell");
  }
  quiet(small);
  await small.close();
} finally {
  await browser.close();
}
