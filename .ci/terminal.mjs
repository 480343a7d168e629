// Draws what a command prints on a terminal as an SVG: node terminal.mjs 'COMMAND' < OUTPUT > IMAGE.
// Knows the colours and bold of ANSI escape sequences (SGR); any other sequence is an error.
import { readFileSync } from 'node:fs';

const COLOURS = { 31: '#ff7b72', 32: '#3fb950', 33: '#d29922', 34: '#58a6ff', 35: '#bc8cff', 36: '#39c5cf' };
const [WIDTH, HEIGHT, MARGIN] = [7.2, 17, 16]; // Pixels: of a character, of a line, around the text.

// Renderers join blanks, but not these.
const NO_BREAK_SPACE = '\u00a0';

const escape = (text) =>
  text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]).replaceAll(' ', NO_BREAK_SPACE);

/** The line's runs of one style each, as [text, colour, bold]. */
function runs(line) {
  const found = [];
  let colour = null;
  let bold = false;
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    const sgr = /^\x1b\[([0-9;]*)m$/.exec(part);
    if (!sgr) {
      if (part.includes('\x1b')) throw new Error(`Not a style: ${JSON.stringify(part)}`);
      if (part) found.push([part, colour, bold]);
      continue;
    }
    for (const code of (sgr[1] || '0').split(';').map(Number)) {
      if (code === 0) [colour, bold] = [null, false];
      else if (code === 1) bold = true;
      else if (code === 21 || code === 22) bold = false;
      else if (code === 39) colour = null;
      else if (COLOURS[code]) colour = COLOURS[code];
      else throw new Error(`Unknown style ${code}`);
    }
  }
  return found;
}

const output = readFileSync(0, 'utf8').replace(/\r/g, '').trimEnd().split('\n');
const lines = [`\x1b[1m$ ${process.argv[2]}\x1b[0m`, ...output].map((line) => runs(line.trimEnd()));
const length = (line) => line.reduce((sum, [text]) => sum + text.length, 0);
const width = Math.ceil(Math.max(...lines.map(length)) * WIDTH) + 2 * MARGIN;
const height = lines.length * HEIGHT + 2 * MARGIN;

console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`);
console.log(`<rect width="${width}" height="${height}" rx="8" fill="#0d1117" stroke="#30363d"/>`);
console.log('<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="12" fill="#e6edf3">');
lines.forEach((line, index) => {
  if (!line.length) return;
  const spans = line.map(([text, colour, bold]) => {
    const style = (colour ? ` fill="${colour}"` : '') + (bold ? ' font-weight="bold"' : '');
    return style ? `<tspan${style}>${escape(text)}</tspan>` : escape(text);
  });
  const y = MARGIN + (index + 0.75) * HEIGHT;
  console.log(`<text x="${MARGIN}" y="${y}" textLength="${(length(line) * WIDTH).toFixed(1)}">${spans.join('')}</text>`);
});
console.log('</g>\n</svg>');
