const crypto = require('crypto');
const express = require('express');
const db = require('./db');

const app = express();
app.use(express.json());

const isUrl = (value) => {
  if (typeof value !== 'string') return false;
  try {
    return ['http:', 'https:'].includes(new URL(value).protocol);
  } catch {
    return false;
  }
};

const shown = (row) => ({
  id: String(row.id),
  url: row.url,
  shortCode: row.short_code,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const handled = (handler) => (req, res, next) => handler(req, res).catch(next);

const find = async (code) => {
  const [rows] = await db.execute('SELECT * FROM links WHERE short_code = ?', [code]);
  return rows[0];
};

const missing = (res) => res.status(404).json({ error: 'There is no such short URL' });
const refused = (res) => res.status(400).json({ error: 'url has to be an http or https URL' });

app.post('/shorten', handled(async (req, res) => {
  if (!isUrl(req.body && req.body.url)) return refused(res);
  const code = crypto.randomBytes(5).toString('base64url');
  const now = new Date();
  await db.execute(
    'INSERT INTO links (url, short_code, created_at, updated_at) VALUES (?, ?, ?, ?)',
    [req.body.url, code, now, now],
  );
  res.status(201).json(shown(await find(code)));
}));

app.get('/shorten/:code', handled(async (req, res) => {
  const row = await find(req.params.code);
  if (!row) return missing(res);
  await db.execute('UPDATE links SET access_count = access_count + 1 WHERE id = ?', [row.id]);
  res.json(shown(row));
}));

app.put('/shorten/:code', handled(async (req, res) => {
  const row = await find(req.params.code);
  if (!row) return missing(res);
  if (!isUrl(req.body && req.body.url)) return refused(res);
  await db.execute('UPDATE links SET url = ?, updated_at = ? WHERE id = ?', [
    req.body.url,
    new Date(),
    row.id,
  ]);
  res.json(shown(await find(req.params.code)));
}));

app.delete('/shorten/:code', handled(async (req, res) => {
  const [done] = await db.execute('DELETE FROM links WHERE short_code = ?', [req.params.code]);
  return done.affectedRows ? res.status(204).end() : missing(res);
}));

app.get('/shorten/:code/stats', handled(async (req, res) => {
  const row = await find(req.params.code);
  return row ? res.json({ ...shown(row), accessCount: row.access_count }) : missing(res);
}));

app.use((req, res) => res.status(404).json({ error: 'There is no such page' }));
app.use((error, req, res, next) => {
  const status = error.status || 500;
  if (status === 500) console.error(error);
  res.status(status).json({ error: status === 500 ? 'Something went wrong' : error.message });
});

app.listen(process.env.PORT || 3000, () => console.log('listening'));
