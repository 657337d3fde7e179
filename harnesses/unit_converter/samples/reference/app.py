"""A unit converter: three pages, one form each."""

from flask import Flask, redirect, render_template, request, url_for

app = Flask(__name__)

FACTORS = {
    "length": {
        "millimeter": 0.001,
        "centimeter": 0.01,
        "meter": 1,
        "kilometer": 1000,
        "inch": 0.0254,
        "foot": 0.3048,
        "yard": 0.9144,
        "mile": 1609.344,
    },
    "weight": {
        "milligram": 0.001,
        "gram": 1,
        "kilogram": 1000,
        "ounce": 28.349523125,
        "pound": 453.59237,
    },
}
SCALES = ["Celsius", "Fahrenheit", "Kelvin"]


def to_celsius(value, unit):
    if unit == "Fahrenheit":
        return (value - 32) * 5 / 9
    if unit == "Kelvin":
        return value - 273.15
    return value


def from_celsius(value, unit):
    if unit == "Fahrenheit":
        return value * 9 / 5 + 32
    if unit == "Kelvin":
        return value + 273.15
    return value


def convert(kind, value, source, target):
    if kind == "temperature":
        return from_celsius(to_celsius(value, source), target)
    return value * FACTORS[kind][source] / FACTORS[kind][target]


def units_of(kind):
    return SCALES if kind == "temperature" else list(FACTORS[kind])


@app.get("/")
def home():
    return redirect(url_for("page", kind="length"))


@app.route("/<any(length, weight, temperature):kind>", methods=["GET", "POST"])
def page(kind):
    units = units_of(kind)
    if request.method == "GET":
        return render_template("page.html", kind=kind, units=units)
    given = request.form.get("value", "")
    source = request.form.get("from_unit", "")
    target = request.form.get("to_unit", "")
    try:
        value = float(given)
    except ValueError:
        problem = "Please enter a number."
        return render_template("page.html", kind=kind, units=units, problem=problem), 400
    if source not in units or target not in units:
        problem = "Please choose units from the lists."
        return render_template("page.html", kind=kind, units=units, problem=problem), 400
    result = f"{value:g} {source} = {round(convert(kind, value, source, target), 6)} {target}"
    return render_template("page.html", kind=kind, units=units, result=result)


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000, threaded=True)
