"""What goes wrong over HTTP, as clear JSON (or one line of text outside the API).

Never tells more than a fixed sentence and a reference code.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.adapters.desk import Desk

_SENTENCES = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "That is more than this address takes."),
}


class Problem(Exception):
    """A request that cannot be served as it is. `message` is ours and says what to do."""

    def __init__(self, status: int, code: str, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def reply(request: web.Request, problem: Problem, reference: str | None = None) -> web.Response:
    """The problem as JSON below /api/, else as text."""
    if not request.path.startswith("/api/"):
        code = f" Reference: {reference}." if reference else ""
        return web.Response(status=problem.status, text=f"{problem.message}{code}\n", headers=problem.headers)
    body = {"code": problem.code, "message": problem.message} | ({"reference": reference} if reference else {})
    return web.json_response({"error": body}, status=problem.status, headers=problem.headers)


def catching(desk: Desk) -> Middleware:
    """A middleware: every request gets a reply, an unexpected failure a reference code that is also in the log."""

    @web.middleware
    async def catch(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            with desk.telemetry.in_flight.labels("web").track_inprogress():
                return await handler(request)
        except Problem as problem:
            return reply(request, problem)
        except web.HTTPException as error:
            code, message = _SENTENCES.get(error.status, ("http_error", "This request cannot be served."))
            allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return reply(request, Problem(error.status, code, message, headers=allowed))
        except Exception as error:
            reference = desk.reference("web", "http", error)
            return reply(request, Problem(500, "internal", "Something failed here; it is noted."), reference)

    return catch
