const crypto = require('crypto');
const express = require('express');
const { links, changed } = require('./store');

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const app = express();
app.disable('x-powered-by');
app.use(express.json());

function newCode() {
  let code;
  do {
    code = Array.from(crypto.randomBytes(7), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  } while (links.has(code));
  return code;
}

function validUrl(value) {
  if (typeof value !== 'string') return false;
  try {
    return ['http:', 'https:'].includes(new URL(value).protocol);
  } catch {
    return false;
  }
}

function show({ accessCount, ...link }) {
  return link;
}

function checkUrl(req, res, next) {
  if (!validUrl(req.body && req.body.url)) {
    return res.status(400).json({ errors: [{ field: 'url', message: 'must be a valid URL' }] });
  }
  next();
}

function findLink(req, res, next) {
  req.link = links.get(req.params.code);
  if (!req.link) return res.status(404).json({ message: 'Short URL not found' });
  next();
}

app.post('/shorten', checkUrl, (req, res) => {
  const now = new Date().toISOString();
  const link = {
    id: crypto.randomUUID(),
    url: req.body.url,
    shortCode: newCode(),
    createdAt: now,
    updatedAt: now,
    accessCount: 0,
  };
  links.set(link.shortCode, link);
  changed();
  res.status(201).json(show(link));
});

app.get('/shorten/:code', findLink, (req, res) => {
  req.link.accessCount += 1;
  changed();
  res.json(show(req.link));
});

app.put('/shorten/:code', findLink, checkUrl, (req, res) => {
  req.link.url = req.body.url;
  req.link.updatedAt = new Date().toISOString();
  changed();
  res.json(show(req.link));
});

app.delete('/shorten/:code', findLink, (req, res) => {
  links.delete(req.link.shortCode);
  changed();
  res.status(204).end();
});

app.get('/shorten/:code/stats', findLink, (req, res) => {
  res.json(req.link);
});

app.get('/:code', findLink, (req, res) => {
  req.link.accessCount += 1;
  changed();
  res.redirect(302, req.link.url);
});

app.use((req, res) => {
  res.status(404).json({ message: `${req.method} ${req.path} does not exist` });
});

app.use((err, req, res, next) => {
  const status = err.status || 500;
  res.status(status).json({ message: status < 500 ? err.message : 'Something went wrong' });
});

const port = process.env.PORT || 3000;
app.listen(port, () => console.log(`Listening on port ${port}`));
