export const HTML_STYLE = `
:root{--ground:#f7f9fc;--panel:#fff;--line:#dbe2ec;--ink:#131c2b;--soft:#5a6880;--good:#0f8a5f;--bad:#c02636;--warn:#a15c07;--link:#2563eb}
@media (prefers-color-scheme:dark){:root{--ground:#0e1420;--panel:#151d2c;--line:#2b3850;--ink:#eef3fb;--soft:#9fb0ca;--good:#5fd6a6;--bad:#ff8f9b;--warn:#ffc470;--link:#7ab0ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:1240px;margin:0 auto;padding:32px 20px 64px}
header h1{margin:0;font-size:28px;letter-spacing:-.01em}
header p,.dim,small,.note{color:var(--soft)}
header p{margin:4px 0 20px}
h2{margin:0 0 12px;font-size:18px}
h2 small{font-weight:400}
section{margin-top:28px;background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:20px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;background:none;border:0;padding:0;margin:0 0 20px}
.figure{background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:16px 18px}
.figure b{display:block;font-size:26px;line-height:1.2;font-variant-numeric:tabular-nums}
.figure span{color:var(--soft);font-size:13px}
.figure.good b{color:var(--good)}.figure.bad b{color:var(--bad)}
figure{margin:0;border:1px solid var(--line);border-radius:14px;overflow:hidden}
figure svg{display:block;width:100%;height:auto}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:13.5px}
th{text-align:left;font-weight:600}
thead th{color:var(--soft);font-size:12px;padding:6px 10px;border-bottom:1px solid var(--line)}
td,tbody th{padding:7px 10px;vertical-align:top}
tbody tr:not(.part) td:first-child{padding-left:24px}
.part th,.part td{padding-top:14px;font-weight:650;border-top:1px solid var(--line)}
td small{display:block;font-size:11.5px}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.zero{color:var(--soft)}
.source{font-size:12px}
em{font-style:normal;color:var(--warn)}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
ul{margin:0;padding-left:20px}
.findings,.changes{list-style:none;padding:0}
.findings li{border-left:3px solid var(--line);padding:4px 0 4px 14px;margin:0 0 14px}
.findings p{margin:2px 0}
li.bad{border-color:var(--bad)}li.warn{border-color:var(--warn)}
.changes .good{color:var(--good)}.changes .bad{color:var(--bad)}.changes .warn{color:var(--warn)}
.badge{font-size:11.5px;border:1px solid var(--line);border-radius:99px;padding:1px 8px;color:var(--soft);white-space:nowrap}
.tree ul{list-style:none;padding-left:18px;border-left:1px solid var(--line);margin-left:5px}
.tree>ul{border:0;padding:0;margin:0}
.tree li{padding:2px 0;overflow-wrap:anywhere}
.tree code{font-size:12px;color:var(--soft)}
summary{cursor:pointer}
@media print{section,figure{break-inside:avoid}}
`.trim();
