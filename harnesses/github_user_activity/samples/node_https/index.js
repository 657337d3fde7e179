const https = require("node:https");

function get(path, done) {
  const options = {
    hostname: "api.github.com",
    path,
    headers: { "User-Agent": "activity-cli" },
    timeout: 4000,
  };
  const request = https.get(options, (answer) => {
    let text = "";
    answer.on("data", (piece) => (text += piece));
    answer.on("end", () => {
      if (answer.statusCode !== 200) return done(new Error(`status ${answer.statusCode}`));
      try {
        done(null, JSON.parse(text));
      } catch {
        done(new Error("GitHub sent something that is no JSON"));
      }
    });
  });
  request.on("timeout", () => request.destroy(new Error("GitHub does not answer")));
  request.on("error", (error) => done(error));
}

function fail(error) {
  console.log(`Sorry: ${error.message}`);
  process.exitCode = 1;
}

const user = process.argv[2];
if (!user) {
  console.log("Please name a user.");
} else {
  get(`/users/${user}`, (error) => {
    if (error) return fail(error);
    get(`/users/${user}/events`, (problem, events) => {
      if (problem) return fail(problem);
      const lines = events.map(({ type, repo, payload }) => {
        if (type === "PushEvent") {
          const commits = payload.commits ? payload.commits.length : "some";
          return `Pushed ${commits} commits to ${repo.name}`;
        }
        if (type === "IssuesEvent") return `Issue ${payload.action} in ${repo.name}`;
        if (type === "WatchEvent") return `Starred ${repo.name}`;
        if (type === "ForkEvent") return `Forked ${repo.name}`;
        if (type === "CreateEvent") return `New ${payload.ref_type} in ${repo.name}`;
        if (type === "PullRequestEvent") return `Pull request ${payload.action} in ${repo.name}`;
        return `${type} in ${repo.name}`;
      });
      lines.forEach((line, number) => console.log(`${number + 1}. ${line}`));
    });
  });
}
