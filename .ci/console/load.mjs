// Opens so many streams of the live calls as open pages would, and reads them. Prints what has come, each second.
import http from 'node:http';

const [url, pages] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
let bytes = 0;
let tables = 0;
let ended = 0;
for (let i = 0; i < Number(pages); i++) {
  http.get(`${url}${i % 5 === 0 ? '' : `?company=${2027 + (i % 5)}`}`, { agent }, answer => {
    answer.on('data', data => { bytes += data.length; tables += data.toString().split('event:calls').length - 1; });
    answer.on('close', () => { ended++; });
  });
}
setInterval(() => console.log(`${tables} tables, ${(bytes / 1e6).toFixed(1)} MB, ${ended} streams ended`), 1000);
