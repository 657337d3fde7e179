const fs = require('fs');
const path = require('path');

const FILE = path.join(__dirname, '..', 'data.json');

const posts = new Map();
let timer = null;

if (fs.existsSync(FILE)) {
  for (const post of JSON.parse(fs.readFileSync(FILE, 'utf8'))) {
    posts.set(post.id, post);
  }
}

function save() {
  clearTimeout(timer);
  timer = null;
  fs.writeFileSync(`${FILE}.tmp`, JSON.stringify([...posts.values()], null, 2));
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

module.exports = { posts, saveSoon };
