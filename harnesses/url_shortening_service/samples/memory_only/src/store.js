const links = new Map();

function changed() {}

process.on('SIGTERM', () => process.exit(0));

module.exports = { links, changed };
