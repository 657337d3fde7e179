const mysql = require('mysql2/promise');

module.exports = mysql.createPool({
  host: process.env.MYSQL_HOST || 'localhost',
  user: process.env.MYSQL_USER || 'short',
  password: process.env.MYSQL_PASSWORD || 'short-password',
  database: process.env.MYSQL_DATABASE || 'shortener',
  timezone: 'Z',
  connectionLimit: 20,
});
