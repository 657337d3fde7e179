const { randomUUID } = require('crypto');
const express = require('express');
const { posts, saveSoon } = require('./store');

const app = express();
app.disable('x-powered-by');
app.use(express.json());

const isText = (value) => typeof value === 'string' && value.trim() !== '';

function validate(req, res, next) {
  const { title, content, category, tags } = req.body || {};
  const errors = [];
  if (!isText(title)) errors.push('title is required');
  if (!isText(content)) errors.push('content is required');
  if (!isText(category)) errors.push('category is required');
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
    errors.push('tags must be an array of strings');
  }
  if (errors.length > 0) return res.status(400).json({ errors });
  req.post = { title, content, category, tags };
  next();
}

function find(req, res, next) {
  req.found = posts.get(req.params.id);
  if (!req.found) return res.status(404).json({ error: `Post ${req.params.id} not found` });
  next();
}

function matches(post, term) {
  return [post.title, post.content, post.category].some((text) => text.toLowerCase().includes(term));
}

app
  .route('/posts')
  .get((req, res) => {
    const term = String(req.query.term || '').toLowerCase();
    const all = [...posts.values()].reverse();
    res.json(term ? all.filter((post) => matches(post, term)) : all);
  })
  .post(validate, (req, res) => {
    const now = new Date().toISOString();
    const post = { id: randomUUID(), ...req.post, createdAt: now, updatedAt: now };
    posts.set(post.id, post);
    saveSoon();
    res.status(201).location(`/posts/${post.id}`).json(post);
  });

app
  .route('/posts/:id')
  .get(find, (req, res) => res.json(req.found))
  .put(find, validate, (req, res) => {
    Object.assign(req.found, req.post, { updatedAt: new Date().toISOString() });
    saveSoon();
    res.json(req.found);
  })
  .delete(find, (req, res) => {
    posts.delete(req.found.id);
    saveSoon();
    res.status(204).end();
  });

app.use((req, res) => res.status(404).json({ error: 'Not found' }));

app.use((err, req, res, next) => {
  const status = err.status || 500;
  res.status(status).json({ error: status < 500 ? err.message : 'Internal server error' });
});

const port = process.env.PORT || 3000;
app.listen(port, () => console.log(`Blog API on port ${port}`));
