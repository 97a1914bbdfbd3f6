from __future__ import annotations

import pytest

from local.site.bundle.styles import bundle_styles
from local.site.bundle.syntax import PageError


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a , b > c { color : red ; margin: 0 auto; }\n\nd {}", "a,b>c{color :red;margin:0 auto}d{}\n"),
        ("a :hover, a:has(> b) { width: calc(1px + 2px) }", "a :hover,a:has(>b){width:calc(1px + 2px)}\n"),
        ("/* no */ a { /* ; } */ b: c; /* d */ }", "a{b:c}\n"),
        (
            "a::after { content: ' ;  } /* x */'; b: url( x;  y ) }",
            "a::after{content:' ;  } /* x */';b:url( x;  y )}\n",
        ),
        ("@media (width > 40em) and (hover) { a { b: c } }", "@media (width>40em) and (hover){a{b:c}}\n"),
    ],
)
def test_white_space_and_comments_are_left_out(source: str, expected: str) -> None:
    assert bundle_styles("page.css", {"page.css": source.encode()}).decode() == expected


def test_imports_are_inlined_in_their_order() -> None:
    files = {
        "styles/page.css": b'@import "colors.css";\n@import "./parts.css";\na { b: c }',
        "styles/colors.css": b":root { --a: red }",
        "styles/parts.css": b'@import "button.css"; p {}',
        "styles/button.css": b"button {}",
    }
    assert bundle_styles("styles/page.css", files) == b":root{--a:red}button{}p{}a{b:c}\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('\n@import "b.css";', "styles/page.css:2: styles/b.css doesn't exist."),
        (
            '\n@import url("b.css");',
            'styles/page.css:2: @import needs a file in quotation marks, such as "grid.css".',
        ),
        (
            '\n@import "../a.css";',
            "styles/page.css:2: a.css must be in the same folder, which its URLs are relative to.",
        ),
    ],
)
def test_an_error_names_the_file_and_the_line(source: str, message: str) -> None:
    with pytest.raises(PageError) as raised:
        bundle_styles("styles/page.css", {"styles/page.css": source.encode(), "a.css": b""})
    assert str(raised.value) == message
