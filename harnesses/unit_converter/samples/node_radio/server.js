// A converter on Node's own HTTP server: choose a kind, then units by radio buttons.
const http = require("http");

const FACTORS = {
  Length: {
    Millimetre: 0.001, Centimetre: 0.01, Metre: 1, Kilometre: 1000,
    Inch: 0.0254, Foot: 0.3048, Yard: 0.9144, Mile: 1609.344,
  },
  Weight: { Milligram: 0.001, Gram: 1, Kilogram: 1000, Ounce: 28.349523125, Pound: 453.59237 },
};
const TO_KELVIN = {
  Celsius: (v) => v + 273.15,
  Fahrenheit: (v) => ((v - 32) * 5) / 9 + 273.15,
  Kelvin: (v) => v,
};
const FROM_KELVIN = {
  Celsius: (k) => k - 273.15,
  Fahrenheit: (k) => ((k - 273.15) * 9) / 5 + 32,
  Kelvin: (k) => k,
};

const unitsOf = (kind) => Object.keys(kind === "Temperature" ? TO_KELVIN : FACTORS[kind]);
const convert = (kind, value, from, to) =>
  kind === "Temperature"
    ? FROM_KELVIN[to](TO_KELVIN[from](value))
    : (value * FACTORS[kind][from]) / FACTORS[kind][to];

const radios = (name, units) =>
  units.map((u, i) => `<label><input type="radio" name="${name}" value="${u}"${i ? "" : " checked"}> ${u}</label>`).join("\n");

function page(kind, said) {
  const kinds = [...Object.keys(FACTORS), "Temperature"];
  return `<!doctype html><html><body><h1>Converter</h1>
<form action="/" method="get"><select name="kind">${kinds.map((k) => `<option>${k}</option>`).join("")}</select><button>Choose</button></form>
${said ? `<p><b>${said}</b></p>` : ""}
${kind ? `<form action="/?kind=${kind}" method="post">
<p><label for="n">How much?</label> <input id="n" name="n" type="text"></p>
<fieldset><legend>From</legend>${radios("x", unitsOf(kind))}</fieldset>
<fieldset><legend>To</legend>${radios("y", unitsOf(kind))}</fieldset>
<button>Go</button></form>` : ""}
</body></html>`;
}

function send(response, status, text) {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8" });
  response.end(text);
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const kind = url.searchParams.get("kind");
  if (url.pathname !== "/" || (kind && kind !== "Temperature" && !FACTORS[kind])) {
    return send(response, 404, "<!doctype html><h1>No such page</h1>");
  }
  if (request.method !== "POST") return send(response, 200, page(kind, ""));
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    const form = new URLSearchParams(body);
    const text = (form.get("n") || "").trim();
    const units = kind ? unitsOf(kind) : [];
    if (!text || Number.isNaN(Number(text)) || !units.includes(form.get("x")) || !units.includes(form.get("y"))) {
      return send(response, 422, page(kind, "A number and two units, please."));
    }
    const result = convert(kind, Number(text), form.get("x"), form.get("y"));
    send(response, 200, page(kind, `${text} ${form.get("x")} = ${result} ${form.get("y")}`));
  });
});

server.listen(process.env.PORT || 3000, "0.0.0.0");
