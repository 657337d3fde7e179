const fs = require('fs');
const path = require('path');

const FILE = path.join(__dirname, '..', 'data.json');
const empty = { secret: '', users: [], todos: [] };
const state = fs.existsSync(FILE) ? JSON.parse(fs.readFileSync(FILE, 'utf8')) : empty;
let timer = null;

function save() {
  clearTimeout(timer);
  timer = null;
  fs.writeFileSync(`${FILE}.tmp`, JSON.stringify(state));
  fs.renameSync(`${FILE}.tmp`, FILE);
}

function saveSoon() {
  if (!timer) timer = setTimeout(save, 50);
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (timer) save();
    process.exit(0);
  });
}

module.exports = { state, saveSoon };
