from __future__ import annotations

from bench.page.table import format_table


def test_a_row_has_the_median_and_the_spread_of_each_value() -> None:
    scores = {"accessibility": 100, "best-practices": 96, "seo": 91}
    runs = [
        {
            **scores,
            "performance": score,
            "lcp": lcp,
            "longest": longest,
            "cls": 0.0421,
            "tbt": 9.7,
            "tasks": 2,
            "bytes": 47_400,
        }
        for score, lcp, longest in ((98, 1460, 70), (91, 2040, 204), (96, 1900, 81.6))
    ]
    assert format_table({"sign-in": runs[:1], "gallery": runs}) == (
        "page     performance  accessibility  best practices  SEO             LCP s    CLS  TBT ms"
        "  long tasks   longest ms  KB\n"
        "sign-in           98            100              96   91              1.46  0.042      10"
        "           2           70  47\n"
        "gallery   96 (91–98)            100              96   91  1.90 (1.46–2.04)  0.042      10"
        "           2  82 (70–204)  47"
    )
