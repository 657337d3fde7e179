const readline = require("readline");

const rl = readline.createInterface({ input: process.stdin, output: process.stdout });
const levels = { 1: 10, 2: 5, 3: 3, easy: 10, medium: 5, hard: 3 };
const lines = [];
let waiting = null;

rl.on("line", (line) => (waiting ? (waiting(line), (waiting = null)) : lines.push(line)));
rl.on("close", () => process.exit(0));

function ask(question) {
  process.stdout.write(question);
  if (lines.length) return Promise.resolve(lines.shift());
  return new Promise((resolve) => (waiting = resolve));
}

async function round() {
  let chances;
  while (!chances) {
    const answer = await ask("Choose a difficulty level [1] easy [2] medium [3] hard > ");
    chances = levels[answer.trim().toLowerCase()];
  }
  const secret = 1 + Math.floor(Math.random() * 100);
  for (let attempt = 1; attempt <= chances; attempt++) {
    const guess = Number(await ask(`(${attempt}/${chances}) your guess> `));
    if (!Number.isInteger(guess) || guess < 1 || guess > 100) {
      console.log("A whole number between 1 and 100, please.");
      continue;
    }
    if (guess === secret) {
      console.log(`Well done! It took you ${attempt} ${attempt === 1 ? "attempt" : "attempts"}.`);
      return;
    }
    console.log(`Your guess is ${guess > secret ? "higher" : "lower"} than the number.`);
    if (attempt === 3) console.log(`Hint: the number is ${secret % 2 ? "odd" : "even"}, no more.`);
  }
  console.log(`You lose. It was ${secret}.`);
}

async function main() {
  console.log("Hello! Guess a number between 1 and 100.");
  do {
    await round();
  } while (/^y/i.test(await ask("Another round? [y/N] ")));
  process.exit(0);
}

main();
