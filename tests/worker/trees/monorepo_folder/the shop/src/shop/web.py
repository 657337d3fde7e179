from fastapi import FastAPI

from shop.prices import PRICES

app = FastAPI()


@app.get("/prices")
def prices():
    return PRICES
