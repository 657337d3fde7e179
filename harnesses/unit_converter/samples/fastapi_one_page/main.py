"""One page with a form for each kind of unit; forms carry a token that belongs to a cookie."""

import secrets
from html import escape
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="for this sample only")

LINEAR = {
    "length": {
        "Millimeters (mm)": 0.001, "Centimeters (cm)": 0.01, "Meters (m)": 1.0,
        "Kilometers (km)": 1000.0, "Inches (in)": 0.0254, "Feet (ft)": 0.3048,
        "Yards (yd)": 0.9144, "Miles (mi)": 1609.344, "Nautical miles": 1852.0,
    },
    "weight": {
        "Milligrams": 0.001, "Grams": 1.0, "Kilograms": 1000.0, "Ounces": 28.349523125,
        "Pounds": 453.59237, "Tonnes": 1_000_000.0,
    },
}
TEMPERATURES = ["Degrees Celsius", "Degrees Fahrenheit", "Kelvin"]
KELVIN = {
    TEMPERATURES[0]: (lambda v: v + 273.15, lambda k: k - 273.15),
    TEMPERATURES[1]: (lambda v: (v - 32) * 5 / 9 + 273.15, lambda k: (k - 273.15) * 9 / 5 + 32),
    TEMPERATURES[2]: (lambda v: v, lambda k: k),
}


def names(kind: str) -> list[str]:
    return TEMPERATURES if kind == "temperature" else list(LINEAR[kind])


def form(kind: str, token: str) -> str:
    choices = "".join(f"<option value={i}>{name}</option>" for i, name in enumerate(names(kind)))
    return f"""<section><h2>{kind.title()}</h2>
<form action="/convert" method="post">
<input type="hidden" name="csrf" value="{token}"><input type="hidden" name="kind" value="{kind}">
<input type="number" step="any" name="amount" placeholder="Amount" required>
<select name="unit_in"><option value="" disabled>choose</option>{choices}</select>
<select name="unit_out"><option value="" disabled>choose</option>{choices}</select>
<button>Convert</button></form></section>"""


@app.get("/", response_class=HTMLResponse)
def home(request: Request) -> str:
    token = request.session.setdefault("token", secrets.token_hex(8))
    said = request.session.pop("said", "")
    forms = "".join(form(kind, token) for kind in (*LINEAR, "temperature"))
    note = f"<p role=status>{escape(said)}</p>" if said else ""
    return f"<!doctype html><html><head><title>Units</title></head><body>{note}{forms}</body></html>"


@app.post("/convert")
def convert(
    request: Request,
    csrf: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    amount: Annotated[str, Form()] = "",
    unit_in: Annotated[str, Form()] = "",
    unit_out: Annotated[str, Form()] = "",
) -> RedirectResponse:
    if not csrf or csrf != request.session.get("token"):
        return HTMLResponse("<h1>This form has expired</h1>", status_code=403)
    try:
        known = names(kind)
        source, target = known[int(unit_in)], known[int(unit_out)]
        value = float(amount)
    except (KeyError, IndexError, ValueError):
        request.session["said"] = "Please enter a number and choose two units."
        return RedirectResponse("/", status_code=303)
    if kind == "temperature":
        result = KELVIN[target][1](KELVIN[source][0](value))
    else:
        result = value * LINEAR[kind][source] / LINEAR[kind][target]
    request.session["said"] = f"{value} {source} are {result:.4f} {target}"
    return RedirectResponse("/", status_code=303)
