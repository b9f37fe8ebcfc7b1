// Opens pages as NAME=ADDRESS in a browser, in a language of each direction of writing, light and dark, on a small phone, and
// prints what hinders people: what axe finds, what does not fit, what is too small for a finger. Then joins by keyboard alone.
// Usage: node check.mjs FOLDER-WITH-NODE_MODULES NAME=ADDRESS…

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const [tools, ...given] = process.argv.slice(2);
const require = createRequire(`${tools}/`);
const axe = require('axe-core');
const { chromium } = require('playwright-core');

const browserPath = '/usr/bin/chromium';
if (!existsSync(browserPath)) {
  console.error('chromium is missing; install it, on Debian: apt-get install chromium');
  process.exit(2);
}

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Of WCAG 2.5.5, in CSS pixels.
const fingerMin = 44;
const phone = { width: 360, height: 740 };
const addresses = Object.fromEntries(given.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
const problems = [];

async function fits(page, label) {
  const [wanted, there] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  if (wanted > there) problems.push(`${label}: is ${wanted} wide, in a window of ${there}`);
}

async function check(page, label) {
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const options = { runOnly: rules, resultTypes: ['violations'] };
    const { violations } = await page.evaluate((options) => window.axe.run(document, options), options);
    for (const { id, help, nodes } of violations) {
      const where = nodes.map((node) => `${node.html}\n    ${node.failureSummary}`).join('\n  ');
      problems.push(`${label}, ${colorScheme}: ${id}: ${help}\n  ${where}`);
    }
  }
  const small = await page.$$eval('button, input, summary, nav a, main p > a', (all, min) =>
    all.filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < min).map((one) => one.outerHTML), fingerMin);
  for (const html of small) problems.push(`${label}: is less than ${fingerMin} high: ${html}`);
  await fits(page, label);
  // Text of twice the size, on the narrowest phone (WCAG 1.4.4 and 1.4.10).
  await page.setViewportSize({ ...phone, width: 320 });
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await fits(page, `${label}, text twice as large`);
  await page.setViewportSize(phone);
}

async function expect(label, actual, wanted) {
  if (actual !== wanted) problems.push(`${label}: ${actual}, not ${wanted}`);
}

// A browser gives the focus some time after it shows the page.
async function getsFocus(page, label, wanted) {
  const has = (id) => document.activeElement?.id === id;
  await page.waitForFunction(has, wanted, { timeout: 10_000 }).catch(() => {});
  await expect(`${label}: has the focus`, await focused(page), wanted);
}

const focused = (page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.className);

async function forms(page, language, address) {
  await page.goto(address);
  await page.click('button.yes');
  await page.waitForSelector('[role=alert]');
  await getsFocus(page, `errors ${language}`, 'name');
  await check(page, `errors ${language}`);
  await page.goto(address);
  await page.click('summary');
  await page.fill('#address', 'nobody@example.org');
  await page.click('details button');
  await page.waitForFunction(() => !document.querySelector('form'));
  await check(page, `sent ${language}`);
}

async function keyboard(page, address) {
  await page.goto(address);
  const tabTo = async (wanted) => {
    for (let n = 0; n < 20; n += 1) {
      await page.keyboard.press('Tab');
      if (await focused(page) === wanted) {
        const outline = await page.evaluate(() => parseFloat(getComputedStyle(document.activeElement).outlineWidth));
        if (!(outline >= 2)) problems.push(`keyboard: ${wanted} does not show that it has the focus`);
        return;
      }
    }
    throw new Error(`the keyboard does not get to ${wanted}`);
  };
  await tabTo('name');
  await page.keyboard.type('Bilal');
  await tabTo('password');
  await page.keyboard.type('short');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=alert]');
  await getsFocus(page, 'keyboard', 'password');
  await expect('keyboard: the name', await page.inputValue('#name'), 'Bilal');
  await page.keyboard.type('long enough now');
  await tabTo('yes');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !document.querySelector('form'));
}

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage({ viewport: phone });
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => {
    // Such as what the content policy has kept out. Chromium tells of every answer that is an error, too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text());
  });
  const { keyboard: newcomer, ...rest } = addresses;
  for (const language of ['en', 'ar']) {
    for (const [name, address] of Object.entries(rest)) {
      await page.goto(`${address}?lang=${language}`);
      await check(page, `${name} ${language}`);
    }
    await forms(page, language, `${rest.open}?lang=${language}`);
  }
  await keyboard(page, `${newcomer}?lang=en`);
} finally {
  await browser.close();
}
if (problems.length) {
  console.log(problems.join('\n'));
  process.exit(1);
}
