from django.http import HttpRequest, HttpResponse

from ui import theme as themes


def theme(request: HttpRequest, colour: str) -> HttpResponse:
    """The stylesheet of an authority's colour; the route lets only six hexadecimal digits through."""
    response = HttpResponse(themes.stylesheet(colour.lower()), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
