const express = require('express');
const fs = require('fs');

const app = express();
app.get('/', (request, response) => {
  fs.appendFileSync('visits.txt', 'x');
  response.json({ visits: fs.readFileSync('visits.txt').length });
});
app.listen(3000, 'localhost');
