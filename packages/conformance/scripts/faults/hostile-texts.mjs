const breakouts = [
  '<script>hacked()</script>',
  '</script><script>hacked()</script>',
  '"><img src=x onerror=hacked()>',
  "' onload=hacked() autofocus onfocus=hacked() x='",
  '<svg/onload=hacked()>',
  '</style></title></textarea><script>hacked()</script>',
  '<base href="https://example.com/"><link rel=stylesheet href=x>',
  'url(https://example.com/x);} *{background:url(https://example.com/y)}',
  '&lt;script&gt;hacked()&lt;/script&gt;',
  '$' + '{hacked()}`+hacked()+`',
  '<!--<script>',
];

/** What a careless page runs, fetches or turns round, and what a careless table computes; each calls `hacked()` if it can. */
export const hostileTexts = [
  ...breakouts,
  'javascript:hacked()',
  '=cmd|hacked',
  '+HYPERLINK("https://example.com")',
  '-1+1',
  '@SUM(A1)',
  '\t=1',
  'a\nb\r\nc',
  'a\u2028b\u2029c',
  '\u202egnp.exe\u202d\u2066x\u2069',
  '%{text}<br><b>%{x}</b>',
  '__proto__',
  'constructor',
  '../../x',
  '"a","b"',
];
