from fastapi import FastAPI

app = FastAPI()


@app.get("/lamp")
def lamp():
    return {"on": True}
