from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shortener.database import init_db
from shortener.routes import router

init_db()

app = FastAPI(title="Shortener")
app.include_router(router)


@app.exception_handler(HTTPException)
def http_error(request: Request, error: HTTPException):
    return JSONResponse({"message": error.detail, "data": None}, status_code=error.status_code)


@app.exception_handler(RequestValidationError)
def validation_error(request: Request, error: RequestValidationError):
    messages = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return JSONResponse({"message": "; ".join(messages), "data": None}, status_code=422)
