"""The policy of pages in a real browser: what it refuses is noticed by every test that lends a page."""

from __future__ import annotations

import pytest

from tests.support import chromium

pytestmark = pytest.mark.browser

NOTICED = "new Promise((done) => addEventListener('securitypolicyviolation', () => setTimeout(done, 50)))"
WRONG = {
    "script": "(() => { const it = document.createElement('script'); it.src = 'data:text/javascript,1';"
    " document.body.append(it); })()",
    "style": "(() => { const it = document.createElement('style'); it.append('p { color: red }');"
    " document.body.append(it); })()",
    "frame": "(() => { const it = document.createElement('iframe'); it.src = '/entrar'; document.body.append(it); })()",
    "elsewhere": "fetch('https://malo.example/').catch(() => 0)",
    "form": "(() => { const it = document.createElement('form'); it.action = 'https://malo.example/';"
    " document.body.append(it); it.submit(); })()",
}


@pytest.mark.parametrize("sort", WRONG)
def test_what_the_policy_refuses_fails_the_test_that_looks_at_the_page(browser, demo, sort):
    def look() -> None:
        with chromium.page(browser) as page:
            page.goto(f"{demo.url}/entrar")
            page.evaluate(f"() => {{ const noticed = {NOTICED}; try {{ {WRONG[sort]} }} catch {{ }} return noticed; }}")

    with pytest.raises(AssertionError, match="the policy refused: "):
        look()
