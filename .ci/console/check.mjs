// Uses every page of a running console as a person would. Arguments: the callbacks' address, the operators' address,
// Kafka's, the gateway's log, and a folder for screenshots.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';

const [callbacks, operators, kafka, log, shots] = process.argv.slice(2);
const root = `http://${operators}/console/`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
if (shots) mkdirSync(shots, { recursive: true });

const faults = [];
const check = (what, isRight, saw = '') => {
  if (isRight) console.log(`ok: ${what}`);
  else { console.log(`NOT: ${what} ${saw}`); faults.push(what); }
};
const callstream = (...words) => {
  const [program, ...before] = process.env.CALLSTREAM.split(' ');
  return execFileSync(program, [...before, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
};
const play = (...words) => {
  const [program, ...before] = process.env.CALLSTREAM.split(' ');
  return spawn(program, [...before, 'dial', callbacks, ...words, '--json'], { stdio: ['ignore', 'ignore', 'inherit'] });
};
const post = async detail => {
  const answer = await fetch(`http://${callbacks}/callbacks`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ detail }),
  });
  return answer.status;
};
/** Awaits a condition; the tests have no pauses of fixed length. */
const until = async (what, condition, seconds = 20) => {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s, on ${page.url()}`);
    await new Promise(next => setTimeout(next, 100));
  }
};

const browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
await page.setViewport({ width: 1280, height: 900 });
let expected = [];
page.on('console', message => {
  if (message.type() === 'error' && !expected.some(text => message.text().includes(text))) faults.push(`console: ${message.text()}`);
});
page.on('pageerror', error => faults.push(`page error: ${error.message}`));
page.on('dialog', dialog => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
page.on('request', request => {
  if (!request.url().startsWith(`http://${operators}/`) && !request.url().startsWith('data:')) faults.push(`request to ${request.url()}`);
});
const go = path => page.goto(root + path, { waitUntil: 'load' });
const text = selector => page.$eval(selector, element => element.textContent);
const rows = () => page.$$eval('table.calls tbody tr', all => all.map(row => [...row.cells].map(cell => cell.textContent)));
const states = () => page.evaluate(() => document.body.innerText);

// ---- accessibility, by page
const accessible = async name => {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    // The page's policy forbids scripts that are put into it; the protocol runs this one beside it.
    await page.evaluate(axe);
    const result = await page.evaluate(() => axe.run());
    const serious = result.violations.filter(one => ['serious', 'critical'].includes(one.impact));
    check(`${name}, ${scheme}: axe finds nothing serious (${result.passes.length} rules passed)`, serious.length === 0,
      JSON.stringify(serious.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)])));
    if (shots) await page.screenshot({ path: `${shots}/${name}-${scheme}.png` });
  }
  await page.setViewport({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(`${name}, phone: nothing is wider than the screen`, wide <= 0, wide);
  if (shots) await page.screenshot({ path: `${shots}/${name}-phone.png` });
  await page.setViewport({ width: 1280, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
};

// ---- live calls
const campaign = play('--rate', '60', '--speed', '10', '--both-legs', '--repeats', '5', '--disorder', '5', '--missing', '5', '--for', '10m');
process.on('exit', () => campaign.kill());
await go('calls');
await until('the live table fills', async () => (await rows()).length >= 20, 60);
check('the live table fills while a campaign plays', (await rows()).length >= 20);
const before = JSON.stringify(await rows());
check('it changes by itself', await until('the live table changes', async () => JSON.stringify(await rows()) !== before));
check('numbers are masked', (await rows()).every(row => !/\d{4}/.test(row[5])));
await page.click('#pause');
const paused = JSON.stringify(await rows());
const changes = Date.now() + 3000;
await until('three seconds pass', () => Date.now() > changes);
check('a paused table does not change', JSON.stringify(await rows()) === paused);
check('it says so', (await text('#connection')) === 'Paused');
await page.click('#pause');
check('it goes on', await until('the table goes on', async () => JSON.stringify(await rows()) !== paused));
const streams = async () => (await (await fetch(`http://${operators}/actuator/prometheus`)).text()).match(/^callstream_console_pages (\S+)/m)[1];
const other = await browser.newPage();
await other.bringToFront();
check('a page in the background has no stream', await until('the stream is closed', async () => (await streams()) === '0.0'));
const hidden = JSON.stringify(await rows());
await other.close();
await page.bringToFront();
check('in front it has one', await until('the stream is open', async () => (await streams()) === '1.0'));
check('and its table goes on', await until('the table goes on', async () => JSON.stringify(await rows()) !== hidden));
await accessible('calls');

await page.type('input[name=company]', '2029');
await Promise.all([page.waitForNavigation(), page.click('form.filters button')]);
check('a filter is in the address', page.url().includes('company=2029'));
await until('filtered rows', async () => (await rows()).length > 0);
check('and only its calls are shown', (await rows()).every(row => row[2] === '2029'));
await go('calls?state=talking');
await until('talking calls', async () => (await rows()).length > 0, 60);
check('a filter by state', (await rows()).every(row => row[1] === 'talking'));

// ---- a keyboard
await go('calls');
await until('rows', async () => (await rows()).length >= 5);
await page.keyboard.press('Tab');
check('the first stop of the keyboard is the skip link', (await page.evaluate(() => document.activeElement.textContent)) === 'Skip to the content');
await page.focus('table.calls tbody tr:nth-child(3) a');
const focused = await page.evaluate(() => document.activeElement.href);
const later = Date.now() + 3000;
await until('three seconds pass', () => Date.now() > later);
check('a link that has the focus is not taken away', (await page.evaluate(() => document.activeElement.href)) === focused);

// ---- one call
await go('calls?state=billed');
const billed = await until('an answered call', async () => (await rows()).find(row => row[8].startsWith('answered')), 60);
const id = billed[9];
await go(`calls?q=${id.slice(0, 13)}`);
check('a call is found by the beginning of its id', (await rows()).some(row => row[9] === id));
await go(`calls?q=${billed[4]}`);
check('and by its extension', (await rows()).some(row => row[9] === id));
await page.goto(`${root}call?id=${encodeURIComponent(id)}`);
const inPage = await page.$$eval('#content table tbody tr', all => all.map(row => `${row.cells[0].textContent} ${row.cells[2].textContent}`));
const inTerminal = callstream('call', id, '--kafka', kafka).split('\n').map(line => line.match(/^ *(\d+) +\S+ +(\w+)/)).filter(Boolean)
  .map(([, sequence, kind]) => `${sequence} ${kind}`);
check('its timeline is that of `callstream call`', inPage.length > 0 && inPage.join() === inTerminal.join(), `${inPage} / ${inTerminal}`);
check('each event is drawn', (await page.$$('.drawing circle')).length === inPage.length);
await accessible('call');
check('no number is shown yet', !/55501\d\d|1[3-9]\d{9}/.test(await states()));
await page.click('#records button');
await page.waitForSelector('#records details');
const details = await page.$$eval('#records details', all => all.map(one => one.textContent));
check('each record is there with topic, partition and offset', details.length === inPage.length && details.every(one => /calls\.timeline, partition \d+, offset \d+/.test(one)));
check('with its headers and its value', details.every(one => one.includes('ce_id') && one.includes('"timeline"')));
await page.click('#records summary');
await page.click('#records .copy');
check('a record can be copied', await until('the copy', async () => /Copied|Selected/.test(await text('#records .copy'))));
const number = await text('#records dd');
check('the number is shown', /^\d{5,}$/.test(number), number);
const logged = readFileSync(log, 'utf8');
check('and that is logged, without the number', logged.includes(`records of call ${id} to 127.0.0.1`) && !logged.includes(number));
await go(`calls?q=${number}`);
check('the call is found by its number', (await rows()).some(row => row[9] === id));
expected = ['503', '400', '403', '404'];
await page.goto(`${root}call?id=nobody`);
check('an unknown call is explained', (await states()).includes('No call nobody is among the'));

// ---- exports
const csv = await (await fetch(`${root}calls.csv?company=2029`)).text();
check('CSV', csv.startsWith('callId,updatedAt,state,company') && csv.split('\r\n').slice(1, -1).every(line => line.includes(',2029,')));
const json = await (await fetch(`${root}calls.json?company=2029`)).json();
check('JSON', json.length > 0 && json.every(call => call.company === '2029' && !/\d{4}/.test(call.customer)));

// ---- the quarantine
const refused = `console-${Date.now()}`;
check('a callback with a fault is refused', (await post(`{"uuid":"${refused}","status":"ring","callee":"5550199"`)) === 400);
await until('it is in the quarantine', async () => { await go('quarantine'); return (await states()).includes('not-json'); });
await accessible('quarantine');
const reasons = await page.$$eval('.reasons a', all => all.map(one => one.textContent));
check('the quarantine is grouped by reason', reasons.length > 0 && reasons.every(one => /\(\d+\)|all/.test(one)), reasons);
await Promise.all([page.waitForNavigation(), page.click('table tbody tr td a')]);
check('a refused callback says why', (await text('.trouble')).length > 20);
check('its request is not shown yet', !(await states()).includes(refused));
await page.click('#request button');
await page.waitForSelector('#request textarea');
check('its request is shown as it came', (await text('#request pre')).includes(refused));
await accessible('refused');
await page.click('#unchanged button');
await page.waitForSelector('#outcome p');
check('unchanged it is refused again', (await text('#outcome')).startsWith('400'), await text('#outcome'));
await page.$eval('#request textarea', (area, value) => { area.value = value; }, `{"uuid":"${refused}","status":"ring","callee":"5550199"}`);
await page.click('#edited button');
await until('the edited one is accepted', async () => (await text('#outcome')).startsWith('200'));
check('edited it is accepted', (await text('#outcome')).startsWith('200'), await text('#outcome'));
await until('the call is there', async () => { await go(`calls?q=${refused}`); return (await rows()).length === 1; });
check('and the call is there', (await rows()).length === 1);

// ---- hostile callbacks
const evil = [
  '<script>window.pwned=1</script>', '<img src=x onerror="window.pwned=1">', '"><svg onload=window.pwned=1>', '{{7*7}}${7*7}',
  '\u202egnp.exe', '\u2066hidden\u2069', "javascript:window.pwned=1", 'x'.repeat(60000), '\u0000\u001b[31mred',
];
for (const [i, value] of evil.entries()) {
  await post(JSON.stringify({ uuid: `evil-${i}-${value.slice(0, 60)}`, status: 'ring', callee: value, extnumber: value, companycode: value }));
  await post(JSON.stringify({ uuid: value, status: value }).slice(0, -1));
}
await until('hostile calls', async () => { await go('calls?q=evil-'); return (await rows()).length >= 7; });
for (const path of ['calls', 'calls?q=evil-', `calls?q=${encodeURIComponent(evil[0])}&company=${encodeURIComponent(evil[2])}`, 'quarantine', `quarantine?reason=${encodeURIComponent(evil[1])}`]) {
  await go(path);
  await until('content', async () => (await states()).length > 50);
  check(`hostile texts on ${path.slice(0, 20)}: nothing runs`, (await page.evaluate(() => window.pwned)) === undefined);
  check('  no element of theirs', (await page.$$('main script, main img, main svg')).length === 0);
  check('  no character that turns the direction', !/[\u202a-\u202e\u2066-\u2069\u0000]/.test(await states()));
}
await go('calls?q=evil-');
for (const link of await page.$$eval('table.calls tbody a', all => all.map(one => one.href))) {
  await page.goto(link);
  const button = await page.$('#records button');
  if (button) {
    await button.click();
    await page.waitForSelector('#records details');
  }
  check('  a hostile call: nothing runs', (await page.evaluate(() => window.pwned)) === undefined
    && (await page.$$('main script, main img')).length === 0);
}
await go('quarantine');
for (const link of (await page.$$eval('table tbody a', all => all.map(one => one.href))).slice(0, evil.length)) {
  await page.goto(link);
  await page.click('#request button');
  await page.waitForSelector('#request pre');
  check('  a hostile request: nothing runs', (await page.evaluate(() => window.pwned)) === undefined
    && (await page.$$('main script, main img')).length === 0);
}

// ---- the gateway
await go('gateway');
await until('plots', async () => (await page.$$('#plots canvas')).length === 5);
check('five plots are drawn', (await page.$$('#plots canvas')).length === 5);
const figures = await (await fetch(`${root}gateway/figures.json`)).json();
check('with figures of this run', figures.at.length > 3 && Math.max(...figures.callbacks) > 10, JSON.stringify(figures.callbacks));
check('and what is true now', /A 2xx rests on\s+this gateway's disk/.test(await states()));
await accessible('gateway');

// ---- try it
await go('try');
await page.click('form button');
await page.waitForSelector('#steps li', { timeout: 40000 });
const steps = await page.$$eval('#steps li', all => all.map(one => one.textContent));
check('an address is tested in steps', steps.length > 4 && steps.every(step => !step.startsWith('✗')), steps.join(' | '));
check('down to Kafka', steps.some(step => step.includes('in Kafka')));
await page.$eval('input[name=address]', input => { input.value = 'http://127.0.0.1:1'; });
await page.click('form button');
await until('a wrong address', async () => (await text('#steps')).includes('does not accept connections'), 40);
check('a wrong address is explained', (await text('#steps')).includes('does not accept connections'));
await page.click('button[hx-post$="try/play"]');
await until('the campaign', async () => (await text('#campaign')).includes('The calls are being played'));
await accessible('try');
check('a campaign can be played', await until('the campaign ends', async () => (await text('#campaign')).includes('Every callback was answered 2xx'), 120));

// ---- what a stranger may not
const token = await page.$eval('body', body => JSON.parse(body.getAttribute('hx-headers'))['X-Callstream-Token']);
const forged = headers => fetch(`${root}try/play`, { method: 'POST', headers });
check('a POST without the token is refused', (await forged({})).status === 403);
check('and with another one', (await forged({ 'X-Callstream-Token': token.replace(/./g, '0') })).status === 403);
const foreign = execFileSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Host: evil.example', `${root}calls`], { encoding: 'utf8' });
check('a foreign name in Host is refused', foreign === '403', foreign);
const policy = (await fetch(`${root}calls`)).headers.get('content-security-policy');
check('the policy allows no inline script', policy.includes("default-src 'none'") && !policy.includes('unsafe'));

// ---- 100,000 calls
campaign.kill('SIGINT');
callstream('dial', callbacks, '--calls', '100000', '--rate', 'max', '--json');
await go('calls');
await until('the console is up to date', async () => /^[\d,]+ calls are known\.$/.test(await text('.note')) && Number((await text('.note')).replace(/\D/g, '')) >= 99000, 120);
const newest = async () => (await (await fetch(`${root}calls.json`)).json()).map(call => call.callId);
let ids = [];
await until('the timeline has caught up', async () => {
  const last = ids.join();
  ids = await newest();
  await new Promise(next => setTimeout(next, 2000));
  return last === ids.join();
}, 120);
const found = [];
const shown = [];
for (let i = 0; i < 100; i++) {
  const wanted = ids[Math.floor(i * ids.length / 100)];
  const begun = performance.now();
  await go(`calls?q=${wanted}`);
  const link = await page.$('table.calls tbody a');
  found.push(performance.now() - begun);
  await Promise.all([page.waitForNavigation(), link.click()]);
  if (!(await page.$('.drawing circle'))) faults.push(`no timeline of ${wanted}`);
  shown.push(performance.now() - begun);
}
const p95 = times => times.sort((one, other) => one - other)[95];
check(`a call is found among 100,000 in the browser: p95 ${p95(found).toFixed(0)} ms`, p95(found) <= 1000);
check(`its timeline is shown, from the search on: p95 ${p95(shown).toFixed(0)} ms`, p95(shown) <= 1000);

await browser.close();
console.log(faults.length ? `FAULTS:\n${faults.join('\n')}` : 'The console does what it should.');
process.exit(faults.length ? 1 : 0);
