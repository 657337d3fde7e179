const { randomUUID, randomBytes, scrypt, timingSafeEqual } = require('crypto');
const { promisify } = require('util');
const express = require('express');
const jwt = require('jsonwebtoken');
const { state, saveSoon } = require('./store');

const hash = promisify(scrypt);
const app = express();
app.use(express.json());

if (!state.secret) {
  state.secret = randomBytes(32).toString('hex');
  saveSoon();
}

const isText = (value) => typeof value === 'string' && value.trim() !== '';
const later = (handler) => (req, res, next) => handler(req, res, next).catch(next);
const tokenFor = (user) => jwt.sign({ id: user.id }, state.secret, { expiresIn: '1h' });

const auth = express.Router();

auth.post('/signup', later(async (req, res) => {
  const { username, email, password } = req.body;
  if (!isText(username) || !isText(email) || !/^\S+@\S+\.\S+$/.test(email)) {
    return res.status(400).json({ error: 'username and email are required' });
  }
  if (!isText(password) || password.length < 6) {
    return res.status(400).json({ error: 'password is too short' });
  }
  if (state.users.some((user) => user.email === email)) {
    return res.status(409).json({ error: 'Email already in use' });
  }
  const user = { id: randomUUID(), username, email, salt: randomBytes(16).toString('hex') };
  state.users.push(user);
  user.hash = (await hash(password, user.salt, 32)).toString('hex');
  saveSoon();
  res.status(201).json({ success: true, data: { token: tokenFor(user), username } });
}));

auth.post('/login', later(async (req, res) => {
  const { email, password } = req.body;
  if (!isText(email) || !isText(password)) return res.status(400).json({ error: 'who is it?' });
  const user = state.users.find((one) => one.email === email);
  if (!user) return res.status(401).json({ error: 'Invalid credentials' });
  const given = await hash(password, user.salt, 32);
  if (!timingSafeEqual(given, Buffer.from(user.hash, 'hex'))) {
    return res.status(401).json({ error: 'Invalid credentials' });
  }
  res.json({ success: true, data: { token: tokenFor(user) } });
}));

app.use('/api/auth', auth);

const todos = express.Router();

todos.use((req, res, next) => {
  try {
    req.user = jwt.verify(req.get('x-access-token') || '', state.secret, { algorithms: ['HS256'] }).id;
    next();
  } catch {
    res.status(403).json({ error: 'Access denied' });
  }
});

function valid(req, res, next) {
  const { title, description = '' } = req.body;
  if (!isText(title) || typeof description !== 'string') {
    return res.status(422).json({ error: 'title is required' });
  }
  next();
}

function own(req, res, next) {
  req.todo = state.todos.find((todo) => todo.id === req.params.id);
  if (!req.todo) return res.status(404).json({ error: 'Todo not found' });
  if (req.todo.userId !== req.user) return res.status(403).json({ error: 'Forbidden' });
  next();
}

const shown = ({ id, title, description, createdAt }) => ({ id, title, description, createdAt });

todos.get('/', (req, res) => {
  const page = Math.max(1, parseInt(req.query.page, 10) || 1);
  const perPage = Math.min(50, Math.max(1, parseInt(req.query.per_page, 10) || 10));
  const mine = state.todos.filter((todo) => todo.userId === req.user);
  const some = mine.slice((page - 1) * perPage, page * perPage);
  res.json({ todos: some.map(shown), page, per_page: perPage, total: mine.length });
});

todos.post('/', valid, (req, res) => {
  const { title, description = '' } = req.body;
  const todo = { id: randomUUID(), userId: req.user, title, description, createdAt: new Date() };
  state.todos.push(todo);
  saveSoon();
  res.status(201).json({ success: true, data: shown(todo) });
});

todos.put('/:id', own, valid, (req, res) => {
  const { title, description = req.todo.description } = req.body;
  Object.assign(req.todo, { title, description });
  saveSoon();
  res.json({ success: true, data: shown(req.todo) });
});

todos.delete('/:id', own, (req, res) => {
  state.todos.splice(state.todos.indexOf(req.todo), 1);
  saveSoon();
  res.json({ success: true, message: 'Todo deleted' });
});

app.use('/api/todos', todos);
app.use((req, res) => res.status(404).json({ error: 'Not found' }));
app.use((err, req, res, next) => {
  const status = err.status || 500;
  res.status(status).json({ error: status < 500 ? err.message : 'Internal server error' });
});

app.listen(process.env.PORT || 3000);
