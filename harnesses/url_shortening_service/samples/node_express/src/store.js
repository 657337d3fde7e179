const fs = require('fs');
const path = require('path');

const FILE = path.join(__dirname, '..', 'links.json');

const links = new Map();
let dirty = false;

if (fs.existsSync(FILE)) {
  for (const link of JSON.parse(fs.readFileSync(FILE, 'utf8'))) {
    links.set(link.shortCode, link);
  }
}

function save() {
  fs.writeFileSync(FILE + '.tmp', JSON.stringify([...links.values()]));
  fs.renameSync(FILE + '.tmp', FILE);
  dirty = false;
}

// Changes are collected for a moment, so that a busy server does not write all the time.
function changed() {
  if (!dirty) {
    dirty = true;
    setTimeout(() => dirty && save(), 100);
  }
}

function close() {
  if (dirty) save();
  process.exit(0);
}

process.on('SIGTERM', close);
process.on('SIGINT', close);

module.exports = { links, changed };
