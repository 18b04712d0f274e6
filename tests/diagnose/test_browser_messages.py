"""Messages of browsers about CORS, and what they hide."""

from __future__ import annotations

import pytest

from execpolicy import RequestError
from execpolicy.diagnose.diagnosis import Gate
from execpolicy.diagnose.why import read_message

URL = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/pets"
CHROME = f"Access to fetch at '{URL}' from origin 'https://shop.example' has been blocked by CORS policy: "
FIREFOX = (
    f"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {URL}. (Reason: "
)
PREFLIGHT = "Response to preflight request doesn't pass access control check: "
ABSENT = "No 'Access-Control-Allow-Origin' header is present on the requested resource."


@pytest.mark.rule("GW-27", "MSG-3")
@pytest.mark.parametrize(
    ("text", "summary", "status"),
    [
        (f"{CHROME}{PREFLIGHT}It does not have HTTP ok status.", "A browser reports that the preflight", None),
        (f"{CHROME}{PREFLIGHT}{ABSENT}", "A browser reports that the preflight", None),
        (f"{FIREFOX}CORS preflight response did not succeed). Status code: 403.", "A browser reports that the", 403),
        (f"{CHROME}{ABSENT}", "A browser hides the response, because it has no header", None),
        (f"{CHROME}{ABSENT}\nGET {URL} net::ERR_FAILED 401", "A browser hides the response, because it has no", 401),
        (f"XMLHttpRequest cannot load {URL}. {ABSENT} The response had HTTP status code 401.",
         "A browser hides the response, because it has no header", 401),
        (f"{FIREFOX}CORS header \u2018Access-Control-Allow-Origin\u2019 missing). Status code: 403.",
         "A browser hides the response, because it has no header", 403),
        ("Origin https://shop.example is not allowed by Access-Control-Allow-Origin. Status code: 401",
         "A browser hides the response, because it has no header", 401),
        (f"{CHROME}Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight "
         "response.", "A browser did not send the call: a header", None),
        (f"{FIREFOX}missing token \u2018x-api-key\u2019 in CORS header "
         "\u2018Access-Control-Allow-Headers\u2019 from CORS preflight).",
         "A browser did not send the call: a header", None),
        (f"{CHROME}Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
         "A browser did not send the call: the method", None),
        (f"{CHROME}The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' "
         "when the request's credentials mode is 'include'.", "A browser hides the response, because Access-", None),
        (f"{CHROME}The 'Access-Control-Allow-Origin' header has a value 'https://a.example' that is not equal to the "
         "supplied origin.", "A browser hides the response, because its Access-Control-Allow-Origin is another", None),
        (f"{FIREFOX}CORS request did not succeed). Status code: (null).", "A browser got no response", None),
        (f"{CHROME}The moon is full.", "A browser hides the response or did not send the call", None),
    ],
)  # fmt: skip
def test_each_reason(text: str, summary: str, status: int | None) -> None:
    meaning = read_message(text)
    assert meaning.summary.startswith(summary)
    assert Gate.BROWSER in meaning.gates
    assert (meaning.status, meaning.explicit, meaning.layers, meaning.api_type) == (status, None, (), None)
    assert meaning.rules == ("GW-27", "MSG-3", "MSG-4")
    assert any("curl -i" in check for check in meaning.check_next)
    assert meaning.unread == ("The moon is full." if "moon" in text else "")
    assert all("{" not in check for check in meaning.check_next)


@pytest.mark.rule("GW-27")
def test_what_a_preflight_request_shows_of_the_call() -> None:
    preflight = read_message(f"{CHROME}{PREFLIGHT}It does not have HTTP ok status.")
    assert preflight.proves == ("nothing of the call itself: the browser has not sent it",)
    assert preflight.check_next[0].endswith(f"curl -i -X OPTIONS {URL}")
    sent = read_message(f"{CHROME}{ABSENT}")
    assert sent.proves == ("a call was sent and answered",)
    assert sent.check_next[0].endswith(f"curl -i {URL}")


@pytest.mark.rule("GW-27")
def test_the_query_is_not_repeated() -> None:
    firefox = f"{FIREFOX}CORS header \u2018Access-Control-Allow-Origin\u2019 missing)."
    for text in (f"{CHROME}{ABSENT}", firefox, f"{CHROME}?x=y"):
        meaning = read_message(text.replace(URL, f"{URL}?token=s3cret").replace("?x=y", "?token=s3cret"))
        assert "s3cret" not in str(meaning)


@pytest.mark.rule("GW-27")
def test_an_address_cannot_end_the_command() -> None:
    meaning = read_message(f"{CHROME}{ABSENT}".replace("/prod/pets", "/$(touch${IFS}x);y"))
    assert f"curl -i '{URL.replace('/prod/pets', '/$(touch${IFS}x);y')}'" in meaning.check_next[0]
    assert read_message("Origin a is not allowed by Access-Control-Allow-Origin").check_next[0].endswith("curl -i URL")


@pytest.mark.rule("GW-27")
def test_a_message_without_a_reason() -> None:
    meaning = read_message(f"XMLHttpRequest cannot load {URL}. The moon is full.")
    assert (meaning.gates, meaning.unread) == ((Gate.BROWSER,), "")


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    "text",
    ["blocked by CORS policy", "Access to fetch at x from origin y", "Cross-Origin Request", "the CORS of Origin"],
)
def test_other_texts_about_cors(text: str) -> None:
    with pytest.raises(RequestError):
        read_message(text)
