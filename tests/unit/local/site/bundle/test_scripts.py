"""Bundles of scripts: what is in which one, names that can't collide, and errors that name a line."""

from __future__ import annotations

import pytest

from local.site.bundle.scripts import bundle_scripts
from local.site.bundle.syntax import PageError


def bundle(*entries: str, **sources: str) -> dict[str, str]:
    """Bundle modules that are in one folder, and return the bundles by the names of the modules."""
    files = {f"scripts/{name}.js": source.encode() for name, source in sources.items()}
    bundles = bundle_scripts([f"scripts/{entry}.js" for entry in entries], files)
    return {
        file.removeprefix("scripts/").removesuffix(".js"): body.decode() for file, body in bundles.items()
    }


def bundle_main(source: str) -> str:
    (text,) = bundle("main", main=source).values()
    return text.removesuffix("\n")


def test_variables_of_different_modules_have_different_names() -> None:
    bundles = bundle(
        "main",
        main='import { value as other } from "./a.js"; import "./b.js"; const value = 1; use(other, value);',
        a="export const value = 2;",
        b="let value = 3; set(value, name);",
    )
    assert bundles == {"main": "const e=2;let t=3;set(t,name);const n=1;use(e,n);\n"}


@pytest.mark.parametrize(
    ("exporting", "importing", "expected"),
    [
        ("export default 5 + 5", 'import x from "./a.js"; use(x)', "const e=5+5;use(e);"),
        ("export default function f() {}", 'import x from "./a.js"; x()', "function e(){}e();"),
        ("export default class {}", 'import x from "./a.js"; new x', "const e=class{};new e;"),
        (
            "const a = 1; export { /* one */ a, // the number\n }",
            'import { /* it */ a } from "./a.js"; use(a)',
            "const e=1;use(e);",
        ),
        ("const a = 1; export { a as b }", 'import { b as c } from "./a.js"; use(c)', "const e=1;use(e);"),
        ("export let a = 1; a++", 'import { a } from "./a.js"; use({ a })', "let e=1;e++;use({a:e});"),
        (
            "export const { a, b: [c = a] } = d",
            'import { a, c } from "./a.js"; use(a, c)',
            "const{a:e,b:[t=e]}=d;use(e,t);",
        ),
        (
            "export const a = 1; export async function b() {}",
            'import * as all from "./a.js"; use(all, all.a)',
            "const e={__proto__:null,get a(){return t},get b(){return n}};"
            "const t=1;async function n(){}use(e,e.a);",
        ),
    ],
)
def test_every_form_of_export_is_a_variable(exporting: str, importing: str, expected: str) -> None:
    assert bundle("main", main=importing, a=exporting) == {"main": f"{expected}\n"}


@pytest.mark.parametrize(
    "reexport",
    [
        'export { a as b } from "./a.js"',
        'import { a } from "./a.js"; export { a as b }',
        'export * from "./c.js"',
    ],
)
def test_a_reexport_is_the_same_variable(reexport: str) -> None:
    bundles = bundle(
        "main",
        main='import { b } from "./between.js"; use(b)',
        between=reexport,
        a="export const a = 1;",
        c='export { a as b } from "./a.js"; export default 2;',
    )
    assert bundles["main"].replace("const t=2;", "").replace("const n=2;", "") == "const e=1;use(e);\n"


def test_modules_are_evaluated_in_the_order_of_their_imports() -> None:
    sources = {
        "main": 'import "./a.js"; import "./b.js"; run("main")',
        "a": 'import "./c.js"; run("a")',
        "b": 'import "./c.js"; import "./a.js"; run("b")',
        "c": 'run("c")',
    }
    assert bundle("main", **sources) == {"main": 'run("c");run("a");run("b");run("main");\n'}


def test_what_is_imported_on_demand_is_a_bundle_of_its_own() -> None:
    bundles = bundle(
        "main",
        main='import { el } from "./dom.js"; export const load = () => import("./later.js"); el(load)',
        later='import { el } from "./dom.js"; import { zip } from "./zip.js"; export let save = el(zip)',
        dom="export const el = 1; export const unused = 2;",
        zip="export const zip = 3;",
    )
    assert bundles == {
        "main": 'const e=1;const n=2;const t=()=>import("./later.js");e(t);export{e};\n',
        "later": 'import{e as t}from"./main.js";const e=3;let n=t(e);export{n as save};\n',
    }


def test_modules_that_two_bundles_need_are_evaluated_once() -> None:
    bundles = bundle(
        "main",
        main='import("./a.js"); import("./b.js")',
        a='import { count } from "./shared.js"; count.a = 1',
        b='import { count } from "./shared.js"; count.b = 1',
        shared="export const count = {};",
    )
    # The page doesn't wait for what it loads, but a module that is loaded could.
    assert bundles == {
        "main": 'import("./a.js");import("./b.js");\n',
        "a": 'import{e}from"./shared-a-b.js";e.a=1;\n',
        "b": 'import{e}from"./shared-a-b.js";e.b=1;\n',
        "shared-a-b": "const e={};export{e};\n",
    }


def test_a_module_that_is_awaited_at_the_top_never_waits_for_the_bundle_that_loads_it() -> None:
    bundles = bundle(
        "main",
        main='import { plural } from "./plural.js"; const load = () => import("./de.js"); await load(plural)',
        de='import { plural } from "./plural.js"; export const photos = plural(2);',
        plural="export const plural = (count) => count;",
    )
    assert bundles == {
        "main": 'import{e as t}from"./shared-de-main.js";const e=()=>import("./de.js");await e(t);\n',
        "de": 'import{e}from"./shared-de-main.js";const t=e(2);export{t as photos};\n',
        "shared-de-main": "const e=(e)=>e;export{e};\n",
    }


def test_a_module_that_is_also_imported_statically_is_in_one_bundle() -> None:
    bundles = bundle(
        "main",
        main='import { a } from "./a.js"; const load = () => import("./a.js"); load(a)',
        a="export const a = 1;",
    )
    assert bundles == {
        "main": "const n={__proto__:null,get a(){return e}};const e=1;"
        'const t=()=>import("./main.js").then(m=>m.e);t(e);export{n as e};\n'
    }


def test_urls_relative_to_a_module_stay_correct() -> None:
    files = {
        "scripts/main.js": b'import "./parts/icon.js"; use(import.meta.url)',
        "scripts/parts/icon.js": b'use(new URL("../../icon.svg", import.meta.url))',
    }
    bundles = bundle_scripts(["scripts/main.js"], files)
    own = 'new URL("parts/icon.js",import.meta.url).href'
    expected = f'use(new URL("../../icon.svg",{own}));use(import.meta.url);\n'
    assert bundles == {"scripts/main.js": expected.encode()}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f = (a) => { const b = a; { let a = b; use(a) } }", "f=(e)=>{const t=e;{let e=t;use(e)}};"),
        ("f = (unused) => { const a = 1; use(a) }", "f=(e)=>{const t=1;use(t)};"),
        ("try { a } catch (error) { const b = 1; use(b) }", "try{a}catch(e){const t=1;use(t)}"),
        ("f = (a = b) => { const b = 1; use(b) }", "f=(e=b)=>{const t=1;use(t)};"),
        ("f = (a) => e(a)", "f=(t)=>e(t);"),
        ("f = function a(b) { a(b) }", "f=function e(t){e(t)};"),
        ("class A { static #p = new A; static { A.#p } }", "class e{static #p=new e;static{e.#p}}"),
        ("for (const [a, b] of c) use(a, b)", "for(const[e,t]of c)use(e,t);"),
        ("f = ({ a, b: { c = a }, ...d }) => ({ a, c, d })", "f=({a:e,b:{c:t=e},...n})=>({a:e,c:t,d:n});"),
        ("({ a, b: c, d = 5 } = e)", "({a,b:c,d=5}=e);"),
        ("let a; ({ a } = b); [a] = b", "let e;({a:e}=b);[e]=b;"),
        ("use(later()); function later() {}", "use(e());function e(){}"),
        ("outer: for (;;) { const outer = 1; break outer }", "outer:for(;;){const e=1;break outer}"),
    ],
)
def test_a_variable_never_hides_another_that_is_used(source: str, expected: str) -> None:
    assert bundle_main(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a()\nb()\n", "a();b();"),
        ("a\n++b", "a;++b;"),
        ("x = a + +b - -c + ++d - --e", "x=a+ +b- -c+ ++d- --e;"),
        ("x = a / /b/.c // d\n", "x=a/ /b/.c;"),
        ("x = /a/ in b", "x=/a/ in b;"),
        ("x = 1 .toFixed() + 1_0 .a", "x=1 .toFixed()+1_0 .a;"),
        ("return_ = typeof a in b instanceof c", "return_=typeof a in b instanceof c;"),
        ("x = ` a  ${ b }  /* no */ ${`c ${ { d } . d }`} `", "x=` a  ${b}  /* no */ ${`c ${{d}.d}`} `;"),
        ("x = 'a  b' + \"//\" + /[/ ]  /g", "x='a  b'+\"//\"+/[/ ]  /g;"),
        ("if (a) ; else b", "if(a){}else b;"),
        ("for (;;) ;", "for(;;){}"),
        ("{ while (a) ; }", "{while(a){}}"),
        ("do a\nwhile (b)\nc", "do a;while(b)c;"),
        (
            "x = class { a = 1\nb\n'c' = 2\nget d() {} ; static async *[e]() {} }",
            "x=class{a=1;b;'c'=2;get d(){}static async*[e](){}};",
        ),
        ("switch (a) { case 1: b(); break\ndefault: c() }", "switch(a){case 1:b();break;default:c()}"),
        (
            "f = async () => { for await (const a of b) ; return\na }",
            "f=async()=>{for await(const e of b){}return;a};",
        ),
        ("/* a */ x /* b */ = /* c */ y ?.z // d", "x=y?.z;"),
    ],
)
def test_white_space_is_left_out_where_it_means_nothing(source: str, expected: str) -> None:
    assert bundle_main(source) == expected


@pytest.mark.parametrize(
    ("main", "message"),
    [
        ("\nconst = 1;", "scripts/main.js:2: This isn't valid JavaScript."),
        ("\n\nif (a) {", "scripts/main.js:3: This isn't valid JavaScript."),
        ('\nimport "./b.js";', "scripts/main.js:2: scripts/b.js doesn't exist."),
        ('\nload(() => import("./b.js"))', "scripts/main.js:2: scripts/b.js doesn't exist."),
        ('\nimport { b } from "./a.js";', "scripts/main.js:2: scripts/a.js doesn't export b."),
        ('\nimport b from "./a.js";', "scripts/main.js:2: scripts/a.js doesn't export default."),
        ('\nimport "lit";', "scripts/main.js:2: 'lit' must start with './' or '../'."),
        ("\nimport(a);", "scripts/main.js:2: import() needs the module's name as a string."),
        ("\nexport { b };", "scripts/main.js:2: b isn't declared."),
        ("\nvar a = 1;", "scripts/main.js:2: Use let or const instead of var."),
    ],
)
def test_an_error_names_the_file_and_the_line(main: str, message: str) -> None:
    with pytest.raises(PageError) as raised:
        bundle("main", main=main, a="export const a = 1;")
    assert str(raised.value) == message
