CREATE USER IF NOT EXISTS 'short'@'%' IDENTIFIED BY 'short-password';
GRANT ALL PRIVILEGES ON shortener.* TO 'short'@'%';
