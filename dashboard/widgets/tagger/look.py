"""How the tagger looks: in both colour schemes, on wide pages and on phones."""

from __future__ import annotations

__all__ = ["CSS"]

CSS = """
.tagger { font: 400 0.93rem/1.4 var(--st-font); color: var(--st-text-color); --face: 232px;
  --yes: light-dark(#0b6b3a, #5fd39a); --no: light-dark(#9b3f00, #f2a36b);
  --unsure: var(--st-gray-text-color); }
.tagger:focus { outline: none; }
.tagger:focus-visible .stage, .tagger:focus .stage { border-color: var(--st-primary-color);
  box-shadow: 0 0 0 1px var(--st-primary-color); }
button { font: inherit; color: inherit; background: var(--st-background-color); cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  padding: 0.42rem 0.8rem; }
button:hover:not(:disabled) { border-color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
button:disabled { opacity: 0.5; cursor: default; }
kbd { font: 500 0.78rem/1 var(--st-code-font); padding: 0.12rem 0.34rem; margin-left: 0.45rem;
  border: 1px solid var(--st-border-color); border-radius: 4px; color: var(--st-gray-text-color);
  background: var(--st-secondary-background-color); }
.line { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; align-items: baseline;
  margin-bottom: 0.5rem; }
.question { font-size: 1.12rem; font-weight: 600; overflow-wrap: anywhere; }
.count { margin-left: auto; color: var(--st-gray-text-color);
  font-variant-numeric: tabular-nums; }
.bar { height: 4px; border-radius: 2px; background: var(--st-secondary-background-color);
  margin-bottom: 0.8rem; overflow: hidden; }
.bar i { display: block; height: 100%; width: 0; background: var(--st-primary-color); }
.stage { display: flex; flex-wrap: wrap; gap: 1rem 1.4rem; align-items: center;
  justify-content: center; padding: 0.9rem; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); }
.face { background-repeat: no-repeat; background-color: var(--st-secondary-background-color);
  border-radius: calc(var(--st-base-radius) * 0.7); width: var(--tile); height: var(--tile);
  flex: none; }
.stage > .face { --tile: var(--face); }
.answers { display: flex; flex-direction: column; gap: 0.5rem; min-width: 10.5rem; }
.answers button { display: flex; justify-content: space-between; align-items: center;
  min-height: 2.6rem; }
.answers .plain { border-color: var(--st-primary-color); }
.answers .yes { border-color: var(--yes); } .answers .no { border-color: var(--no); }
.answers [data-chosen] { font-weight: 650; background: var(--st-secondary-background-color); }
.facts { display: none; grid-template-columns: max-content 1fr; gap: 0.3rem 0.9rem;
  align-content: start; margin: 0; overflow-wrap: anywhere; }
.facts dt { color: var(--st-gray-text-color); } .facts dd { margin: 0; }
.tagger:not([data-facts="0"]) { --face: 320px; }
.tagger:not([data-facts="0"]) .stage { justify-content: flex-start; align-items: flex-start; }
.tagger:not([data-facts="0"]) .answers { width: 13rem; }
.tagger:not([data-facts="0"]) .facts { display: grid; flex: 1 1 15rem; }
.hint { color: var(--st-gray-text-color); font-size: 0.85rem; margin: 0.55rem 0 0; }
.strip, .tiles { list-style: none; display: flex; flex-wrap: wrap; gap: 5px; padding: 0;
  margin: 0.8rem 0 0; }
.strip button, .tiles button { --tile: 40px; padding: 0; border: 0; position: relative;
  display: block; background: none; border-radius: calc(var(--st-base-radius) * 0.7); }
.tiles button { --tile: 88px; } .tiles { gap: 8px; }
.strip button::after, .tiles button::after { content: ""; position: absolute; inset: 0;
  border-radius: inherit; pointer-events: none; }
button[data-said=yes]::after { box-shadow: inset 0 0 0 3px var(--yes); }
button[data-said=no]::after { box-shadow: inset 0 0 0 3px var(--no); }
button[data-said=plain]::after { box-shadow: inset 0 0 0 3px var(--st-primary-color); }
button[data-said=unsure]::after { box-shadow: inset 0 0 0 3px var(--unsure); }
.strip button[aria-current]::before { content: ""; position: absolute; left: 0; right: 0;
  bottom: -4px; height: 3px; border-radius: 2px; background: var(--st-primary-color); }
.mark { position: absolute; right: 0; bottom: 0; min-width: 1.05rem; text-align: center;
  font: 700 0.72rem/1.05rem var(--st-font); border-radius: 4px 0 4px 0; z-index: 1;
  background: var(--st-background-color); }
.tiles .mark { min-width: 1.5rem; font-size: 0.95rem; line-height: 1.5rem; }
[data-said=yes] .mark { color: var(--yes); } [data-said=no] .mark { color: var(--no); }
.mark:empty { display: none; }
.strip button:focus-visible, .tiles button:focus-visible { outline-offset: 2px; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.8rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tagger[data-waiting] .stage, .tagger[data-waiting] .tiles { opacity: 0.45; }
[hidden] { display: none !important; }
@media (max-width: 640px) {
  .tagger { --face: min(232px, 58vw); }
  .answers { flex-direction: row; flex-wrap: wrap; width: 100%; min-width: 0; }
  .answers button { flex: 1 1 38%; min-height: 3rem; }
  .tiles button { --tile: 68px; }
  .tagger:not([data-facts="0"]) { --face: min(320px, 74vw); }
  .tagger:not([data-facts="0"]) .stage { justify-content: center; }
  .tagger:not([data-facts="0"]) .answers { width: 100%; }
  .tagger:not([data-facts="0"]) .facts { flex-basis: 100%; }
  .tagger[data-facts="5"] .facts { min-height: 11rem; }
}
@media (hover: none) { kbd { display: none; } }
"""
