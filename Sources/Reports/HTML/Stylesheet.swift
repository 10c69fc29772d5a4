/// The page's look: one column, system type, two colour schemes. Text has a contrast of at least 4.5:1 in both.
package enum Stylesheet {
    package static let css = colours + page + tables + plots + texts

    private static let colours = """
        :root{color-scheme:light dark;--bg:#fff;--soft:#f5f7f9;--ink:#1b2027;--muted:#57616c;--rule:#dde2e8;
        --accent:#0b5cad;--tint:#d9e9fa;--before:#69737e;--pass:#0f6130;--passbg:#dff5e5;--fail:#a01022;--failbg:#fde7e7}
        @media(prefers-color-scheme:dark){:root{--bg:#101418;--soft:#181d23;--ink:#e7eaee;--muted:#9fa9b4;--rule:#2c343d;
        --accent:#74b6ff;--tint:#163655;--before:#97a2ad;--pass:#7fe0a0;--passbg:#11331e;--fail:#ff9d97;--failbg:#421a1b}}

        """

    private static let page = """
        *{box-sizing:border-box}html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
        "Noto Sans","Liberation Sans",sans-serif}
        main{max-width:60rem;margin:0 auto;padding:3.5rem 1.5rem 5rem}
        header p.run{margin:0;color:var(--muted);font-size:.875rem}
        h1{font-size:2.25rem;line-height:1.15;letter-spacing:-.02em;margin:.15em 0 .5rem;overflow-wrap:anywhere}
        h1 .badge{font-size:.9375rem;letter-spacing:0;vertical-align:.35em;margin-left:.5rem;white-space:nowrap}
        .lede{font-size:1.25rem;line-height:1.5;margin:0;max-width:44rem;overflow-wrap:anywhere}
        h2{font-size:1.25rem;letter-spacing:-.01em;margin:4rem 0 .25rem}h3{font-size:1rem;margin:2rem 0 .25rem}
        p{margin:.25rem 0 .75rem}.note,figcaption{color:var(--muted);font-size:.875rem}p.note{max-width:46rem}
        dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1.25rem 2rem;margin:2.25rem 0 0;
        border-top:1px solid var(--rule);padding-top:1.25rem}
        dl.facts dt{color:var(--muted);font-size:.8125rem}dl.facts dd{margin:0;overflow-wrap:anywhere}
        dl.facts dd b{font-weight:600;font-size:1.0625rem}dl.facts dd span{display:block;color:var(--muted);
        font-size:.8125rem}
        dl.answers{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem;margin:2rem 0 0}
        dl.answers div{border:1px solid var(--rule);border-radius:.5rem;padding:.75rem 1rem}
        dl.answers dt{color:var(--muted);font-size:.8125rem}dl.answers dd{margin:.125rem 0 0;overflow-wrap:anywhere}
        dl.answers dd b{font-size:1.125rem;background:none}dl.answers dd span{display:block;color:var(--muted);
        font-size:.875rem;margin-top:.25rem}
        .badge{display:inline-block;border-radius:1rem;padding:.1em .7em;font-weight:600;font-size:.8125rem;white-space:nowrap}
        .pass{color:var(--pass);background:var(--passbg)}.fail{color:var(--fail);background:var(--failbg)}
        .open{color:var(--ink);background:var(--soft)}
        figure{margin:1.25rem 0 0}figcaption{margin-top:.5rem}
        footer{margin-top:4rem;border-top:1px solid var(--rule);padding-top:1rem;color:var(--muted);font-size:.8125rem}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}

        """

    private static let tables = """
        .scroll{overflow-x:auto;margin-top:1rem}
        table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--rule);vertical-align:baseline}
        thead th{color:var(--muted);font-weight:500;font-size:.8125rem;vertical-align:bottom}tbody th{font-weight:600}
        th.n,td.n{text-align:right;white-space:nowrap;padding-right:0;padding-left:1rem}
        .n+th:not(.n),.n+td:not(.n){padding-left:1rem}
        td.name,th.name{overflow-wrap:anywhere;min-width:6rem}
        table.facts th{width:11rem;font-weight:500;color:var(--muted)}table.facts td{overflow-wrap:anywhere}
        code,pre,.mono{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        td code{overflow-wrap:anywhere}
        pre{background:var(--soft);border-radius:.5rem;padding:1rem;overflow-x:auto;margin:.75rem 0}

        """

    private static let plots = """
        svg{display:block;overflow:visible}svg text{fill:var(--muted);font:12px system-ui,-apple-system,"Segoe UI",Roboto,
        "Noto Sans","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
        svg .strong{fill:var(--ink);font-size:14px;font-weight:600}svg text.value{fill:var(--ink);font-size:13px}
        svg .halo{paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round}
        .grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--muted);stroke-width:1}
        .line{fill:none;stroke:var(--accent);stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
        .faint{fill:none;stroke:var(--accent);stroke-opacity:.28;stroke-width:1;vector-effect:non-scaling-stroke}
        .quiet{fill:none;stroke:var(--before);stroke-width:1.5;vector-effect:non-scaling-stroke}
        .haze{fill:none;stroke:var(--before);stroke-opacity:.3;stroke-width:1;vector-effect:non-scaling-stroke}
        .dot{fill:var(--accent);stroke:var(--bg);stroke-width:2}.ring{fill:var(--bg);stroke:var(--before);stroke-width:2}
        .validation{fill:var(--bg);stroke:var(--ink);stroke-width:2}
        .interval{stroke:var(--accent);stroke-width:3;stroke-opacity:.4;stroke-linecap:round}
        .interval.before{stroke:var(--before)}.bar{fill:var(--accent)}.mass{fill:var(--accent);fill-opacity:.55}
        .cell{fill:var(--accent)}.cellground{fill:var(--soft)}.limit{stroke:var(--fail);stroke-width:1.5;
        stroke-dasharray:4 3}
        ul.key{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.75rem 0 .5rem;
        font-size:.875rem;color:var(--muted)}ul.key li{display:flex;align-items:center;gap:.45rem}
        ul.key svg{flex:none}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));gap:1.5rem 2.5rem}
        .multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.75rem,1fr));gap:1.5rem 1.75rem;
        margin-top:1rem}.multiples figure{margin:0}

        """

    private static let texts = """
        details{border-top:1px solid var(--rule)}details:last-of-type{border-bottom:1px solid var(--rule)}
        summary{cursor:pointer;padding:.6rem 0;display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
        summary::before{content:"›";color:var(--muted);width:.75rem;transition:none}details[open]>summary::before{content:"⌄"}
        summary b{overflow-wrap:anywhere}summary .note{margin-left:auto}
        .three{display:grid;grid-template-columns:repeat(3,1fr);gap:1rem;padding-bottom:1.25rem}
        .three h4,h4.prompt{font-size:.8125rem;font-weight:500;color:var(--muted);margin:0 0 .25rem}
        .text{background:var(--soft);border-radius:.375rem;padding:.5rem .75rem;white-space:pre-wrap;
        overflow-wrap:anywhere;font-size:.9375rem;min-height:2.5rem;margin:0 0 .5rem;unicode-bidi:isolate}
        .text.prompt{background:none;border-left:3px solid var(--rule);border-radius:0}
        mark{background:var(--tint);color:inherit;text-decoration:underline;text-decoration-thickness:1px;
        text-underline-offset:3px}mark.wrong{background:var(--failbg);color:var(--fail)}
        del{background:var(--failbg);color:var(--fail);text-decoration:line-through}
        ins{background:var(--tint);color:inherit;text-decoration:underline;text-underline-offset:3px}
        .omitted{color:var(--muted);font-style:italic}
        @media(max-width:640px){main{padding:2rem 1.125rem 4rem}h1{font-size:1.75rem}.lede{font-size:1.0625rem}
        h2{margin-top:3rem}.three{grid-template-columns:1fr}dl.facts{grid-template-columns:1fr 1fr;gap:1rem}
        table.facts th{width:7.5rem}th,td{padding-right:.5rem}summary .note{margin-left:1.5rem;width:100%}}
        @media(max-width:640px){pre{white-space:pre-wrap;overflow-wrap:anywhere}table{font-size:.8125rem}
        th.n,td.n{padding-left:.5rem}th.n{white-space:normal}td.name,th.name{min-width:5.5rem}}
        @media print{:root{--bg:#fff;--soft:#f5f7f9;--ink:#000;--muted:#444;--rule:#bbb;--accent:#0b5cad;--tint:#d9e9fa;
        --before:#555;--pass:#0f6130;--passbg:#fff;--fail:#a01022;--failbg:#fff}
        main{max-width:none;padding:0}h2{margin-top:2rem}h2,h3,summary{break-after:avoid}
        figure,tr,.answers div,.three{break-inside:avoid}details::details-content{content-visibility:visible;display:block}
        .scroll{overflow:visible}table{font-size:.75rem}th.n,td.n{white-space:normal;padding-left:.5rem}
        pre{white-space:pre-wrap;overflow-wrap:anywhere}}

        """
}
